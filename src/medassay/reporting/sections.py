"""Sections of a page for a terminal and as Markdown: one content in three forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.markdown import escape
from medassay.reporting.tables_page import Grid, Section

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def render_sections(sections: Sequence[Section]) -> Iterator[RenderableType]:
    """Headings, tables and notes; what is drawn on the page is left out."""
    from rich.text import Text

    for section in sections:
        yield Text(f"\n{words.printable(section.title)}", style="bold")
        yield from map(_table, section.tables)
        yield from (Text(words.printable(line)) for line in (section.text, *section.notes) if line)


def markdown_sections(title: str, sections: Sequence[Section]) -> str:
    """The same as a Markdown page."""
    parts = [f"# {escape(title)}"]
    for section in sections:
        notes = "\n".join(f"- {escape(note)}" for note in section.notes)
        tables = map(_markdown, section.tables)
        parts += filter(None, (f"## {escape(section.title)}", *tables, escape(section.text), notes))
    return "\n\n".join(parts) + "\n"


def _table(grid: Grid) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    first, *others = grid.head
    table.add_column(first, overflow="fold")  # the one that gives way on a narrow terminal
    for name in others:
        table.add_column(name, justify="left" if grid.words else "right", no_wrap=not grid.words)
    for line in grid.lines:
        table.add_row(*(Text(words.printable(cell)) for cell in line))
    return table


def _markdown(grid: Grid) -> str:
    rule = ("---", *("---" if grid.words else "--:" for _ in grid.head[1:]))
    lines = [grid.head, rule, *grid.lines]
    return "\n".join(
        f"| {' | '.join(cell if line is rule else escape(cell) for cell in line)} |" for line in lines
    )
