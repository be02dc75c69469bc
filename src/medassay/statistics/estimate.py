"""From the rows of a run to its numbers: every measure of the benchmark, overall and by slice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UnknownName, UsageError
from medassay.statistics import groups
from medassay.statistics.bootstrap import Job, generator, job, resample, weigh
from medassay.statistics.chance import chance_level, majority_share
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.constant import Constant, Sketch
from medassay.statistics.frame import NO_GOLD, Frame, Table, Wanted, build, choose, join
from medassay.statistics.uncertainty import (
    Uncertainty,
    of_draws,
    of_proportion,
    of_ranking,
    without,
)
from medassay.types import STATUSES, Columns, Estimate, Measure, Metric, Row, Scorer


def estimate_all(
    rows: Iterable[Row],
    measures: Sequence[Measure],
    metrics: Mapping[str, Metric],
    *,
    seed: str,
    draws: int = 2000,
    scorer: Scorer | None = None,
) -> list[Estimate]:
    """Every measure on all its rows and on each of its slices, with 95 % intervals over clusters.

    Unparsed and refused rows are wrong: the metric counts them as 0, ranks them worst, or, where an error
    has no size, leaves them out, which the note says. Failed rows are not the model's: they are left out
    of the value and bound it by `worst` and `best`. Slices are named "all", "tag=value", or the
    measure's own `where` before it: "answer_type=closed, organ=chest". A measure or slice without rows
    gives no estimate, and one that is undefined on all its rows (a ranking without probabilities) no slices.

    The interval follows the metric: Korn-Graubard for proportions, Obuchowski's clustered variance on the
    logit scale for AUROC, percentiles of the cluster bootstrap for the rest (the same draws for all).

    Args:
        rows: of one run, read once and not kept.
        measures: what to compute, in the order in which it is returned.
        metrics: the metrics by name.
        seed: the benchmark's name and version: what the draws depend on, beside the clusters.
        draws: number of bootstrap draws.
        scorer: of the benchmark: judges the constant report, which then stands beside what is measured of
            reports (`medassay.statistics.constant`).

    Raises:
        UnknownName: a measure names a metric that `metrics` lacks.
        UsageError: two different metrics share a name.
    """
    chosen = [_metric(measure, metrics) for measure in measures]
    wanted = _wanted(measures, chosen)
    tags = [name for measure in measures for name in (*measure.where, *measure.by)]
    sketch = Sketch(scorer)
    frame = build(sketch.watch(rows), wanted, tags)
    drafts: list[_Draft] = []
    for measure, metric in zip(measures, chosen, strict=True):
        constant = sketch.constant(metric, frame.where(measure.where))
        drafts += [draft.beside(constant, mask) for draft, mask in _drafts(frame, metric, measure)]
    waiting = [draft for draft in drafts if draft.job is not None]
    values = resample(
        [draft.job for draft in waiting if draft.job is not None],
        generator(seed, frame.clusters),
        len(frame.clusters),
        draws,
        max((draft.spread for draft in waiting), default=0),
    )
    drawn = iter(values)
    return [
        draft.estimate if draft.job is None else draft.finish(of_draws(next(drawn), draft.clusters)).estimate
        for draft in drafts
    ]


def _metric(measure: Measure, metrics: Mapping[str, Metric]) -> Metric:
    if isinstance(measure.metric, Metric):
        return measure.metric
    if measure.metric not in metrics:
        raise UnknownName("metric", measure.metric, metrics)
    return metrics[measure.metric]


def _wanted(measures: Sequence[Measure], chosen: Sequence[Metric]) -> list[Wanted]:
    """Each metric once, with all the filters it is used under."""
    wanted: dict[str, Wanted] = {}
    for measure, metric in zip(measures, chosen, strict=True):
        before = wanted.get(metric.name)
        if before is not None and before.metric is not metric:
            raise UsageError(f"two different metrics are called {metric.name!r}: give one another name")
        wheres = (measure.where,) if before is None else (*before.wheres, measure.where)
        wanted[metric.name] = Wanted(metric=metric, wheres=wheres)
    return list(wanted.values())


def _drafts(frame: Frame, metric: Metric, measure: Measure) -> Iterator[tuple[_Draft, NDArray[np.bool_]]]:
    """The draft of each slice that has rows; of the first alone where it is undefined on all of them."""
    for i, (name, mask) in enumerate(_slices(frame, measure)):
        if mask[frame.tables[metric.name].rows].any():
            draft = _draft(frame, metric, name, mask)
            yield draft, mask
            if i == 0 and math.isnan(draft.estimate.value):
                return


def _slices(frame: Frame, measure: Measure) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The measure's own rows, then those of each value of each of its tags."""
    base = frame.where(measure.where)
    words = [f"{name}={value}" for name, value in measure.where.items()]
    yield ", ".join(words) or "all", base
    for tag in measure.by:
        for value in sorted(frame.values[tag]):
            yield ", ".join([*words, f"{tag}={value}"]), base & frame.where({tag: value})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An estimate, complete but for its interval where that waits for the draws (`job` is set)."""

    estimate: Estimate
    cautions: tuple[str, ...] = ()  # what to know of its interval, should it get one
    job: Job | None = None
    spread: int = 0  # rows that the job spreads the counts over
    clusters: int = 0  # of these rows

    def beside(self, constant: Constant | None, mask: NDArray[np.bool_]) -> _Draft:
        """The draft with what the constant report gets on its rows."""
        if constant is None:
            return self
        value, n = constant.value(mask)
        sampled = f"constant report on {n:,} of the rows" if n < self.estimate.n else ""
        note = "; ".join(filter(None, (self.estimate.note, sampled)))
        return replace(self, estimate=replace(self.estimate, constant=value, note=note))

    def finish(self, found: Uncertainty) -> _Draft:
        """The draft with its interval."""
        low, high = found.interval or (None, None)
        notes = [self.estimate.note, *(self.cautions if found.interval else ()), *found.notes]
        estimate = replace(
            self.estimate,
            se=found.se,
            low=low,
            high=high,
            method=found.method,
            note="; ".join(filter(None, notes)),
        )
        return _Draft(estimate=estimate)


def _draft(frame: Frame, metric: Metric, name: str, mask: NDArray[np.bool_]) -> _Draft:
    table = frame.tables[metric.name]
    chosen = mask[table.rows]
    answered = groups.counted(table.columns, chosen, frame.failed[table.rows])
    rows, kept = table.rows[chosen], table.rows[answered]
    columns, codes = choose(table.columns, answered), frame.codes[kept]
    worst, best = _bounds(metric, table, frame, np.flatnonzero(chosen))
    chance, majority = _baselines(metric, frame, kept, columns)
    estimate = Estimate(
        metric=metric.name,
        slice=name,
        value=_value(metric, columns, len(kept)),
        se=None,
        low=None,
        high=None,
        method="none",
        n=len(rows),
        n_clusters=len(np.unique(frame.codes[rows])),
        counts=_counts(frame, rows),
        chance=chance,
        majority=majority,
        worst=worst,
        best=best,
    )
    estimate = replace(estimate, note=_note(metric, columns, estimate, left_out=len(rows) - len(kept)))
    clusters = len(np.unique(codes))
    few = clusters < FEW_CLUSTERS and metric.interval != "auroc"  # which says it by class
    draft = _Draft(
        estimate=estimate,
        cautions=_cautions(clusters if few else None, unknown=bool(frame.unknown[kept].any())),
    )
    if math.isnan(estimate.value):
        return draft.finish(without("undefined on these rows"))
    if clusters < 2:
        return draft.finish(without("one cluster"))
    if metric.interval == "bootstrap" or not groups.alike(columns):
        spread = 0 if metric.sums is not None else len(kept)
        return replace(draft, job=job(metric, columns, codes), spread=spread, clusters=clusters)
    uncertainty = of_proportion if metric.interval == "proportion" else of_ranking
    return draft.finish(uncertainty(metric, columns, codes))


def _baselines(
    metric: Metric, frame: Frame, rows: NDArray[Any], columns: Columns
) -> tuple[float | None, float | None]:
    """What the metric says of chance; else chance and majority beside an accuracy, one half beside AUROC."""
    if metric.chance is not None or "group" in columns:
        return groups.chance(metric, columns, frame.chance[rows]), None
    if metric.interval == "proportion":
        return chance_level(frame.chance[rows]), majority_share(frame.gold[rows], NO_GOLD)
    return 0.5 if metric.interval == "auroc" else None, None


def _cautions(few: int | None, *, unknown: bool) -> tuple[str, ...]:
    """Why an interval may be wrong: clusters that are not known, or too few of them."""
    return (
        *(("cluster unknown: interval optimistic",) if unknown else ()),
        *((f"{few} clusters: interval unreliable",) if few is not None else ()),
    )


def _value(metric: Metric, columns: Columns, n: int) -> float:
    return float(weigh(metric, columns, np.ones((1, n)))[0]) if n else math.nan


def _bounds(
    metric: Metric, table: Table, frame: Frame, positions: NDArray[Any]
) -> tuple[float | None, float | None]:
    """The value if every failed row were wrong, or right; None without failed rows or without a bound."""
    failed = frame.failed[table.rows]
    lost = positions[failed[positions]]
    if not len(lost) or not metric.bounded:
        return None, None
    kept = choose(table.columns, positions[~failed[positions]])
    as_right = choose(table.right, np.cumsum(failed)[lost] - 1)
    best = _value(metric, join([kept, as_right]), len(positions))
    worst = _value(metric, choose(table.columns, positions), len(positions))
    unbounded = not metric.higher_is_better and math.isinf(metric.high)
    return None if unbounded or math.isnan(worst) else worst, None if math.isnan(best) else best


def _counts(frame: Frame, rows: NDArray[Any]) -> dict[str, int]:
    found = np.bincount(frame.status[rows], minlength=len(STATUSES))
    counts = {status: int(n) for status, n in zip(STATUSES, found, strict=True)}
    return counts | {"truncated": int(frame.truncated[rows].sum())}


def _note(metric: Metric, columns: Columns, estimate: Estimate, *, left_out: int) -> str:
    """How much there was to choose from, and what became of rows without a judgement, if not simply a 0."""
    gallery = np.unique(columns.get("gallery", ()))
    failed = estimate.counts["failed"]
    unread = estimate.unscored - failed
    others = f" with {left_out - failed} of their groups" if left_out > failed else ""
    notes = [f"gallery of {gallery[0]}"] if len(gallery) == 1 else []
    notes += [f"galleries of {gallery[0]} to {gallery[-1]}"] if len(gallery) > 1 else []
    notes += [f"incomplete: {failed} failed left out{others}"] if failed else []
    if unread and (metric.interval == "auroc" or len(gallery)) and not math.isnan(estimate.value):
        notes.append(f"{unread} unparsed or refused ranked worst")
    elif unread and math.isinf(metric.high) and metric.note is None:
        notes.append(f"{unread} unparsed or refused left out: a wrong answer has no size")
    if metric.note is not None and left_out < estimate.n:
        notes.append(metric.note(columns))
    return "; ".join(filter(None, notes))
