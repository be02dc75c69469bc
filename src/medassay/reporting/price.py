"""Schemes beside the vote of single calls at the same price: two tables and a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.plot import Mark, plot
from medassay.reporting.tables_page import Grid, Section, TablesPage, html, terminal

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_CURVE = ("asked", "value", "95 % interval", "calls", "tokens in", "tokens out")
_MATCHED = ("scheme", "same", "vote of", "scheme less vote, 95 % interval")
_ENDED = ("scheme", "last word", "rows", "value", "mended", "ruined")
_EXPLAINED = (
    "Means per sample; images are in the tokens that go in. A vote of 1 is a single call at the temperature "
    "of the draws. The vote that costs the same is the smallest that costs at least as much; * none does, "
    "and the largest was cheaper. The intervals hold for all differences together. "
    "Mended, ruined: rows on which the scheme is better, or worse, than the majority of its first opinions."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A score with what a sample took on average; `name` is the scheme, or the number of draws."""

    name: str
    value: float
    low: float | None
    high: float | None
    calls: float
    input_tokens: float
    output_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A scheme less the vote of so many draws that costs the same in a currency, or is `cheaper`."""

    scheme: str
    currency: str
    draws: int
    cheaper: bool
    difference: float
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The rows on which one role of a scheme had the last word, or which broke ("fallback") or failed.

    `opinions` of them had opinions to begin with; on `mended` the answer is better than their majority, on
    `ruined` worse.
    """

    scheme: str
    name: str
    rows: int
    value: float | None
    opinions: int
    mended: int
    ruined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that stands on the page."""

    title: str
    curve: Sequence[Point]
    schemes: Sequence[Point]
    matches: Sequence[Match]
    exits: Sequence[Exit]


def render(shown: Shown) -> list[Table | Text]:
    """The tables of a terminal of 80 columns, and how to read them."""
    from rich.text import Text

    return [*(terminal(grid, shown.title) for grid in _grids(shown)), Text(_EXPLAINED)]


def page(shown: Shown) -> str:
    """The same as one HTML page, with the value over the tokens."""
    curves = {"vote": [_mark(point) for point in shown.curve]}
    curves |= {point.name: [_mark(point)] for point in shown.schemes}
    drawn = plot("value over tokens per sample, in and out together", curves, logarithmic=True)
    section = Section(title=shown.title, tables=_grids(shown), plots=[drawn] if drawn else [])
    return html(TablesPage(kind="price", title="At the same price", sections=[section], explained=_EXPLAINED))


def _mark(point: Point) -> Mark:
    tokens = max(1.0, point.input_tokens + point.output_tokens)  # a model may not count its tokens
    return Mark(x=tokens, y=point.value, low=point.low, high=point.high)


def _grids(shown: Shown) -> list[Grid]:
    named = [(f"vote of {point.name}", point) for point in shown.curve]
    named += [(point.name, point) for point in shown.schemes]
    points = [
        (
            words.printable(name),
            words.number(point.value),
            words.interval(point.low, point.high),
            f"{point.calls:,.1f}",
            f"{point.input_tokens:,.0f}",
            f"{point.output_tokens:,.0f}",
        )
        for name, point in named
    ]
    matched = [
        (
            words.printable(match.scheme),
            match.currency,
            f"{match.draws}{'*' if match.cheaper else ''}",
            f"{words.number(match.difference, sign=True)} {words.interval(match.low, match.high, sign=True)}",
        )
        for match in shown.matches
    ]
    ended = [
        (
            words.printable(one.scheme),
            words.printable(one.name),
            words.count(one.rows),
            words.number(one.value),
            *(words.count(n) if one.opinions else words.ABSENT for n in (one.mended, one.ruined)),
        )
        for one in shown.exits
    ]
    tables = [Grid(head=_CURVE, lines=points), Grid(head=_MATCHED, lines=matched)]
    return [*tables, Grid(head=_ENDED, lines=ended)] if ended else tables
