"""Ways of asking one model side by side: what each scores and takes, and what needs the right picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.plot import Mark, plot
from medassay.reporting.tables_page import Grid, Section, TablesPage, html, terminal

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_COSTS = ("calls", "in", "out", "broke")
_WAYS = ("way of asking", "value", "less first, 95 %", *_COSTS)
_CONTROLS = ("control", "value", "first less it, 95 %", *_COSTS)
_EXPLAINED = (
    "calls, tokens in (images with them) and out: means per sample. broke: rows on which the scheme broke; "
    "what it fell back on is in the value. A control shows no picture, an empty one, or another patient's: "
    "what the first has above it needs the right picture. Intervals hold for all differences at once."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way of asking with its value, and how far it is from the first.

    `difference` is this one less the first; of a control it is the first less the control. It, its interval
    and `p` are None for the first. Calls and tokens are means per sample, `broke` is a share of the rows.
    `degenerate`: no draw differed from another of the same question.
    """

    way: str
    control: bool
    value: float
    low: float | None
    high: float | None
    calls: float
    input_tokens: float
    output_tokens: float
    broke: float
    degenerate: bool
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p: float | None = None


def render(title: str, lines: Sequence[Line]) -> list[Table | Text]:
    """The tables of a terminal of 80 columns, the controls in their own, and how to read them."""
    from rich.text import Text

    return [*(terminal(grid, title) for grid in _grids(lines)), Text(_EXPLAINED)]


def page(title: str, lines: Sequence[Line]) -> str:
    """The same as one HTML page, with the value over the tokens that it takes."""
    curves = defaultdict(list)
    for line in lines:
        mark = Mark(x=line.input_tokens + line.output_tokens, y=line.value, low=line.low, high=line.high)
        curves[line.way.partition(":")[0]].append(mark)
    ordered = {name: sorted(marks, key=lambda mark: mark.x) for name, marks in curves.items()}
    drawn = plot("value over tokens per sample, in and out together", ordered, logarithmic=True)
    section = Section(title=title, tables=_grids(lines), plots=[drawn] if drawn else [])
    return html(
        TablesPage(kind="ways of asking", title="Ways of asking", sections=[section], explained=_EXPLAINED)
    )


def _grids(lines: Sequence[Line]) -> list[Grid]:
    """One table of ways and one of controls, each if there is any."""
    parts = [(_WAYS, [x for x in lines if not x.control]), (_CONTROLS, [x for x in lines if x.control])]
    return [Grid(head=head, lines=[_cells(line) for line in held]) for head, held in parts if held]


def _cells(line: Line) -> tuple[str, ...]:
    reach = words.interval(line.difference_low, line.difference_high, sign=True)
    apart = words.ABSENT if line.difference is None else f"{words.number(line.difference, sign=True)} {reach}"
    return (
        words.printable(line.way) + (" DEGENERATE" if line.degenerate else ""),
        words.number(line.value),
        apart,
        f"{line.calls:,.1f}",
        f"{line.input_tokens:,.0f}",
        f"{line.output_tokens:,.0f}",
        f"{line.broke:.1%}",
    )
