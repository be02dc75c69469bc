"""What several harnesses share: golds, lettered options, sentence BLEU and ROUGE of their kind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase

from medassay.metrics.overlap import longest_common_subsequence
from medassay.types import Case, Decoding, Message, Part, Request, Sample

YES_NO = frozenset({"yes", "no"})


def gold(sample: Sample) -> str:
    """The answer that the harnesses compare with: the first accepted one, "" where there is none."""
    return sample.target.texts[0] if sample.target.texts else ""


def letters(case: Case) -> str:
    """The letters of the options in order."""
    return ascii_uppercase[: len(case.choices)]


def labels(case: Case) -> list[str]:
    """The texts of the options in order."""
    return [choice.label for choice in case.choices]


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


def sentence_bleu(
    answer: Sequence[str], reference: Sequence[str], order: int, *, floor: float = 0.0
) -> float:
    """Unsmoothed BLEU of one answer against one reference.

    0 without a common word; an order without a match makes it 0 too (torchmetrics), or counts as `floor`
    (nltk: the smallest float, which leaves next to nothing).
    """
    if not answer or not reference or not set(answer) & set(reference):
        return 0.0
    logs = 0.0
    for n in range(1, order + 1):
        ours, theirs = _grams(answer, n), _grams(reference, n)
        matched = (ours & theirs).total()
        if not matched and not floor:
            return 0.0
        logs += math.log(matched / ours.total() if matched else floor)
    brevity = 1.0 if len(answer) > len(reference) else math.exp(1 - len(reference) / len(answer))
    return brevity * math.exp(logs / order)


def rouge_n(answer: Sequence[str], reference: Sequence[str], n: int) -> float:
    """F1 of the n-grams of two lists of tokens, clipped."""
    ours, theirs = _grams(answer, n), _grams(reference, n)
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(answer: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of the longest common subsequence of two lists of tokens."""
    return _f1(longest_common_subsequence(answer, reference), len(answer), len(reference))


def values(pairs: Mapping[str, float], suffix: str) -> dict[str, float]:
    """The values under their names with a suffix."""
    return {f"{name}_{suffix}": float(value) for name, value in pairs.items()}


def _grams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))


def _f1(common: int, ours: int, theirs: int) -> float:
    if not common:
        return 0.0
    precision, recall = common / ours, common / theirs
    return 2 * precision * recall / (precision + recall)
