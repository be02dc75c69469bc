"""What a report says over its runs together, before each is shown by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.reporting import charts as values
from medassay.reporting import drawing
from medassay.reporting.charted import charts
from medassay.reporting.charts import Chart
from medassay.reporting.compared import Compared
from medassay.reporting.files import write_bytes, write_text
from medassay.reporting.grid import Grid, grid
from medassay.reporting.inlined import inline
from medassay.reporting.record import RunRecord
from medassay.reporting.tables_page import Section
from medassay.reporting.verdict_matrix import LEGEND, VerdictMatrix, matrices

FIGURES = "figures"
UNDRAWN = "Charts are not drawn: matplotlib is not installed (pip install 'medassay[report]')."


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, its drawing as a file, the same for the page, and its numbers as lines under `charts.HEAD`."""

    chart: Chart
    file: str
    svg: str
    lines: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = values.HEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The leaderboard over models and benchmarks, who beats whom, charts, and what else was asked for.

    `undrawn` says why there are no charts, "" where they are drawn. `legend` is of the matrices.
    """

    leaderboard: Grid
    matrices: Sequence[VerdictMatrix]
    drawn: Sequence[Drawn]
    sections: Sequence[Section] = ()
    undrawn: str = ""
    legend: str = LEGEND


def overview(
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    *,
    best: Collection[str] = (),
    sections: Sequence[Section] = (),
    added: Sequence[Chart] = (),
    radar: bool = False,
) -> Overview:
    """Put runs together.

    Args:
        records: the runs, in the order in which models and benchmarks are to stand.
        comparisons: paired, of those that compare.
        best: the ids of runs that no other of their protocol is significantly better than.
        sections: tables that others made: published numbers, groups of people.
        added: charts that others made: learning curves, gaps.
        radar: draw the headlines round a circle too.
    """
    able = drawing.can_draw()
    made = [*charts(records, radar=radar), *added] if able else []
    return Overview(
        leaderboard=grid(records, best),
        matrices=matrices(comparisons),
        drawn=[drawn(chart) for chart in made],
        sections=sections,
        undrawn="" if able else UNDRAWN,
    )


def drawn(chart: Chart) -> Drawn:
    """The chart with its drawing.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    file = drawing.svg(chart)
    return Drawn(chart=chart, file=file, svg=inline(chart, file), lines=tuple(values.lines(chart)))


def write_figures(folder: Path, held: Overview) -> None:
    """Each chart as `figures/NAME.svg` and `.pdf`, and the numbers of all in `figures/figures.csv`.

    Raises:
        StoreError: a file cannot be written.
    """
    if not held.drawn:
        return
    place = folder / FIGURES
    for one in held.drawn:
        write_text(place / f"{one.chart.name}.svg", one.file)
        write_bytes(place / f"{one.chart.name}.pdf", drawing.pdf(one.chart))
    write_text(place / "figures.csv", values.as_csv([one.chart for one in held.drawn]))
