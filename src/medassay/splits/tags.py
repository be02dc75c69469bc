"""The file of tags: for each sample whether it asks for reasoning, how probable that is, and who says so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import DataError, StoreError

AUTHORS = "the benchmark's authors"
NOT_VALIDATED = "classifier, not validated here"
_COLUMNS = ("id", "reasoning", "probability", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Of one sample; `probability` is of reasoning, 0 or 1 where the benchmark's authors say it."""

    id: str
    reasoning: bool
    probability: float
    source: str


def write_tags(path: Path, tags: Iterable[Tag]) -> None:
    """Write tags as CSV, a line each.

    Raises:
        StoreError: the file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for tag in tags:
                said = "yes" if tag.reasoning else "no"
                writer.writerow([tag.id, said, f"{tag.probability:.6f}", tag.source])
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
        reasoning = {"yes": True, "no": False}[record["reasoning"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{where}: reasoning is yes or no, probability a number; found {record}") from error
    if not 0 <= probability <= 1:
        raise DataError(f"{where}: the probability {probability} is not within 0 and 1")
    return Tag(id=record["id"], reasoning=reasoning, probability=probability, source=record["source"])
