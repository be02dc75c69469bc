"""MediConfusion in its mode `mc`: a letter among the tokens of the answer, both letters are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medassay.protocols.protocol import Bugs, Rules, judged
from medassay.protocols.shared import ask, gold, labels
from medassay.types import Benchmark, Case, Decoding, Request, Response, Sample, Score

_FORMS = ("{}", "{}:", ".{}", ".{}:", "{}.", '{}")', '("{}":', '("{}")', '("{}").')
_PROMPT = (
    "Based on the image, choose the correct option for the following question.\nQuestion: {}\n"
    '("A": {})\n("B": {})\nAnswer with the option\'s letter from the given choices directly. Your answer '
    'should be just one letter.\n#answer: ("'
)


def rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    """The measures of the card, which are the authors': sets, single answers, confusion, precision."""
    return Rules(
        scorer=_score,
        measures=benchmark.measures,
        primary=benchmark.primary,
        prompt=prompt,
        note="the mode mc; greedy, prefix and gpt4 are not scored here; it asks GPT, Gemini, Claude "
        "and LLaVA-Med in slightly other words",
    )


def prompt(case: Case) -> Request:
    """The image and the default words, which end inside an open bracket; 32 tokens."""
    return ask(case, (*case.images, _PROMPT.format(case.question, *labels(case))), decoding=_DECODING)


def letter(text: str) -> str | None:
    """The one letter of A and B that stands as a token between blanks; None for neither or both."""
    tokens = set(text.replace("\n", " ").split(" "))
    found = [name for name in "AB" if any(form.format(name) in tokens for form in _FORMS)]
    return found[0] if len(found) == 1 else None


def _score(sample: Sample, response: Response) -> Score:
    def read(text: str) -> tuple[str | None, Mapping[str, float]]:
        found = letter(text)
        return found, {"accuracy": float(found == gold(sample))}

    score = judged(response, read, rule="token")
    invalid = score.status == "scored" and score.answer is None
    return replace(score, status="unparsed", values={}) if invalid else score


_DECODING = Decoding(max_tokens=32)
