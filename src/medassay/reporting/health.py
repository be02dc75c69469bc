"""What a doctor found, a place at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from medassay.reporting import words

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {"sound": "green", "note": "yellow", "wrong": "bold red"}


def render(findings: Iterable[tuple[str, str, str, str]]) -> Iterator[RenderableType]:
    """Findings as (place, check, level, what was found), those of one place together."""
    from rich.table import Table
    from rich.text import Text

    for place, held in groupby(findings, key=lambda finding: finding[0]):
        yield Text(words.printable(place), style="bold")
        table = Table.grid(padding=(0, 2))
        for _, check, level, said in held:
            table.add_row("", Text(level, style=_STYLES[level]), check, Text(words.printable(said)))
        yield table
        yield Text()
