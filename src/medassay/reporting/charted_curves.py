"""What answers are worth as curves: how sure they are, what is left when the unsure go, what they cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from medassay.reporting import arrange, manifest, words
from medassay.reporting.chart_runs import by_protocol, id_of
from medassay.reporting.charts import Chart, Mark, Panel, Series
from medassay.reporting.record import RunRecord

_COSTS = (
    ("seconds", "Seconds against quality", "seconds for each sample, mean"),
    ("tokens", "Tokens against quality", "tokens for each sample, in and out, mean"),
    ("euros", "Euros against quality", "euros for a thousand samples"),
)


def reliability(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
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


def risks(records: Sequence[RunRecord], names: Mapping[str, str]) -> Chart | None:
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


def costs(records: Sequence[RunRecord], names: Mapping[str, str]) -> list[Chart | None]:
    """What an answer takes against how good it is, where a protocol has several runs that know."""
    return [_cost(records, names, *each) for each in _COSTS]


def _cost(
    records: Sequence[RunRecord], names: Mapping[str, str], quantity: str, title: str, across: str
) -> Chart | None:
    panels = []
    for heading, group in by_protocol(records):
        series = []
        for record in group:
            estimate, taken = arrange.headline(record), _taken(record, quantity)
            if estimate is not None and math.isfinite(estimate.value) and taken > 0:
                mark = Mark(
                    at=taken, value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n
                )
                series.append(Series(name=names[id_of(record)], marks=[mark]))
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


def _curves(
    records: Sequence[RunRecord],
    names: Mapping[str, str],
    marks_of: Callable[[RunRecord], Sequence[Mark]],
    empty: Chart,
) -> Chart | None:
    """The chart with a panel for each protocol of which runs have marks; None without."""
    panels = []
    for title, group in by_protocol(records):
        series = [Series(name=names[id_of(r)], marks=marks) for r in group if (marks := marks_of(r))]
        if series:
            panels.append(Panel(title=title, series=series))
    return replace(empty, panels=panels) if panels else None


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
