"""Results that repeat: two models with the same numbers, two settings that hardly differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from statistics import fmean

from medassay.published.cells import Cell, Finding, Table, grouped
from medassay.published.parts import WHOLE

HARDLY = 0.25  # of the half-width of their intervals


def same_results(table: Table) -> Iterator[Finding]:
    """Two models of one table whose value and interval agree to all digits, on one benchmark."""
    for (source, name, benchmark, metric), cells in grouped(table, "source", "table", "benchmark", "metric"):
        for one, other in combinations(cells, 2):
            if one.low is not None and _printed(one) == _printed(other) and one.model != other.model:
                yield Finding(
                    check="same results",
                    source=source,
                    model=f"{one.model}, {other.model}",
                    benchmark=benchmark,
                    detail=f"{name}, {metric}: both {one.text} with the interval {one.low:g} to "
                    f"{one.high:g}, equal to all digits",
                )


def _printed(cell: Cell) -> tuple[str, float | None, float | None]:
    return cell.text, cell.low, cell.high


def settings_that_hardly_differ(table: Table) -> Iterator[Finding]:
    """Two settings whose numbers agree for every model far more closely than their intervals are wide."""
    for (source, benchmark, metric), cells in grouped(table, "source", "benchmark", "metric"):
        parts = sorted({cell.part for cell in cells} - {WHOLE})
        by_part = {part: {cell.model: cell for cell in cells if cell.part == part} for part in parts}
        for one, other in combinations(parts, 2):
            shared = sorted(set(by_part[one]) & set(by_part[other]))
            pairs = [(by_part[one][model], by_part[other][model]) for model in shared]
            widths = [(c.high - c.low) / 2 for c, _ in pairs if c.low is not None and c.high is not None]
            if len(pairs) < 4 or not widths:
                continue
            largest = max(abs(a.value - b.value) for a, b in pairs)
            if largest < HARDLY * fmean(widths):
                yield Finding(
                    check="settings that hardly differ",
                    source=source,
                    benchmark=benchmark,
                    detail=f"{metric} under {one} and {other} differs by at most {largest:.4f} over "
                    f"{len(pairs)} models, while the intervals reach {fmean(widths):.3f} to either side",
                )
