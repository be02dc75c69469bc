"""Sheets that people label by hand: what is drawn, how it is shuffled, and what comes back."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from medassay.errors import DataError, StoreError

Word = TypeVar("Word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Generic[Word]):
    """A line of a sheet: `word` is what its label means, None where it has none; `where` is "file:line"."""

    where: str
    id: str
    word: Word | None
    rater: str
    line: Mapping[str, str]


def drawn(strata: Mapping[str, str], n: int, *, seed: int, power: float = 1.0) -> set[str]:
    """The ids with the lowest hashes of each stratum: a random draw that anybody can repeat.

    The strata get their places one by one, by Webster's divisors (Sainte-Lague) of `size ** power`: 1 is in
    proportion, 1/2 gives small ones more (the power allocation of Bankier 1988).

    Args:
        strata: the stratum of each id.
        n: how many ids, all where there are fewer.
        seed: of the draw.
        power: of the sizes, 0 to 1.
    """
    sizes = Counter(strata.values())
    places = dict.fromkeys(sorted(sizes), 0)
    for _ in range(min(n, len(strata))):
        open_ = [name for name in places if places[name] < sizes[name]]
        places[max(open_, key=lambda name: sizes[name] ** power / (2 * places[name] + 1))] += 1
    ranked = sorted(strata, key=lambda name: _hash(seed, name))
    return {one for name, held in places.items() for one in [i for i in ranked if strata[i] == name][:held]}


def shuffled(ids: Iterable[str], *, seed: int, order: str = "order") -> list[str]:
    """The ids in an order that says nothing of them; another word gives another order."""
    return sorted(ids, key=lambda name: _hash(seed, f"{order} {name}"))


def write_sheet(path: Path, columns: Sequence[str], lines: Iterable[Mapping[str, str]]) -> None:
    """Write a sheet as CSV.

    Raises:
        StoreError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(lines)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error


def read_marks(path: Path, words: Mapping[str, Word], *, allowed: str) -> Iterator[Mark[Word]]:
    """The labelled lines of a sheet: columns id and label, and rater where several people share it.

    Args:
        path: a CSV file; semicolons, as spreadsheets write them in much of Europe, will do.
        words: what a label means, by its lower-case word.
        allowed: the words, as an error names them.

    Raises:
        DataError: the file is missing or malformed, or a label is none of the words; names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            semicolons = file.readline().count(";") > 0
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if semicolons else ",")
            if missing := {"id", "label"} - set(reader.fieldnames or ()):
                raise DataError(f"{path}: no column {sorted(missing)[0]!r}: it needs id and label")
            for line in reader:
                yield _mark(line, f"{path}:{reader.line_num}", words, allowed)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error


def _mark(line: dict[str, str], where: str, words: Mapping[str, Word], allowed: str) -> Mark[Word]:
    held = {name: (line.get(name) or "").strip() for name in ("id", "label", "rater")}
    word = held["label"].lower()
    if word and word not in words:
        raise DataError(f"{where}: the label {word!r} is not {allowed}")
    return Mark(
        where=where, id=held["id"], word=words[word] if word else None, rater=held["rater"], line=line
    )


def _hash(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{text}".encode()).digest()
