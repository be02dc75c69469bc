"""The columns of a table as a whole, for guessing what they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from medassay.benchmarks.described.tables import Table
from medassay.types import Image

MISSING = ("NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "-", "?")
"""Cells that mean that nothing is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with its values, empty ones left out."""

    name: str
    values: Counter[str]
    rows: int
    pictures: bool = False  # its cells hold the bytes of images

    @property
    def distinct(self) -> int:
        """How many different values it has."""
        return len(self.values)

    def called(self, pattern: str) -> bool:
        """Whether its name holds a word of the pattern."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).lower()  # PatientAge
        return re.search(rf"(?<![a-z])(?:{pattern})", words) is not None

    def all_in(self, words: Collection[str]) -> bool:
        """Whether every value is one of the words."""
        return bool(self.values) and all(value.lower() in words for value in self.values)

    def all_like(self, pattern: re.Pattern[str]) -> bool:
        """Whether every value has that form."""
        return bool(self.values) and all(pattern.fullmatch(value) for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a role's columns are, and why it is thought so. `separator` parts the cells of one column."""

    columns: tuple[str, ...]
    why: str
    separator: str = ""


def read_columns(table: Table) -> tuple[dict[str, Column], set[str]]:
    """The columns with their values, and the words for "nothing" that occur in them."""
    values = {name: Counter[str]() for name in table.columns}
    pictures, missing, rows = set[str](), set[str](), 0
    for line in table.lines():
        rows += 1
        for name, counted in values.items():
            if isinstance(line.cells.get(name), Image):
                pictures.add(name)
            if (text := line.text(name)) in MISSING:
                missing.add(text)
            elif text:
                counted[text] += 1
    found = {n: Column(name=n, values=c, rows=rows, pictures=n in pictures) for n, c in values.items()}
    return found, missing
