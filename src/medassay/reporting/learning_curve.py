"""A learning curve as a table: shots by metrics, each with an interval over trainings and patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.plot import Mark, plot
from medassay.reporting.tables_page import Grid, Section, TablesPage, html
from medassay.statistics.repeated import Repeated

if TYPE_CHECKING:
    from rich.console import RenderableType

CURVE = "learning_curve.json"
"""What a folder of a learning curve holds, and is known by."""

HOW = (
    "Each value is a mean over trainings on other draws of examples; its 95 % interval takes in the draw and "
    "the test part's clusters."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A metric after learning from `shots` examples of each class (0: not at all), `examples` in all."""

    shots: int
    examples: int
    result: Repeated


def render(title: str, points: Sequence[Point]) -> Iterator[RenderableType]:
    """The table for a terminal of 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=words.printable(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for point in points:
        table.add_row(*_cells(point))
    yield table
    yield Text(HOW)
    for note in sorted({point.result.note for point in points if point.shots and point.result.note}):
        yield Text(note)


def as_markdown(title: str, points: Sequence[Point]) -> str:
    """The same as Markdown."""
    lines = [f"| {' | '.join(_COLUMNS)} |", "|" + "--:|" * len(_COLUMNS)]
    lines += [f"| {' | '.join(_cells(point))} |" for point in points]
    return f"# {words.printable(title)}\n\n" + "\n".join(lines) + f"\n\n{HOW}\n"


def as_page(title: str, points: Sequence[Point]) -> str:
    """The same as one HTML page, with a drawing of the means and their intervals."""
    curves: dict[str, list[Mark]] = {}
    for point in points:
        if point.shots:
            held = point.result
            mark = Mark(x=point.shots, y=held.value, low=held.low, high=held.high)
            curves.setdefault(words.metric_name(held.metric), []).append(mark)
    drawn = plot("mean over trainings by shots", curves, logarithmic=True)
    section = Section(
        title="By shots",
        plots=[drawn] if drawn else [],
        tables=[Grid(head=_COLUMNS, lines=[_cells(point) for point in points])],
    )
    return html(TablesPage(kind="learning curve", title=title, sections=[section], explained=HOW))


_COLUMNS = ("shots", "images", "metric", "mean", "95 % interval", "trainings", "their sd")


def _cells(point: Point) -> tuple[str, ...]:
    held = point.result
    between = "–" if held.between is None else f"{held.between:.3f}"
    interval = "–" if held.low is None or held.high is None else f"[{held.low:.3f}, {held.high:.3f}]"
    shots = f"{point.shots}" if point.shots else "none"
    trainings = f"{len(held.values)}" if point.shots else "–"
    return (
        shots,
        f"{point.examples}",
        words.metric_name(held.metric),
        f"{held.value:.3f}",
        interval,
        trainings,
        between,
    )
