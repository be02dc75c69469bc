"""What is said over runs together, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from medassay.reporting.grid import Cell, Grid
from medassay.reporting.markdown import escape, table_of
from medassay.reporting.overview import FIGURES, Overview
from medassay.reporting.verdict_matrix import LEGEND, Verdict, VerdictMatrix


def parts(held: Overview) -> Iterator[str]:
    """Leaderboard, verdicts, further tables and links to the drawings, in order."""
    yield "## Models and benchmarks"
    yield leaderboard(held.leaderboard).rstrip()
    if held.matrices:
        yield "## Who beats whom"
        yield LEGEND
        yield from (part for matrix in held.matrices for part in _matrix(matrix))
    for section in held.sections:
        yield f"## {escape(section.title)}"
        for table in section.tables:
            lines = [tuple(map(escape, line)) for line in table.lines]
            yield table_of(tuple(map(escape, table.head)), lines, numbers=0)
        yield from filter(
            None, (escape(section.text), "\n".join(f"- {escape(one)}" for one in section.notes))
        )
    if held.drawn or held.undrawn:
        yield "## Charts"
    yield from filter(None, (escape(held.undrawn),))
    for drawn in held.drawn:
        chart = drawn.chart
        yield f"![{escape(chart.title)}]({FIGURES}/{chart.name}.svg)"
        yield f"**{escape(chart.title)}.** {escape(chart.how)}"


def leaderboard(grid: Grid) -> str:
    """The table, its footnotes, and what bold means."""
    lines = [(escape(name), *map(_cell, cells)) for name, cells in grid.lines]
    table = table_of(tuple(map(escape, grid.head)), lines, numbers=len(grid.head) - 1)
    notes = "\n".join(f"{number}. {escape(note)}" for number, note in enumerate(grid.notes, 1))
    return "\n\n".join(filter(None, (table, notes, escape(grid.closing)))) + "\n"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    value = f"**{cell.value}**" if cell.best else cell.value
    return f"{value} {escape(cell.interval)} <sup>{cell.note}</sup>"


def _matrix(matrix: VerdictMatrix) -> tuple[str, str]:
    lines = [(escape(name), *map(_verdict, cells)) for name, cells in matrix.lines]
    table = table_of(("", *map(escape, matrix.names)), lines, numbers=0)
    return f"**{escape(matrix.title)}**", table


def _verdict(cell: Verdict | None) -> str:
    return f"{cell.sign} {cell.word} {cell.difference}" if cell else ""
