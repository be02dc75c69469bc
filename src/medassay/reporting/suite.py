"""The tables of a suite: ours beside the published, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from medassay.reporting import words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

COLUMNS = 3  # of benchmarks that fit beside the names of models
BESIDE = "First ours with its 95 % interval, then what the paper prints and ours less that. "
LEGEND = "Numbers in brackets lead to what is to be known of a cell, or to why there is no number."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Our number in a cell; `n` rows, a sum of weights where it is of a part."""

    metric: str
    value: float
    low: float | None
    high: float | None
    n: float
    n_clusters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteCell:
    """Ours (`found`, or `reason` why there is none) beside the published; `differs` says in what."""

    setting: str
    found: Found | None = None
    reason: str = ""
    differs: tuple[str, ...] = ()
    published: float | None = None
    published_text: str = ""
    published_n: int | None = None

    @property
    def difference(self) -> float | None:
        """Ours less the published."""
        return None if self.found is None or self.published is None else self.found.value - self.published

    @property
    def notes(self) -> tuple[str, ...]:
        """All that is to be said of it."""
        return (self.reason,) if self.reason else self.differs


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteTable:
    """One table in the paper's layout; `cells` by model and benchmark."""

    title: str
    note: str
    models: Sequence[str]
    benchmarks: Sequence[str]
    cells: Mapping[tuple[str, str], SuiteCell]

    @property
    def notes(self) -> list[str]:
        """What is said of cells, once each, in the order of the cells."""
        return list(dict.fromkeys(note for cell in self.cells.values() for note in cell.notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteReport:
    """All tables. `paper` "": nothing was published; `differs` is not as in the paper in any cell."""

    name: str
    title: str
    paper: str
    differs: tuple[str, ...]
    tables: Sequence[SuiteTable]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints: a cell with its place, our number, the published one, what is not alike."""
        return {
            "schema_version": 1,
            "suite": self.name,
            "paper": self.paper,
            "differs": list(self.differs),
            "tables": [
                {
                    "title": table.title,
                    "note": table.note,
                    "models": list(table.models),
                    "benchmarks": list(table.benchmarks),
                    "cells": [self._cell(*place, cell) for place, cell in table.cells.items()],
                }
                for table in self.tables
            ],
        }

    def _cell(self, model: str, benchmark: str, cell: SuiteCell) -> dict[str, Any]:
        both = cell.difference is not None
        return {
            "model": model,
            "benchmark": benchmark,
            **{name: value for name, value in asdict(cell).items() if name != "published_text"},
            "difference": cell.difference,
            "same_protocol": not (self.differs or cell.differs) if both else None,
        }


def render(report: SuiteReport) -> Iterator[RenderableType]:
    """All that a terminal of 80 columns shows."""
    from rich.text import Text

    paper = f" ({report.paper})" if report.paper else ""
    yield Text(words.printable(f"{report.title}{paper}"), style="bold")
    yield from (Text(words.printable(f"Not as in the paper: {each}.")) for each in report.differs)
    for table in report.tables:
        yield Text(f"\n{words.printable(table.title)}{_metrics(table)}, {_count(table)}", style="bold")
        if table.note:
            yield Text(words.printable(table.note))
        for start in range(0, len(table.benchmarks), COLUMNS):
            yield _block(table, table.benchmarks[start : start + COLUMNS])
        yield from (Text(f"({i}) {words.printable(note)}") for i, note in enumerate(table.notes, 1))
    yield Text(f"\n{BESIDE if report.paper else ''}{LEGEND}", style="dim")


def _count(table: SuiteTable) -> str:
    there = sum(cell.found is not None for cell in table.cells.values())
    return f"{there} of {len(table.cells)} cells"


def _metrics(table: SuiteTable) -> str:
    found = dict.fromkeys(cell.found.metric for cell in table.cells.values() if cell.found)
    return f" ({', '.join(map(words.metric_name, found))})" if found else ""


def _block(table: SuiteTable, benchmarks: Sequence[str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    shown.add_column("", overflow="fold")
    for benchmark in benchmarks:
        shown.add_column(Text(words.printable(benchmark)), overflow="fold", min_width=20)
    for model in table.models:
        cells = [_lines(table.cells[model, benchmark], table.notes) for benchmark in benchmarks]
        shown.add_row(*map(Text, (words.printable(model), *cells)))
    return shown


def _lines(cell: SuiteCell, notes: Sequence[str]) -> str:
    """Ours, the published, and how many rows, a line each."""
    marks = f"({', '.join(str(notes.index(note) + 1) for note in cell.notes)})" if cell.notes else ""
    paper = f"paper {cell.published_text}" if cell.published_text else ""
    if cell.found is None:
        return "\n".join(filter(None, (f"{words.ABSENT} {marks}", paper)))
    held = cell.found
    less = f"{paper} {words.number(cell.difference, sign=True)}" if paper else ""
    rows = f"n {held.n:,.10g} {marks}".rstrip()
    return "\n".join(
        filter(None, (f"{words.number(held.value)} {words.interval(held.low, held.high)}", less, rows))
    )
