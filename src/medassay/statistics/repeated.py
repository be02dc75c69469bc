"""One way of training, repeated: the mean over trainings on one test part, with both uncertainties.

Another draw of examples gives another model, and another test part another score. The variance of the mean
over S trainings is that of the test part, from a cluster bootstrap whose draws all trainings share, and
s^2 / S of the trainings (their spread on one test part holds none of the former). What trainings gain over
the model that they began from is paired with it in every draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.bootstrap import generator, job, resample, weigh
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.frame import Wanted, build, choose
from medassay.statistics.intervals import TAIL, student_quantile
from medassay.types import Metric, Row

DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The mean over trainings of a metric, or of what they gain in it.

    Attributes:
        metric: its name.
        value: the mean over trainings.
        values: of each training.
        low: of the 95 % interval for another training of this kind on other patients; None of one training.
        high: likewise.
        between: standard deviation over trainings; None of one.
        within: standard error of the test part.
        n: rows.
        n_clusters: clusters among them.
        note: what to know of the interval.
    """

    metric: str
    value: float
    values: tuple[float, ...]
    low: float | None
    high: float | None
    between: float | None
    within: float
    n: int
    n_clusters: int
    note: str = ""


def repeated(
    trainings: Sequence[Iterable[Row]],
    metric: Metric,
    *,
    seed: str,
    draws: int = DRAWS,
    original: Iterable[Row] | None = None,
) -> Repeated:
    """The mean of a metric over the rows of each training, all on the same samples in the same order.

    With `original`, the mean difference from it: the gain, paired by sample.

    The interval is of the mean: Student's t at Satterthwaite's degrees of freedom (1946) for the sum of the
    two variances, C - 1 of the test part and S - 1 of the trainings, cut to what the metric, or a
    difference of it, can be. A row that failed in any training takes no part in all.

    Args:
        trainings: the rows of each, read once.
        metric: what is averaged.
        seed: the benchmark's name and version: what the draws depend on.
        draws: of clusters.
        original: the rows of the model before training.

    Raises:
        UsageError: the trainings, or the original, were not tested on the same samples.
    """
    base = [] if original is None else [original]
    frames = [build(rows, [Wanted(metric=metric, wheres=({},))], ()) for rows in (*base, *trainings)]
    first = frames[0]
    if any(not np.array_equal(frame.codes, first.codes) for frame in frames):
        raise UsageError("trainings can be averaged on one test part only: these have different samples")
    kept = ~np.any([frame.failed for frame in frames], axis=0)
    tables = [frame.tables[metric.name] for frame in frames]
    chosen = kept[tables[0].rows]
    columns = [choose(table.columns, chosen) for table in tables]
    codes = first.codes[tables[0].rows[chosen]]
    n, clusters = len(codes), len(np.unique(codes))
    whole = np.ones((1, n))
    seen = np.array([weigh(metric, held, whole)[0] for held in columns])
    drawn = resample(
        [job(metric, held, codes) for held in columns],
        generator(seed, first.clusters),
        len(first.clusters),
        draws,
        0 if metric.sums is not None else n,
    )
    range_ = metric.low, metric.high
    if base:
        seen, drawn = seen[1:] - seen[0], drawn[1:] - drawn[0]
        range_ = metric.low - metric.high, metric.high - metric.low
    values = [float(value) for value in seen]
    within = float(np.nanstd(drawn.mean(axis=0), ddof=1))
    between = float(np.std(values, ddof=1)) if len(values) > 1 else None
    reach = _reach(within, between, len(values), clusters)
    value = float(seen.mean())
    ends = (None, None) if reach is None else np.clip((value - reach, value + reach), *range_).tolist()
    return Repeated(
        metric=metric.name,
        value=value,
        values=tuple(values),
        low=ends[0],
        high=ends[1],
        between=between,
        within=within,
        n=n,
        n_clusters=clusters,
        note="; ".join(_notes(len(values), clusters, unknown=bool(first.unknown.any()))),
    )


def _reach(within: float, between: float | None, trainings: int, clusters: int) -> float | None:
    """Half the width of the interval; None where there is none."""
    if between is None or clusters < 2:
        return None
    test, training = within**2, between**2 / trainings
    if test + training == 0:
        return None
    freedom = (test + training) ** 2 / (test**2 / (clusters - 1) + training**2 / (trainings - 1))
    return student_quantile(freedom, TAIL) * math.sqrt(test + training)


def _notes(trainings: int, clusters: int, *, unknown: bool) -> list[str]:
    few = f"{clusters} clusters: interval unreliable" if clusters < FEW_CLUSTERS else ""
    one = "one training: no interval" if trainings == 1 else ""
    return [note for note in (one, few, "cluster unknown: interval optimistic" if unknown else "") if note]
