"""Charts as plain values: what is drawn, before anything draws it, and its numbers to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.reporting import words

Form = Literal["forest", "curve", "scatter", "radar"]
"""Values with intervals in lines by name; lines over an axis; single points; values round a circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value at a name (forest, radar) or at a place across; the ends of its 95 % interval, its rows.

    `base` is what the value is held against in this place alone: chance.
    """

    at: str | float
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    base: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What belongs to one name, a model's as a rule."""

    name: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One of the small drawings that share the axes of a chart."""

    title: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Drawings side by side.

    `name` is that of its files, `how` says in a sentence or two what is to be seen. `across` and `upwards`
    name the axes; in a forest the values run across. `diagonal`: a line where both are equal. `everyone`:
    the names of all charts of a report, so that one name looks the same in all of them.
    """

    name: str
    title: str
    how: str
    form: Form
    panels: Sequence[Panel]
    across: str
    upwards: str = ""
    logarithmic: bool = False
    diagonal: bool = False
    everyone: Sequence[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The series, each once, in order."""
        return tuple(dict.fromkeys(series.name for panel in self.panels for series in panel.series))


HEAD = ("panel", "series", "at", "value", "low", "high", "rows", "chance")


def lines(chart: Chart) -> Iterator[tuple[str, ...]]:
    """All that is drawn, as it is shown: a line of cells under `HEAD` for each mark."""
    for panel, series, mark in _marks(chart):
        numbers = map(words.number, (mark.value, mark.low, mark.high))
        at = mark.at if isinstance(mark.at, str) else f"{mark.at:.4g}"
        yield (panel.title, series.name, at, *numbers, words.count(mark.n), words.number(mark.base))


def as_csv(charts: Sequence[Chart]) -> str:
    """All charts as one table, a line for each mark; numbers in full, what does not exist is empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("chart", *HEAD))
    for chart in charts:
        for panel, series, mark in _marks(chart):
            held = (mark.at, mark.value, mark.low, mark.high, mark.n, mark.base)
            writer.writerow((chart.name, panel.title, series.name, *held))
    return words.printable(buffer.getvalue())


def _marks(chart: Chart) -> Iterator[tuple[Panel, Series, Mark]]:
    for panel in chart.panels:
        for series in panel.series:
            for mark in series.marks:
                yield panel, series, mark
