"""What people say of a draw of questions: bands to draw from, and the file that corrects a split."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import DataError, StoreError
from medassay.splits.tags import REASONING, UNDERSTANDING, Tag

_BANDS = 5
_COLUMNS = ("id", "label", "stands_for", "by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Of one question: its part, how many questions it stands for in the draw, and who settled it."""

    id: str
    part: str
    stands_for: float
    by: str


def band_of(tag: Tag) -> str:
    """The fifth of the probabilities that a tag lies in: what a draw is stratified by."""
    return str(min(int(tag.probability * _BANDS), _BANDS - 1))


def stands_for(tags: Sequence[Tag], drawn: Collection[str]) -> dict[str, float]:
    """For each id that was drawn how many questions of its band it stands for.

    A band in which nothing was drawn is stood for by none: the weights then sum to fewer than all.

    Args:
        tags: of all questions.
        drawn: the ids of the draw, all among the tags.
    """
    bands = {tag.id: band_of(tag) for tag in tags}
    sizes, places = Counter(bands.values()), Counter(bands[one] for one in drawn)
    return {one: sizes[bands[one]] / places[bands[one]] for one in drawn}


def write_labels(path: Path, labels: Sequence[Label]) -> None:
    """Write labels as CSV, a line each.

    Raises:
        StoreError: the file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows([one.id, one.part, f"{one.stands_for:.6f}", one.by] for one in labels)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error


def read_labels(path: Path) -> Mapping[str, Label]:
    """The labels of a file of `write_labels`, by id.

    Raises:
        DataError: no such file, other columns, or a value that cannot be.
    """
    found: dict[str, Label] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise DataError(f"{path}: the columns are not {', '.join(_COLUMNS)}; `medassay label read`")
            for record in reader:
                label = _label(record, f"{path}:{reader.line_num}")
                found[label.id] = label
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); make it by `medassay label read`") from error
    return found


def _label(record: dict[str, str], where: str) -> Label:
    try:
        weight = float(record["stands_for"])
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: stands_for is no number: {record['stands_for']!r}") from error
    if record["label"] not in {REASONING, UNDERSTANDING} or not weight > 0:
        raise DataError(f"{where}: a label is reasoning or understanding and stands for more than nothing")
    return Label(id=record["id"], part=record["label"], stands_for=weight, by=record["by"])
