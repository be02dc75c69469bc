"""Cells of published tables, as a CSV holds them, and what is found in them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from itertools import groupby
from pathlib import Path

from medassay.errors import DataError

COLUMNS = ("source", "table", "model", "group", "benchmark", "split_or_part", "metric", "value")
OPTIONAL = ("ci_low", "ci_high", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One printed number, with the decimals it was printed with; `low`, `high` and `n` where it says them."""

    source: str
    table: str
    model: str
    group: str
    benchmark: str
    part: str
    metric: str
    value: float
    decimals: int
    low: float | None = None
    high: float | None = None
    n: int | None = None

    @property
    def rounding(self) -> float:
        """How far the number may lie from what was rounded to it: half of its last decimal."""
        return 0.5 * 10.0**-self.decimals

    @property
    def text(self) -> str:
        """The number as it was printed."""
        return f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that cannot be, or wants an explanation. Empty fields: it concerns all of them."""

    check: str
    source: str
    detail: str
    model: str = ""
    benchmark: str = ""


Table = Sequence[Cell]


def shipped() -> tuple[Cell, ...]:
    """The tables of the two papers whose questions started this tool (arXiv 2507.11200 and 2506.17337)."""
    return _parsed((files(__package__) / "published.csv").read_text("utf-8"), "published.csv")


def read_cells(path: Path) -> tuple[Cell, ...]:
    """The cells of a CSV with the columns of `COLUMNS` and, where known, `OPTIONAL`.

    Raises:
        DataError: it is missing, has other columns, or holds what is no number; names the line.
    """
    try:
        return _parsed(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def grouped(cells: Iterable[Cell], *fields: str) -> list[tuple[tuple[str, ...], list[Cell]]]:
    """The cells that share some fields, in the order of the fields."""

    def key(cell: Cell) -> tuple[str, ...]:
        return tuple(str(getattr(cell, field)) for field in fields)

    return [(held, list(found)) for held, found in groupby(sorted(cells, key=key), key=key)]


def _parsed(text: str, where: str) -> tuple[Cell, ...]:
    rows = csv.DictReader(StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise DataError(f"{where}: has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
    cells = tuple(_cell(row, f"{where}:{number}") for number, row in enumerate(rows, start=2))
    if not cells:
        raise DataError(f"{where}: no rows")
    return cells


def _cell(row: dict[str, str | None], where: str) -> Cell:
    held = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    value = held["value"]
    n = _number(held["n"], f"{where}: n") if held["n"] else None
    return Cell(
        source=held["source"],
        table=held["table"],
        model=held["model"],
        group=held["group"],
        benchmark=held["benchmark"],
        part=held["split_or_part"],
        metric=held["metric"],
        value=_number(value, f"{where}: value"),
        decimals=len(value.partition(".")[2]),
        low=_number(held["ci_low"], f"{where}: ci_low") if held["ci_low"] else None,
        high=_number(held["ci_high"], f"{where}: ci_high") if held["ci_high"] else None,
        n=None if n is None else int(n),
    )


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise DataError(f"{where} should be a number, not {text!r}") from error
    if not math.isfinite(value):
        raise DataError(f"{where} is {text}: leave the row out, or give a number")
    return value
