"""Runs as charts: which there are follows from what the runs hold, and nothing is drawn of a single value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from medassay.reporting import arrange, manifest, words
from medassay.reporting.chart_runs import by_protocol, id_of, names_of
from medassay.reporting.charted_curves import costs, reliability, risks
from medassay.reporting.charts import Chart, Mark, Panel, Series
from medassay.reporting.parted_page import scatter
from medassay.reporting.record import RunRecord
from medassay.types import Estimate

_MOST_LINES = 30  # of a panel of slices; beyond it a table reads better, and there is one
_PARTS = ("reasoning", "understanding")


def charts(records: Sequence[RunRecord], *, radar: bool = False) -> list[Chart]:
    """All charts that the runs give, in the order in which a reader asks."""
    names = names_of(records)
    made: list[Chart | None] = [
        _forest(records, names),
        *([_radar(records, names)] if radar else []),
        *_sliced(records, names),
        _parts(records, names),
        reliability(records, names),
        risks(records, names),
        *costs(records, names),
    ]
    everyone = tuple(dict.fromkeys(names.values()))
    return [replace(chart, everyone=everyone) for chart in made if chart is not None]


def _forest(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """The headlines; a panel for each metric."""
    found: dict[str, dict[str, list[Mark]]] = {}
    for record in records:
        if (estimate := arrange.headline(record)) and math.isfinite(estimate.value):
            panel = found.setdefault(words.metric_name(estimate.metric), {})
            panel.setdefault(names[id_of(record)], []).append(_mark(manifest.asked(record), estimate))
    panels = [
        Panel(title=title, series=[Series(name=name, marks=marks) for name, marks in held.items()])
        for title, held in found.items()
    ]
    if sum(len(series.marks) for panel in panels for series in panel.series) < 2:
        return None
    return Chart(
        name="forest",
        title="Headlines",
        how="Each number with its 95 % interval; dashed, what guessing would reach. That two intervals "
        "overlap does not show that two models are equal: the paired comparisons do.",
        form="forest",
        panels=panels,
        across="value",
    )


def _radar(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """The headlines that are fractions, round a circle; None below three of them."""
    held: dict[str, list[Mark]] = {}
    for record in records:
        if (estimate := arrange.headline(record)) and 0 <= estimate.value <= 1:
            held.setdefault(names[id_of(record)], []).append(_mark(manifest.asked(record), estimate))
    if len({mark.at for marks in held.values() for mark in marks}) < 3:
        return None
    return Chart(
        name="radar",
        title="Headlines round a circle",
        how="An overview alone: areas depend on the order of the axes, and there are no intervals.",
        form="radar",
        panels=[Panel(title="", series=[Series(name=name, marks=marks) for name, marks in held.items()])],
        across="",
    )


def _sliced(records: Sequence[RunRecord], names: Mapping[str, str]) -> list[Chart]:
    """The slices of each benchmark: names as forests, and what is measured in numbers as curves."""
    named: list[Chart] = []
    for i, (title, group) in enumerate(by_protocol(records), 1):
        forests, curves = list[Panel](), list[Panel]()
        for caption, series in _slices(group, names):
            places = {mark.at for one in series for mark in one.marks}
            if len(places) < 2:
                continue
            if (numbers := _as_numbers(series)) is not None:
                curves.append(Panel(title=caption, series=numbers))
            elif len(places) <= _MOST_LINES:
                forests.append(Panel(title=caption, series=series))
        if forests:
            named.append(
                Chart(
                    name=f"slices-{i}",
                    title=f"Slices of {title}",
                    how="Each slice with its own 95 % interval, dashed what guessing would reach. With many "
                    "slices some stand out by luck.",
                    form="forest",
                    panels=forests,
                    across="value",
                )
            )
        if curves:
            named.append(
                Chart(
                    name=f"by-number-{i}",
                    title=f"{title} by severity and other numbers",
                    how="The value where the tag has that number, with its 95 % interval.",
                    form="curve",
                    panels=curves,
                    across="value of the tag",
                    upwards="value",
                )
            )
    return named


def _slices(group: Sequence[RunRecord], names: Mapping[str, str]) -> list[tuple[str, list[Series]]]:
    """The tables of slices of several runs, those of one caption together."""
    held: dict[str, list[Series]] = {}
    for record in group:
        for table in arrange.slices(record):
            marks = [
                _mark(line.name, line.estimate)
                for block in table.blocks
                for line in block.lines
                if math.isfinite(line.estimate.value)
            ]
            if marks:
                held.setdefault(table.caption, []).append(Series(name=names[id_of(record)], marks=marks))
    return list(held.items())


def _as_numbers(series: Sequence[Series]) -> list[Series] | None:
    """The series along the numbers that their names are; None where a name is none."""
    try:
        return [
            replace(
                one,
                marks=sorted(
                    (replace(mark, at=float(mark.at)) for mark in one.marks), key=lambda mark: float(mark.at)
                ),
            )
            for one in series
        ]
    except ValueError:
        return None


def _parts(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """Reasoning against understanding, where a benchmark is sliced into the two."""
    panels = []
    for title, group in by_protocol(records):
        series = []
        for record in group:
            parts = {e.slice.rpartition("=")[2]: e for e in _of_primary(record)}
            if set(_PARTS) <= set(parts):
                upwards, across = (parts[name] for name in _PARTS)
                mark = Mark(
                    at=across.value, value=upwards.value, low=upwards.low, high=upwards.high, n=upwards.n
                )
                series.append(Series(name=names[id_of(record)], marks=[mark]))
        if series:
            panels.append(Panel(title=title, series=series))
    if not panels:
        return None
    return scatter(panels, name="parts")


def _of_primary(record: RunRecord) -> list[Estimate]:
    return [e for e in record.estimates if e.metric == record.benchmark.primary]


def _mark(at: str, estimate: Estimate) -> Mark:
    return Mark(
        at=at,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=estimate.n,
        base=estimate.chance,
    )
