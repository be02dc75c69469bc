"""Tables with a heading: for a terminal, as one HTML page, and the files that `--out` asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medassay.errors import UsageError
from medassay.reporting import words
from medassay.reporting.examples import Example
from medassay.reporting.files import write_text
from medassay.reporting.flow import Flow
from medassay.reporting.plot import Plot
from medassay.reporting.templating import fill

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: its head, and lines of as many cells; a line whose other cells are empty is a heading.

    `words`: its cells are sentences, to the left and broken where they must be, not numbers.
    """

    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading."""

    title: str
    plots: Sequence[Plot] = ()
    flows: Sequence[Flow] = ()
    gallery: Sequence[Example] = ()
    tables: Sequence[Grid] = ()
    notes: Sequence[str] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesPage:
    """A page of sections; `kind` is what the command makes ("comparison")."""

    kind: str
    title: str
    sections: Sequence[Section]
    lead: Sequence[str] = ()
    explained: str = ""


def html(page: TablesPage) -> str:
    """The page as text: equal pages give equal text; all in it is escaped."""
    return fill("tables.html.j2", page=page)


def terminal(grid: Grid, title: str) -> Table:
    """The table for a terminal: numbers to the right, the first column gives way on a narrow one."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(words.printable(title)),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column(grid.head[0], overflow="fold")
    for name in grid.head[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for cells in grid.lines:
        table.add_row(*(Text(cell) for cell in cells))
    return table


def write_forms(out: Path, name: str, forms: Mapping[str, Callable[[], str]]) -> list[Path]:
    """Write one file, by the ending of `out`, or all forms into the folder `out`.

    Args:
        out: `where/this.html`, or a folder.
        name: of the files in a folder, without an ending.
        forms: by their endings, `.html` and others, what makes them.

    Raises:
        UsageError: the ending is none of the forms'.
        StoreError: a file cannot be written.
    """
    if out.suffix and not out.is_dir():
        if out.suffix not in forms:
            raise UsageError(f"--out {out}: give a folder, or a file that ends in {', '.join(forms)}")
        return [write_text(out, forms[out.suffix]())]
    return [write_text(out / f"{name}{ending}", make()) for ending, make in forms.items()]
