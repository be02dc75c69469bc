"""Sheets that people label by hand: what is drawn, how it is shuffled, and what comes back."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from medassay.errors import DataError, StoreError

Word = TypeVar("Word")
Votes = dict[str, dict[str, Word]]
"""What each rater says, by the id of the line."""


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


def read_votes(
    path: Path, words: Mapping[str, Word], *, allowed: str, rater: str | None = None
) -> Votes[Word]:
    """The labels of a sheet: columns id and label, and rater where several people share it.

    Lines without a label are not labelled yet and do not count.

    Args:
        path: a CSV file; semicolons, as spreadsheets write them in much of Europe, will do.
        words: what a label means, by its lower-case word.
        allowed: the words, as an error names them.
        rater: whose sheet it is; None: the column rater says it.

    Raises:
        DataError: the file is missing or malformed, a label is none of the words, or a rater labels an id
            twice differently. Names the line.
    """
    votes: Votes[Word] = {}
    for where, line in read_lines(path):
        label = (line.get("label") or "").strip().lower()
        if not label:
            continue
        if label not in words:
            raise DataError(f"{where}: the label {label!r} is not {allowed}")
        who = (line.get("rater") or "").strip() if rater is None else rater
        of = votes.setdefault((line.get("id") or "").strip(), {})
        if of.setdefault(who, words[label]) != words[label]:
            raise DataError(f"{where}: {who or 'the rater'} has labelled this id before, and otherwise")
    if not votes:
        raise DataError(f"{path}: no line has a label: fill the column label with {allowed}")
    return votes


def read_lines(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each line of a sheet with its place, "file:line"; it has the columns id and label.

    Raises:
        DataError: the file is missing or malformed.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            semicolons = file.readline().count(";") > 0
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if semicolons else ",")
            if missing := {"id", "label"} - set(reader.fieldnames or ()):
                raise DataError(f"{path}: no column {sorted(missing)[0]!r}: it needs id and label")
            for line in reader:
                yield f"{path}:{reader.line_num}", line
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error


def _hash(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{text}".encode()).digest()
