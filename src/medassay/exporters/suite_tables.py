"""The tables of a suite as grids, for LaTeX and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from medassay.reporting import words
from medassay.reporting.grid import Cell, Grid
from medassay.reporting.suite import SuiteCell, SuiteTable

CLOSING = "Behind each number what the paper prints and ours less that. Nothing is marked as best."


def grid_of(table: SuiteTable, differs: Sequence[str] = ()) -> Grid:
    """One table; `differs` holds for all its cells.

    Every cell has a note: of its rows and what is not as in the paper, or why it is empty.
    """
    alike = [f"Not as in the paper: {each}." for each in differs]
    notes = list(dict.fromkeys(_note(cell) for cell in table.cells.values()))
    return Grid(
        head=(table.title, *table.benchmarks),
        lines=tuple(
            (model, tuple(_cell(table.cells[model, benchmark], notes) for benchmark in table.benchmarks))
            for model in table.models
        ),
        notes=tuple(notes),
        closing=" ".join(filter(None, (table.note, *alike, CLOSING))),
    )


def _cell(cell: SuiteCell, notes: list[str]) -> Cell:
    held, mark = cell.found, notes.index(_note(cell)) + 1
    paper = f"paper {cell.published_text}" if cell.published_text else ""
    if held is None:
        return Cell(value=words.ABSENT, interval=paper and f"({paper})", best=False, note=mark)
    beside = f" ({paper}, {words.number(cell.difference, sign=True)})" if paper else ""
    return Cell(
        value=words.number(held.value),
        interval=words.interval(held.low, held.high) + beside,
        best=False,
        note=mark,
    )


def _note(cell: SuiteCell) -> str:
    if cell.found is None:
        return f"{cell.reason}."
    return "; ".join((f"{cell.found.metric}, n {cell.found.n:,.10g}", *cell.differs)) + "."
