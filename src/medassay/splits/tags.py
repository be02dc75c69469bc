"""The file of tags: for each sample what it asks for, how probable reasoning is, and who says so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import DataError, StoreError, UsageError

REASONING, UNDERSTANDING, UNCERTAIN = PARTS = ("reasoning", "understanding", "uncertain")
AUTHORS = "the benchmark's authors"
NOT_VALIDATED = "classifier, not validated here"
_THRESHOLD = 0.5
_COLUMNS = ("id", "part", "probability", "source")

Band = tuple[float, float]
"""Probabilities of reasoning, both ends included, in which a question is called neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Of one sample; `probability` is of reasoning, 0 or 1 where the benchmark's authors say it."""

    id: str
    part: str
    probability: float
    source: str


def part_of(probability: float, uncertain: Band | None = None) -> str:
    """The part of a question: uncertain within the band, else reasoning from a probability of .5."""
    if uncertain is not None and uncertain[0] <= probability <= uncertain[1]:
        return UNCERTAIN
    return REASONING if probability >= _THRESHOLD else UNDERSTANDING


def parse_band(text: str) -> Band:
    """The band of a word such as ".3-.7".

    Raises:
        UsageError: it is not two probabilities around .5.
    """
    low, _, high = text.partition("-")
    try:
        band = float(low), float(high)
    except ValueError as error:
        raise UsageError(f"--uncertain {text}: give two probabilities, such as .3-.7") from error
    if not 0 <= band[0] <= _THRESHOLD <= band[1] <= 1:
        raise UsageError(f"--uncertain {text}: the band lies around .5, within 0 and 1")
    return band


def write_tags(path: Path, tags: Iterable[Tag]) -> None:
    """Write tags as CSV, a line each; the file is never seen half written.

    Raises:
        StoreError: the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for tag in tags:
                writer.writerow([tag.id, tag.part, f"{tag.probability:.6f}", tag.source])
        partial.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error


def read_tags(path: Path) -> Sequence[Tag]:
    """The tags of a file of `write_tags`.

    Raises:
        DataError: no such file, other columns, a value that cannot be, or an id that stands twice.
    """
    tags: dict[str, Tag] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise DataError(
                    f"{path}: the columns are not {', '.join(_COLUMNS)}; make it by `medassay split`"
                )
            for record in reader:
                tag = _tag(record, f"{path}: line {reader.line_num}")
                if tag.id in tags:
                    raise DataError(f"{path}: line {reader.line_num}: {tag.id} stands twice; take one out")
                tags[tag.id] = tag
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); make it by `medassay split`") from error
    return list(tags.values())


def _tag(record: dict[str, str], where: str) -> Tag:
    try:
        probability = float(record["probability"])
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: the probability is no number: {record['probability']!r}") from error
    if record["part"] not in PARTS:
        raise DataError(f"{where}: the part is one of {', '.join(PARTS)}; found {record['part']!r}")
    if not 0 <= probability <= 1:
        raise DataError(f"{where}: the probability {probability} is not within 0 and 1")
    return Tag(id=record["id"], part=record["part"], probability=probability, source=record["source"])
