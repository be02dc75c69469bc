"""MMMU and MMMU-Pro: the authors' parsers of letters and of open answers, accuracy over all questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase

from medassay.protocols.mmmu import drawn, letter, open_right
from medassay.protocols.protocol import Bugs, Rules, judged
from medassay.protocols.shared import ask, gold, labels
from medassay.types import Benchmark, Case, Decoding, Measure, Request, Response, Sample, Score

Read = Callable[[str, Sequence[str]], str | None]

_LETTER = "Answer with the option's letter from the given choices directly."
_PHRASE = "Answer the question using a single word or phrase."
_PRO_LETTER = "Answer with the option letter from the given choices directly."
_CUE = "Answer:"
_PLACEHOLDER = re.compile(r"<image\s+(\d+)>")
_NOTE = "what names no option is wrong; their parser draws a letter there (random_letter)"


def rules(_benchmark: Benchmark, bugs: Bugs) -> Rules:
    """MMMU: choices and open questions; each question counts once."""
    return Rules(
        scorer=_scorer(letter, guess="random_letter" in bugs),
        measures=(Measure(metric="accuracy", by=("subject", "kind")),),
        prompt=prompt,
        note=f"{_NOTE}; their prompt shows the first image alone, whatever the words name",
    )


def pro_rules(_benchmark: Benchmark, bugs: Bugs) -> Rules:
    """MMMU-Pro: choices, a letter behind the last "Answer:" first."""
    return Rules(
        scorer=_scorer(pro_letter, guess="random_letter" in bugs),
        measures=(Measure(metric="accuracy", by=("subject",)),),
        prompt=pro_prompt,
        note=f"{_NOTE}; asked directly, not step by step",
    )


def prompt(case: Case) -> Request:
    """The first image, the question, the options below it: as the folded lines of their YAML really read."""
    options = "".join(f"({name}) {text}\n" for name, text in zip(ascii_uppercase, labels(case), strict=False))
    text = f"{case.question}\n{options}\n{_LETTER}" if options else f"{case.question}\n{_PHRASE}"
    return ask(case, (*case.images[:1], text), decoding=Decoding())


def pro_prompt(case: Case) -> Request:
    """The words, then the images in the order in which the words name them.

    What is asked inside the picture (the variant "vision") is the picture below its instruction.
    """
    options = [f"{name}. {text}" for name, text in zip(ascii_uppercase, labels(case), strict=False)]
    text = "\n".join((case.question, *options, _PRO_LETTER))
    named = [int(number) - 1 for number in _PLACEHOLDER.findall(text)]
    if not named:
        return ask(case, (case.question, *case.images), decoding=_PRO_DECODING)
    return ask(
        case,
        (_PLACEHOLDER.sub("<image>", text), *(case.images[place] for place in named)),
        decoding=_PRO_DECODING,
    )


def pro_letter(text: str, options: Sequence[str]) -> str | None:
    """The letter that MMMU-Pro reads; None where it draws one at random.

    Behind the last "Answer:" a single offered letter decides, be it inside a word. Otherwise a letter need
    only end a word, as in the copy that lmms-eval made.
    """
    _, cue, tail = text.rpartition(_CUE)
    if cue and len(named := [name for name in ascii_uppercase[: len(options)] if name in tail]) == 1:
        return named[0]
    return letter(text, options, copy="lmms-eval")


def _scorer(parse: Read, *, guess: bool) -> Callable[[Sample, Response], Score]:
    def read(sample: Sample, text: str) -> tuple[str | None, Mapping[str, float]]:
        if sample.kind == "open":
            return text, {"accuracy": float(open_right(text, sample.target.texts))}
        found = parse(text, labels(sample)) or (drawn(sample.id, len(sample.choices)) if guess else None)
        return found, {"accuracy": float(found == gold(sample))}

    return lambda sample, response: judged(response, lambda text: read(sample, text), rule="mmmu")


_PRO_DECODING = Decoding(max_tokens=4096)
