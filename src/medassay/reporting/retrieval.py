"""What retrieval did to answers, on a terminal of 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.tables_page import Grid, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table
    from rich.text import Text

    from medassay.types import Estimate

Line = tuple[str, float, "Estimate", "Estimate", "Estimate | None"]
"""Way of asking, mean number of texts, helped, hurt, relied."""

_HEAD = ("way of asking", "texts", "", "share", "95 % interval", "rows")
_SHARES = ("helped", "hurt", "relied")
_EXPLAINED = (
    "helped: wrong without and right with what was retrieved; hurt: right without and wrong with it; both of "
    "all rows. relied: as hurt, but of the rows that were right without. Intervals are 95 % over clusters."
)


def render(title: str, lines: Sequence[Line], verdict: str) -> list[Table | Text]:
    """The table, what is safe where that was asked, and how to read it."""
    from rich.text import Text

    cells = []
    for way, texts, *shares in lines:
        heads = [(words.printable(way), f"{texts:.1f}"), ("", ""), ("", "")]
        cells += [(*h, name, *_cells(s)) for h, name, s in zip(heads, _SHARES, shares, strict=True)]
    notes = dict.fromkeys(f"{way}: {e.note}." for way, _, *shares in lines for e in shares if e and e.note)
    said = [*([verdict] if verdict else []), *notes, _EXPLAINED]
    return [terminal(Grid(head=_HEAD, lines=cells), title), *(Text(words.printable(one)) for one in said)]


def _cells(share: Estimate | None) -> tuple[str, str, str]:
    if share is None:
        return words.ABSENT, words.ABSENT, "0"
    return words.number(share.value), words.interval(share.low, share.high), words.count(share.n)
