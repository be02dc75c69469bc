"""What several harnesses share: golds, lettered options, slices, sentence BLEU."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase

from medassay.types import Benchmark, Case, Decoding, Image, Message, Part, Request, Sample

_NAMED = re.compile(r"<image (\d)>")


def gold(sample: Sample) -> str:
    """The answer that the harnesses compare with: the first accepted one, "" where there is none."""
    return sample.target.texts[0] if sample.target.texts else ""


def letters(case: Case) -> str:
    """The letters of the options in order."""
    return ascii_uppercase[: len(case.choices)]


def labels(case: Case) -> list[str]:
    """The texts of the options in order."""
    return [choice.label for choice in case.choices]


def slices(benchmark: Benchmark) -> tuple[str, ...]:
    """The tags by which the benchmark's own headline is told apart."""
    return benchmark.measures[0].by if benchmark.measures else ()


def ask(case: Case, parts: Iterable[Part], *, decoding: Decoding | None = None, system: str = "") -> Request:
    """One turn of the user, with a system prompt where there is one; the options stay rankable."""
    user = Message(role="user", parts=tuple(part for part in parts if part != ""))
    head = (Message(role="system", parts=(system,)),) if system else ()
    return Request(
        messages=(*head, user),
        choices=case.choices,
        exclusive=case.kind not in {"multi-choice", "multilabel"},
        decoding=decoding or Decoding(),
    )


def placed(text: str, images: Sequence[Image]) -> list[Part]:
    """The text with the images in the place of the words `<image n>`; first of all where none is named."""
    pieces = _NAMED.split(text)
    if len(pieces) == 1:
        return [*images, text]
    return [images[int(piece) - 1] if i % 2 else piece for i, piece in enumerate(pieces)]


def sentence_bleus(answer: Sequence[str], reference: Sequence[str], *, floor: float = 0.0) -> list[float]:
    """Unsmoothed BLEU-1 to BLEU-4 of one answer against one reference.

    0 without a common word; an order without a match makes it 0 too (torchmetrics), or counts as `floor`
    (nltk: the smallest float, which leaves next to nothing).
    """
    made = [0.0] * 4
    if not answer or not reference or not set(answer) & set(reference):
        return made
    brevity = 1.0 if len(answer) > len(reference) else math.exp(1 - len(reference) / len(answer))
    logs = 0.0
    for n in range(1, 5):
        theirs = grams(reference, n)
        ours = Counter(gram for gram in _runs(answer, n) if gram in theirs)
        matched = (ours & theirs).total()
        if not matched and not floor:
            break
        logs += math.log(matched / (len(answer) - n + 1) if matched else floor)
        made[n - 1] = brevity * math.exp(logs / n)
    return made


def sentence_bleu(
    answer: Sequence[str], reference: Sequence[str], order: int, *, floor: float = 0.0
) -> float:
    """BLEU of one order, as `sentence_bleus` gives it."""
    return sentence_bleus(answer, reference, floor=floor)[order - 1]


def grams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """The runs of n tokens with their counts."""
    return Counter(_runs(tokens, n))


def _runs(tokens: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(tokens[i:] for i in range(n)), strict=False)
