"""What human readers said of the items of a study: a CSV file with a line for each reader and item.

Columns: `reader`, `id`, and `rating` (any number, higher is more likely positive) or `call` (1 or 0).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medassay.errors import DataError
from medassay.statistics.operating import Calls
from medassay.types import FloatArray

_CALLS = {"1": 1, "0": 0, "": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader: `rating` (NaN without one) and `call` (-1 without one) of each item, in order."""

    name: str
    rating: FloatArray
    call: FloatArray

    def on(self, other: Calls) -> Calls:
        """The reader as a test on the rows of another, of whom truth and clusters are taken.

        Calls alone are ratings of two values: their AUROC is the mean of sensitivity and specificity.
        """
        rating = np.where(np.isnan(self.rating) & (self.call >= 0), self.call, self.rating)
        return Calls(truth=other.truth, prob=rating, call=self.call.astype(np.int8), codes=other.codes)


def read_readers(path: Path, ids: Sequence[str]) -> list[Reader]:
    """The readers of a file, by name, over the items of a study.

    Raises:
        DataError: the file cannot be read, a column is missing, a value is no number, an item is unknown or
            there twice, or a reader did not read every item; names the line.
    """
    places = {name: at for at, name in enumerate(ids)}
    held: dict[str, dict[int, tuple[float, int]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if not {"reader", "id"} <= {*(lines.fieldnames or ())}:
                raise DataError(f"{path}: the columns reader and id are needed, and rating or call")
            for line in lines:
                where = f"{path}:{lines.line_num}"
                if line["id"] not in places:
                    raise DataError(f"{where}: the study has no item {line['id']!r}")
                read = held.setdefault(line["reader"], {})
                if places[line["id"]] in read:
                    raise DataError(f"{where}: {line['reader']} read {line['id']} twice: keep one")
                read[places[line["id"]]] = _values(line, where)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from error
    for name, read in held.items():
        if missing := len(ids) - len(read):
            raise DataError(
                f"{path}: {name} did not read {missing} of {len(ids)} items: every reader reads all"
            )
    return [
        Reader(
            name=name,
            rating=np.array([read[at][0] for at in range(len(ids))]),
            call=np.array([read[at][1] for at in range(len(ids))], dtype=np.float64),
        )
        for name, read in sorted(held.items())
    ]


def _values(line: dict[str, str], where: str) -> tuple[float, int]:
    rating, call = (line.get("rating") or "").strip(), (line.get("call") or "").strip()
    if call not in _CALLS:
        raise DataError(f"{where}: the call {call!r} should be 1, 0 or empty")
    try:
        return float(rating) if rating else float("nan"), _CALLS[call]
    except ValueError as error:
        raise DataError(f"{where}: the rating {rating!r} should be a number") from error
