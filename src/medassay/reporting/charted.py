"""Runs as charts: which there are follows from what the runs hold, and nothing is drawn of a single value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from medassay.reporting import arrange, manifest, words
from medassay.reporting.charts import Chart, Mark, Panel, Series
from medassay.reporting.record import RunRecord
from medassay.types import Estimate

_MOST_LINES = 30  # of a panel of slices; beyond it a table reads better, and there is one
_PARTS = ("reasoning", "understanding")
_COSTS = (
    ("seconds", "Seconds against quality", "seconds for each sample, mean"),
    ("tokens", "Tokens against quality", "tokens for each sample, in and out, mean"),
    ("euros", "Euros against quality", "euros for a thousand samples"),
)


def charts(records: Sequence[RunRecord], *, radar: bool = False) -> list[Chart]:
    """All charts that the runs give, in the order in which a reader asks."""
    names = _names(records)
    made: list[Chart | None] = [
        _forest(records, names),
        *([_radar(records, names)] if radar else []),
        *_sliced(records, names),
        _parts(records, names),
        _reliability(records, names),
        _risks(records, names),
        *_costs(records, names),
    ]
    everyone = tuple(dict.fromkeys(names.values()))
    return [replace(chart, everyone=everyone) for chart in made if chart is not None]


def _names(records: Sequence[RunRecord]) -> Mapping[str, str]:
    """By the id of a run what it is called: the model, with the run where a protocol has it twice."""
    seen: set[tuple[str, str]] = set()
    named: dict[str, str] = {}
    for record in records:
        key, run = (manifest.model_name(record), manifest.protocol_id(record)), _id(record)
        named[run] = f"{key[0]} (run {run[:8]})" if key in seen else key[0]
        seen.add(key)
    return named


def _forest(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """The headlines; a panel for each metric."""
    found: dict[str, dict[str, list[Mark]]] = {}
    for record in records:
        if (estimate := arrange.headline(record)) and math.isfinite(estimate.value):
            panel = found.setdefault(words.metric_name(estimate.metric), {})
            panel.setdefault(names[_id(record)], []).append(_mark(manifest.asked(record), estimate))
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
            held.setdefault(names[_id(record)], []).append(_mark(manifest.asked(record), estimate))
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
    for i, (title, group) in enumerate(_by_protocol(records), 1):
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
                held.setdefault(table.caption, []).append(Series(name=names[_id(record)], marks=marks))
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
    for title, group in _by_protocol(records):
        series = []
        for record in group:
            parts = {e.slice.rpartition("=")[2]: e for e in _of_primary(record)}
            if set(_PARTS) <= set(parts):
                upwards, across = (parts[name] for name in _PARTS)
                mark = Mark(
                    at=across.value, value=upwards.value, low=upwards.low, high=upwards.high, n=upwards.n
                )
                series.append(Series(name=names[_id(record)], marks=[mark]))
        if series:
            panels.append(Panel(title=title, series=series))
    if not panels:
        return None
    return Chart(
        name="parts",
        title="Understanding against reasoning",
        how="On the dashed line both are equal; below it a model sees better than it reasons. The interval "
        "is of reasoning.",
        form="scatter",
        panels=panels,
        across="understanding",
        upwards="reasoning",
        diagonal=True,
    )


def _reliability(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """How often each run is right where it is so sure."""
    return _curves(
        records,
        names,
        lambda record: [Mark(at=b.confidence, value=b.accuracy, n=b.n) for b in record.reliability],
        Chart(
            name="reliability",
            title="Right as often as it is sure?",
            how="Rows in parts of equal size by the probability of their most probable class. Below the "
            "dashed line a model is surer than it is right.",
            form="curve",
            panels=[],
            across="mean confidence",
            upwards="share right",
            diagonal=True,
        ),
    )


def _risks(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
    """What would be wrong if the least sure answers were left to somebody else."""
    return _curves(
        records,
        names,
        lambda record: [Mark(at=risk.coverage, value=risk.risk) for risk in record.risks],
        Chart(
            name="risk-coverage",
            title="Risk and coverage",
            how="The share of wrong answers among the surest, by how large a share of the rows they are. A "
            "curve that does not rise to the right has a confidence that tells nothing.",
            form="curve",
            panels=[],
            across="coverage: share of rows answered",
            upwards="risk: share wrong",
        ),
    )


def _curves(
    records: Sequence[RunRecord],
    names: Mapping[str, str],
    marks_of: Callable[[RunRecord], Sequence[Mark]],
    empty: Chart,
) -> Chart | None:
    """The chart with a panel for each protocol of which runs have marks; None without."""
    panels = []
    for title, group in _by_protocol(records):
        series = [Series(name=names[_id(r)], marks=marks) for r in group if (marks := marks_of(r))]
        if series:
            panels.append(Panel(title=title, series=series))
    return replace(empty, panels=panels) if panels else None


def _costs(records: Sequence[RunRecord], names: Mapping[str, str]) -> list[Chart | None]:
    """What an answer takes against how good it is, where a protocol has several runs that know."""
    return [_cost(records, names, *each) for each in _COSTS]


def _cost(
    records: Sequence[RunRecord], names: Mapping[str, str], quantity: str, title: str, across: str
) -> Chart | None:
    panels = []
    for heading, group in _by_protocol(records):
        series = []
        for record in group:
            estimate, taken = arrange.headline(record), _taken(record, quantity)
            if estimate is not None and math.isfinite(estimate.value) and taken > 0:
                mark = Mark(
                    at=taken, value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n
                )
                series.append(Series(name=names[_id(record)], marks=[mark]))
        if len(series) > 1:
            metric = words.metric_name(group[0].benchmark.primary)
            panels.append(Panel(title=f"{heading}, {metric}", series=series))
    if not panels:
        return None
    return Chart(
        name=f"cost-{quantity}",
        title=title,
        how="Up is better, left is cheaper. Seconds are of the machine that the run was made on.",
        form="scatter",
        panels=panels,
        across=across,
        upwards="headline",
        logarithmic=True,
    )


def _taken(record: RunRecord, quantity: str) -> float:
    """What a sample took; 0 where the run does not know."""
    per_sample = manifest.branch(manifest.branch(record.manifest, "cost"), "per_sample")

    def mean(name: str) -> float:
        return float(manifest.branch(per_sample, name).get("mean") or 0.0)

    if quantity == "seconds":
        return mean("seconds")
    if quantity == "tokens":
        return mean("input_tokens") + mean("output_tokens")
    euros, n = manifest.branch(record.manifest, "usage").get("euros"), record.manifest.get("n")
    return 1000 * float(euros) / n if euros and n else 0.0


def _by_protocol(records: Iterable[RunRecord]) -> list[tuple[str, list[RunRecord]]]:
    """The runs that were asked and judged alike, with what was asked; others never share a panel."""
    groups: dict[str, list[RunRecord]] = {}
    for record in records:
        groups.setdefault(manifest.protocol_id(record), []).append(record)
    return [(manifest.asked(group[0]), group) for group in groups.values()]


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


def _id(record: RunRecord) -> str:
    return str(record.manifest.get("id", ""))
