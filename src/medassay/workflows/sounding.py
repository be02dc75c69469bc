"""What the rows that choose say of a family of wordings: the best one, and how much wordings matter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.metrics import METRICS
from medassay.rows import read_rows
from medassay.statistics import estimate_all
from medassay.statistics.frame import Wanted, build
from medassay.statistics.prompted import Component, component, drawn, effect, pseudovalues
from medassay.types import Benchmark, Estimate, Measure, Metric, Prompt, Row
from medassay.workflows.prompting import Ask, Family, rows_of
from medassay.workflows.resolve import resolve_measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """The wordings by name with what each got, on rows that were answered in all of them.

    `failed` rows have no answer in some wording and are left out of all.
    """

    names: tuple[str, ...]
    metric: Metric
    estimates: tuple[Estimate, ...]
    component: Component | None
    failed: int

    @property
    def values(self) -> list[float]:
        """The value of each wording."""
        return [estimate.value for estimate in self.estimates]

    @property
    def best(self) -> int:
        """The position of the best wording; of equals the first. An undefined value is the worst."""
        sign = 1 if self.metric.higher_is_better else -1
        ranked = [-math.inf if math.isnan(value) else sign * value for value in self.values]
        return ranked.index(max(ranked))


def sound(folder: Path, benchmark: Benchmark, names: Sequence[str]) -> Sounding:
    """Read the rows that choose and judge the wordings by the benchmark's primary metric.

    Raises:
        DataError: the rows are missing or damaged, or none of them counts for the metric.
    """
    metric, where = resolve_measure(benchmark.primary, benchmark)
    asked = [list(read_rows(rows_of(folder, name))) for name in names]
    lost = {row.sample.id for rows in asked for row in rows if row.score.status == "failed"}
    answered = [[row for row in rows if row.sample.id not in lost] for rows in asked]
    measure = Measure(metric=metric, where=where)
    seed = f"{benchmark.name} {benchmark.version}"
    found = [estimate_all(rows, [measure], METRICS, seed=seed) for rows in answered]
    if not all(found):
        raise DataError(f"{folder}: none of the rows that choose a wording counts for {metric.name}")
    return Sounding(
        names=tuple(names),
        metric=metric,
        estimates=tuple(estimates[0] for estimates in found),
        component=_component(answered, metric, where),
        failed=len(lost),
    )


def choose(family: Family, folder: Path, ask: Ask) -> tuple[Prompt, dict[str, Any]]:
    """Ask the rows that choose; the prompt that the test part is asked in, and what the manifest says of it.

    Raises:
        DataError: none of these rows counts for the primary metric.
    """
    if family.part is None:
        return family.test.benchmark.prompt, {}
    family.ask(folder, ask)
    names = [wording.id for wording in family.wordings]
    best = sound(folder, family.test.benchmark, names).best
    return family.prompt(best), {"prompts": {**family.manifest()["prompts"], "chosen": names[best]}}


def with_wordings(
    folder: Path, benchmark: Benchmark, manifest: Mapping[str, Any], estimates: Sequence[Estimate]
) -> dict[str, Any]:
    """The manifest with what the wordings got, the component and the interval of a drawn wording.

    The wording that was asked stays chosen; that rows judged anew would choose another is said.
    """
    held = manifest["prompts"]
    names = [wording["id"] for wording in held["wordings"]]
    heard = sound(folder, benchmark, names)
    chosen = names.index(held["chosen"])
    values = [
        {"id": name, **_numbers(estimate), "chosen": name == held["chosen"]}
        for name, estimate in zip(names, heard.estimates, strict=True)
    ]
    asked_first = heard.estimates[chosen].value
    now = names[heard.best]
    notes = [
        *([f"{heard.failed} rows that choose failed and are left out: not final"] if heard.failed else []),
        *([f"judged as now, {now} would be chosen"] if heard.values[heard.best] != asked_first else []),
        *(heard.component.notes if heard.component else ("no component: undefined, or one cluster",)),
    ]
    prompts = {
        **held,
        "metric": heard.metric.name,
        "failed": heard.failed,
        "values": values,
        "component": _component_json(heard.component),
        "drawn": _drawn(heard, chosen, estimates),
        "notes": notes,
    }
    status = "incomplete" if heard.failed else manifest["status"]
    return {**manifest, "status": status, "prompts": prompts}


def _component(
    answered: Sequence[Sequence[Row]], metric: Metric, where: Mapping[str, str]
) -> Component | None:
    frames = [build(rows, [Wanted(metric=metric, wheres=(where,))], where) for rows in answered]
    tables = [frame.tables[metric.name] for frame in frames]
    _, codes = np.unique(frames[0].codes[tables[0].rows], return_inverse=True)
    if codes.max() == 0 or any(not np.array_equal(table.rows, tables[0].rows) for table in tables):
        return None
    return component(pseudovalues(metric, [table.columns for table in tables], codes))


def _drawn(heard: Sounding, chosen: int, estimates: Sequence[Estimate]) -> dict[str, float] | None:
    """The interval of a drawn wording on the test part, within the metric's range."""
    metric, held = heard.metric, heard.component
    slice_name = heard.estimates[0].slice
    asked = next((e for e in estimates if (e.metric, e.slice) == (metric.name, slice_name)), None)
    if held is None or asked is None or asked.low is None or asked.high is None:
        return None
    shift = effect(held, np.array(heard.values), chosen)
    found = drawn(asked.value, (asked.low, asked.high), held, shift)
    return {name: min(max(value, metric.low), metric.high) for name, value in asdict(found).items()}


def _numbers(estimate: Estimate) -> dict[str, Any]:
    value = estimate.value if math.isfinite(estimate.value) else None
    return {
        "value": value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "n_clusters": estimate.n_clusters,
    }


def _component_json(held: Component | None) -> dict[str, Any] | None:
    """The figures by name; the notes stand with those of the whole."""
    if held is None:
        return None
    figures = {name: value for name, value in asdict(held).items() if name != "notes"}
    return {**figures, "sd": held.deviation, "truncated": held.truncated}
