"""A table of runs in GitHub-flavoured Markdown."""

from __future__ import annotations

from medassay.exporters.grid import Cell, Grid
from medassay.reporting.markdown import escape


def text(grid: Grid) -> str:
    """The table, its footnotes, and what bold means."""
    rule = ("---", *("--:" for _ in grid.head[1:]))
    lines = [(escape(name), *map(_cell, cells)) for name, cells in grid.lines]
    rows = (tuple(map(escape, grid.head)), rule, *lines)
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "\n".join(f"{number}. {escape(note)}" for number, note in enumerate(grid.notes, 1))
    return "\n\n".join(filter(None, (table, notes, escape(grid.closing)))) + "\n"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    value = f"**{cell.value}**" if cell.best else cell.value
    return f"{value} {escape(cell.interval)} <sup>{cell.note}</sup>"
