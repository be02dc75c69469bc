"""Charts of what stands in no run's own estimates: learning curves, and gaps between groups of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medassay.reporting import words
from medassay.reporting.charts import Chart, Mark, Panel, Series
from medassay.reporting.fairness import FairnessRecord


def learning(curves: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """A panel for each benchmark and metric, a line for each recipe and model.

    Args:
        curves: what `learning_curve.json` holds, each.
    """
    held: dict[str, dict[str, list[Mark]]] = {}
    for curve in curves:
        for point in curve["points"]:
            result = point["result"]
            panel = held.setdefault(f"{curve['benchmark']}, {words.metric_name(result['metric'])}", {})
            mark = Mark(
                at=float(point["shots"]), value=result["value"], low=result["low"], high=result["high"]
            )
            panel.setdefault(f"{curve['recipe']} on {curve['model']}", []).append(mark)
    chart = Chart(
        name="learning",
        title="Learning curves",
        how="Means over trainings on other draws of examples; intervals take in the draw and the test part's "
        "clusters. At 0 the model as it was.",
        form="curve",
        panels=_panels(held),
        across="examples of each class",
        upwards="value",
        logarithmic=True,
    )
    return [chart] if held else []


def gaps(records: Sequence[FairnessRecord]) -> list[Chart]:
    """How far groups lie apart: a panel for each benchmark and attribute, a series for each model."""
    held: dict[str, dict[str, list[Mark]]] = {}
    for record in records:
        for parity in record.parities:
            found = [quantity.gap for quantity in parity.quantities if quantity.gap] + list(parity.summaries)
            marks = [
                Mark(at=gap.title, value=gap.value, low=gap.low, high=gap.high, base=gap.expected)
                for gap in found
                if gap.value == gap.value
            ]
            if marks:
                panel = held.setdefault(f"{record.benchmark} by {parity.attribute}", {})
                panel.setdefault(record.model, []).extend(marks)
    chart = Chart(
        name="gaps",
        title="Gaps between groups of people",
        how="0 is no gap. Dashed: the gap that groups of such sizes would show by chance alone.",
        form="forest",
        panels=_panels(held),
        across="gap",
    )
    return [chart] if held else []


def _panels(held: Mapping[str, Mapping[str, Sequence[Mark]]]) -> list[Panel]:
    return [
        Panel(title=title, series=[Series(name=name, marks=marks) for name, marks in series.items()])
        for title, series in held.items()
    ]
