"""VLMEvalKit: a letter among the last words, or the text of one option; else its judge is asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters
from medassay.types import Benchmark, Case, Measure, Request, Response, Sample, Score

FAILURE = "Failed to obtain answer via API"
REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
REFUSED = "Z"
_SELECT = "Please select the correct answer from the options above. \n"
_MARKS = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_LAST = 4  # the letter must be among so many last words
_VERBOSE = re.compile(r"(?:correct\s+)?answer\s+is\s+\**([ABCD])\**", re.IGNORECASE)


def letter(text: str, options: Sequence[str]) -> str | None:
    """The letter that its rules infer, "Z" for a refusal, None where a judge is asked.

    A fifth option is never recognised behind "the answer is"; an option's text counts as a substring, in
    answers that are not twice as long as all options together. The text that stands for a failed request
    is searched for options too.
    """
    if FAILURE in text:
        return _named(text, options)
    if any(phrase in text for phrase in REFUSALS):
        return REFUSED
    return _alone(text, options) or _verbose(text, options) or _named(text, options)


def drawn(identity: str, options: int) -> str:
    """A letter or Z, drawn by the sample's id. The harness draws without a seed."""
    digest = hashlib.sha256(f"vlmevalkit {identity}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % (options + 1)
    return REFUSED if place == options else chr(ord("A") + place)


def prompt(case: Case) -> Request:
    """Images first; a choice under Question and Options, else the wish for a short answer."""
    if case.kind in {"choice", "multi-choice"}:
        options = "\n".join(f"{name}. {text}" for name, text in zip(letters(case), labels(case), strict=True))
        text = f"Question: {case.question}\nOptions:\n{options}\n{_SELECT}"
    else:
        text = f"{case.question}\nPlease directly provide a short answer to the question. "
    return ask(case, (*case.images, text))


def _alone(text: str, options: Sequence[str]) -> str | None:
    words = text.translate(_MARKS).split()
    names = [chr(ord("A") + i) for i in range(len(options))]
    found = [name for name in names if name in words]
    if len(found) == 1 and words.index(found[0]) > len(words) - _LAST - 1:
        return found[0]
    return REFUSED if not found and REFUSED in words else None


def _verbose(text: str, options: Sequence[str]) -> str | None:
    found = _VERBOSE.search(text)
    name = found[1].upper() if found else ""
    return name if name and ord(name) - ord("A") < len(options) else None


def _named(text: str, options: Sequence[str]) -> str | None:
    if len(text.lower()) > 2 * sum(map(len, options)):
        return None
    found = [chr(ord("A") + i) for i, option in enumerate(options) if option.lower() in text.lower()]
    return found[0] if len(found) == 1 else None


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    kinds = frozenset(benchmark.kinds)
    choice = "choice" in kinds
    if not choice:
        raise not_covered("vlmevalkit", benchmark, "it scores open questions by a judge: medassay judge")

    def scorer(sample: Sample, response: Response) -> Score:
        return judged(response, lambda text: _read(sample, text, bugs), rule="can_infer")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy"),),
        prompt=prompt,
        takes=None if kinds == {"choice"} else lambda sample: sample.kind == "choice",
        subset="" if kinds == {"choice"} else "multiple-choice questions",
        note="its rules alone (exact matching): what they leave open its default judge would decide",
    )


def _read(sample: Sample, text: str, bugs: Bugs) -> tuple[str | None, Mapping[str, float]]:
    found = letter(text, labels(sample))
    if found is None and "random_letter" in bugs:
        found = drawn(sample.id, len(sample.choices))
    return found, {"accuracy": float(found == gold(sample))}


PROTOCOL = Protocol(
    name="vlmevalkit",
    title="VLMEvalKit",
    source="open-compass/VLMEvalKit@e8e78f0",
    definition=(
        'Exact matching: one option letter among the last four words, "answer is X" for A to D, or one '
        "option's text as a substring; four fixed refusals; the rest is wrong."
    ),
    rules=_rules,
    bugs={
        "random_letter": "what no rule infers becomes a random letter or Z, as after three failures of its "
        "judge (drawn by the sample's id here; unseeded there)"
    },
    citation="Duan H et al. VLMEvalKit. arXiv:2407.11691 (2024).",
)
