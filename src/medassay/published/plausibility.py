"""Numbers that are out of range, worse than guessing, or leap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations

from medassay.published.cells import Cell, Finding, Table, grouped
from medassay.published.granularity import SHARES

LEAP = 0.4
FEWEST_OPTIONS_CHANCE: Mapping[str, float] = {"OmniMedVQA": 0.25, "MedXpertQA-MM": 0.2, "PMC-VQA": 0.25}
"""What guessing gives at least: one over the largest number of options."""


def out_of_range(table: Table) -> Iterator[Finding]:
    """A value outside 0 to 1, or outside its own interval."""
    for cell in table:
        if not 0 <= cell.value <= 1:
            yield _of(cell, "out of range", f"{cell.text} is no share: give fractions, not percentages")
        elif cell.low is not None and cell.high is not None:
            slack = 0.5 * 10 ** -min(cell.decimals, 2) + 1e-9  # intervals are often printed more coarsely
            if not cell.low - slack <= cell.value <= cell.high + slack:
                yield _of(
                    cell,
                    "outside its own interval",
                    f"{cell.table}: {cell.text} with the interval {cell.low:g} to {cell.high:g}",
                )


def below_chance(table: Table) -> Iterator[Finding]:
    """Significantly worse than guessing: the rule or the prompt failed, not the knowledge."""
    for cell in table:
        level = 0.5 if cell.metric == "auroc" else FEWEST_OPTIONS_CHANCE.get(cell.benchmark)
        if level is None or cell.high is None or cell.high >= level:
            continue
        yield _of(
            cell,
            "below chance",
            f"{cell.table}: {cell.metric} {cell.text}, the interval ends at {cell.high:g}, guessing gives "
            f"{level:g}: ask how answers were read, or which class was taken for positive",
        )


def leaps(table: Table) -> Iterator[Finding]:
    """From one setting to another by so much that the reading of answers, too, may have changed."""
    for (source, benchmark, model, metric), cells in grouped(table, "source", "benchmark", "model", "metric"):
        if metric not in SHARES:
            continue
        for one, other in combinations(cells, 2):
            if abs(one.value - other.value) > LEAP:
                low, high = sorted((one, other), key=lambda cell: cell.value)
                yield Finding(
                    check="leap",
                    source=source,
                    model=model,
                    benchmark=benchmark,
                    detail=f"{metric} {low.text} under {low.part} and {high.text} under {high.part}: see how "
                    "many answers could not be read before",
                )


def sources_disagree(table: Table) -> Iterator[Finding]:
    """One model, benchmark and kind of setting in two sources, further apart than 3 standard errors."""
    for (benchmark, model), cells in grouped(table, "benchmark", "model"):
        for one, other in combinations([c for c in cells if c.part in {"overall", "zero-shot"}], 2):
            if one.source == other.source or {one.metric, other.metric} - SHARES:
                continue
            n = one.n or other.n
            error = math.sqrt(2 * max(one.value * (1 - one.value), 1e-3) / n) if n else None
            if error is not None and abs(one.value - other.value) > 3 * error:
                yield Finding(
                    check="sources disagree",
                    source=f"{one.source}, {other.source}",
                    model=model,
                    benchmark=benchmark,
                    detail=f"{one.metric} {one.text} ({one.table}) and {other.metric} {other.text} "
                    f"({other.table}): the protocols differ, not the model",
                )


def _of(cell: Cell, check: str, detail: str) -> Finding:
    return Finding(check=check, source=cell.source, model=cell.model, benchmark=cell.benchmark, detail=detail)
