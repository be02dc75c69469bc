"""What is counted while the rows of a dataset pass, and what of it makes numbers worth less."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median

from medassay.types import UNKNOWN_CLUSTER, Benchmark, Sample

_KEPT = 200  # samples for the contracts
_MANY_VALUES, _FEW_ROWS, _LONG_ANSWER, _SHARE = 20, 10, 8, 0.9
_WORD = re.compile(r"[^\W\d_]{2}|[^\x00-\x7f]")  # one Latin letter alone is a code
_FREE = frozenset({"open", "closed", "report"})


class Seen:
    """Counts samples as they pass. `few` are the first of them."""

    def __init__(self) -> None:
        self.kinds, self.splits, self.balance = Counter[str](), Counter[str](), Counter[str]()
        self.patients: dict[str, set[str]] = {}  # by split
        self.tags: dict[str, Counter[str]] = {}
        self.images: dict[str, tuple[str | None, set[str]]] = {}  # uri -> digest, splits
        self.lengths: list[int] = []  # of free answers, in words
        self.yes_no = 0  # free answers that are yes or no
        self.asked: dict[tuple[str, ...], list[str]] = {}  # the same of the same images -> answers
        self.few: list[Sample] = []

    def add(self, split: str, sample: Sample) -> None:
        """Take in one sample."""
        self.kinds[sample.kind] += 1
        self.splits[split] += 1
        if sample.cluster != UNKNOWN_CLUSTER:
            self.patients.setdefault(split, set()).add(sample.cluster)
        for tag, value in sample.tags.items():
            self.tags.setdefault(tag, Counter())[value] += 1
        for image in sample.images:
            self.images.setdefault(image.uri, (image.digest, set()))[1].add(split)
        key = (sample.question, *(c.label for c in sample.choices), *(image.uri for image in sample.images))
        self.asked.setdefault(key, []).append(repr(sample.target))
        self._answer(sample)
        if len(self.few) < _KEPT:
            self.few.append(sample)

    def _answer(self, sample: Sample) -> None:
        texts = sample.target.texts
        if sample.kind in _FREE:
            self.lengths.append(len(texts[0].split()))
            self.yes_no += sample.kind == "open" and texts[0].lower() in {"yes", "no"}
        elif sample.choices or texts:
            self.balance.update(texts or ("none",))


def warnings(card: Benchmark, seen: Seen) -> Iterator[str]:
    """What is no mistake and makes numbers worth less, in sentences."""
    for look in _LOOKS:
        yield from look(card, seen)


def _patients(card: Benchmark, seen: Seen) -> Iterator[str]:
    if not seen.patients:
        yield "no column names the patient: if one has several rows, intervals are too narrow (optimistic)"
    first = card.splits[0]
    for split in seen.patients:
        shared = seen.patients[split] & seen.patients.get(first, set()) if split != first else set()
        if shared:
            yield f"{len(shared)} patients are in {first} and in {split}, for example {min(shared)}"


def _repeats(_: Benchmark, seen: Seen) -> Iterator[str]:
    again = [answers for answers in seen.asked.values() if len(answers) > 1]
    if again:
        differ = sum(len(set(answers)) > 1 for answers in again)
        yield f"{len(again)} questions are asked again of the same image, {differ} with another answer"


def _balance(card: Benchmark, seen: Seen) -> Iterator[str]:
    if card.kinds in {("label",), ("multilabel",)} and seen.few:
        for label in (choice.label for choice in seen.few[0].choices):
            if seen.balance[label] < _FEW_ROWS:
                yield f"the label {label!r} has {seen.balance[label]} rows: too few to say much about it"
    rows = sum(seen.splits.values())
    for answer, n in seen.balance.most_common(1):
        if n > _SHARE * rows:
            yield f"{n / rows:.0%} of the right answers are {answer!r}: accuracy alone says little"


def _names(card: Benchmark, seen: Seen) -> Iterator[str]:
    if card.kinds in {("label",), ("multilabel",)} and seen.few:
        codes = [choice.label for choice in seen.few[0].choices if not _WORD.search(choice.label)]
        if codes:
            yield f"models are asked for {', '.join(codes)}: write under `labels:` what these codes mean"


def _tags(_: Benchmark, seen: Seen) -> Iterator[str]:
    for tag, found in seen.tags.items():
        if len(found) > _MANY_VALUES:
            yield f"the tag {tag!r} has {len(found)} values: groups so small say little; leave it out"


def _free(card: Benchmark, seen: Seen) -> Iterator[str]:
    if "open" in card.kinds and seen.lengths and median(seen.lengths) > _LONG_ANSWER:
        yield "most answers are sentences: `task: report` judges them by overlap, not word for word"
    if seen.yes_no:
        yield (
            f"{seen.yes_no} answers are yes or no and are judged as free text: name a column `kind:` that "
            "says which questions are, or write `task: yes/no` if all are"
        )


_LOOKS: tuple[Callable[[Benchmark, Seen], Iterator[str]], ...] = (
    _patients,
    _repeats,
    _balance,
    _names,
    _tags,
    _free,
)
