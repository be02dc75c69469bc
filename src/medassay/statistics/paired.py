"""Two systems on the same items: is one better, and by how much.

The difference is taken item by item, since items are hard or easy for both; its uncertainty is over
clusters. What is not significant is not equal: equality needs a margin that was stated beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.bootstrap import ROUNDING, Job, generator, percentile, resample, weigh
from medassay.statistics.clusters import cluster_totals, clustered_error
from medassay.statistics.frame import join
from medassay.statistics.groups import apart
from medassay.statistics.intervals import TAIL, Interval
from medassay.statistics.pairing import Paired, gather
from medassay.statistics.significance import exchange_test, mcnemar, normal_test
from medassay.statistics.uncertainty import FEW_CLUSTERS
from medassay.types import FloatArray, Metric, Row

Verdict = Literal["A better", "B better", "equivalent", "inconclusive", "incomplete"]
LEVEL = 2 * TAIL
"""The p-value below which a difference is claimed: what the interval leaves out."""

DRAWS = 2000
"""Bootstrap draws, as for the estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A against B on the same items.

    `difference` is `a - b`; `low` and `high` bound its 95 % interval over clusters. `only_a` and `only_b`
    are the discordant rows (only A right, only B right) of metrics that are right or wrong per row;
    `correlation` is that of the two sides' scores, which is what the pairing buys. `n` rows were
    compared; those that failed on a side are not among them, those missing on a side are wrong there.
    """

    metric: str
    slice: str
    a: float
    b: float
    difference: float
    se: float | None
    low: float | None
    high: float | None
    method: str
    p: float | None
    test: str
    verdict: Verdict
    n: int
    n_clusters: int
    missing_a: int
    missing_b: int
    failed: int
    only_a: int | None = None
    only_b: int | None = None
    correlation: float | None = None
    margin: float | None = None
    note: str = ""


def compare(
    rows_a: Iterable[Row],
    rows_b: Iterable[Row],
    metric: Metric,
    *,
    seed: str,
    where: Mapping[str, str] = MappingProxyType({}),
    margin: float | None = None,
) -> Comparison:
    """The paired difference of a metric between two runs of one protocol.

    The interval is the percentile interval of the cluster bootstrap; the standard error is clustered
    (of the row differences where the metric is a mean, else of the draws). The test is McNemar's exact
    one for right-or-wrong metrics on independent rows (one per cluster); else A and B are exchanged
    within clusters (`exchange_test`); for AUROC and other metrics that are no function of sums the
    bootstrap's standard error is taken as normal. Where all rows differ by the same (by 0, say) no draw can
    vary, and the interval is exact on the number of clusters.

    Verdict: "incomplete" while a row has failed; "equivalent" when a margin was given and the 90 %
    interval lies within it (two one-sided tests at 5 %); a side is better when the interval excludes 0
    and p < 0.05, so that the two cannot contradict a claim; else "inconclusive".

    Args:
        rows_a: of the first run, read once.
        rows_b: of the second, read along with the first.
        metric: what is compared.
        seed: the benchmark's name and version, as for `estimate_all`.
        where: tags that the rows must have.
        margin: the largest difference that does not matter, in units of the metric.

    Raises:
        UsageError: no row is left to compare, or the margin is not positive.
        DataError: a side holds a sample twice.
    """
    if margin is not None and not margin > 0:
        raise UsageError(f"a margin of {margin} leaves no room for equivalence: give a positive one")
    paired = gather(rows_a, rows_b, metric, where)
    if not paired.n:
        raise UsageError(f"no row is left to compare by {metric.name!r}: check the slice and the failed rows")
    totals = _totals(metric, paired)
    rng = generator(seed, paired.clusters)
    spread = paired.n if totals is None else 0
    drawn = resample([_drawing(metric, paired, totals)], rng, len(paired.clusters), DRAWS, spread)[0]
    a, b = (float(weigh(metric, side, np.ones((1, paired.n)))[0]) for side in (paired.a, paired.b))
    error = _error(paired, drawn)
    interval, within = (_interval(metric, paired, drawn, tail) for tail in (TAIL, LEVEL))
    test, p = _test(metric, paired, totals, (a - b, error), rng)
    only_a, only_b = _discordant(paired) or (None, None)
    verdict = _verdict(metric, paired, interval, p)
    if verdict != "incomplete" and _within(margin, within):
        verdict = "equivalent"
    return Comparison(
        metric=metric.name,
        slice=", ".join(f"{name}={value}" for name, value in where.items()) or "all",
        a=a,
        b=b,
        difference=a - b,
        se=error,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        method=_method(paired, interval),
        p=p,
        test=test,
        verdict=verdict,
        n=paired.n,
        n_clusters=len(paired.picked),
        missing_a=paired.missing_a,
        missing_b=paired.missing_b,
        failed=paired.failed,
        only_a=only_a,
        only_b=only_b,
        correlation=_correlation(paired),
        margin=margin,
        note="; ".join(_notes(paired, interval)),
    )


Totals = tuple[FloatArray, FloatArray]
"""The (C, k) sums of both sides over each cluster, of a metric made of sums."""


def _totals(metric: Metric, paired: Paired) -> Totals | None:
    if metric.sums is None:
        return None
    terms = np.asarray(
        metric.sums(join([paired.a, apart(paired.b)]))
    )  # together, so that both have the same terms
    count = len(paired.picked)
    a, b = (cluster_totals(half, paired.codes, count) for half in (terms[: paired.n], terms[paired.n :]))
    return a.reshape(count, -1), b.reshape(count, -1)


def _drawing(metric: Metric, paired: Paired, totals: Totals | None) -> Job:
    """Draws of all clusters to differences A - B."""
    finish = metric.finish
    if totals is None or finish is None:

        def by_row(counts: FloatArray) -> FloatArray:
            weights = counts.take(paired.picked[paired.codes], axis=1)
            return weigh(metric, paired.a, weights) - weigh(metric, paired.b, weights)

        return by_row

    def by_cluster(counts: FloatArray) -> FloatArray:
        taken = counts.take(paired.picked, axis=1)
        return finish(taken @ totals[0]) - finish(taken @ totals[1])

    return by_cluster


def _exchanging(finish: Callable[[FloatArray], FloatArray], totals: Totals) -> Job:
    """Exchanges of A and B within clusters, (b, C) zeros and ones, to differences A - B."""
    whole_a, whole_b, step = totals[0].sum(axis=0), totals[1].sum(axis=0), totals[1] - totals[0]

    def difference(exchanged: FloatArray) -> FloatArray:
        moved = exchanged @ step
        return finish(whole_a + moved) - finish(whole_b - moved)

    return difference


def _error(paired: Paired, drawn: FloatArray) -> float | None:
    """Clustered where the metric is a mean; else the spread of the draws. None for one cluster."""
    if len(paired.picked) < 2:
        return None
    if paired.scores is not None:
        return clustered_error(paired.scores[0] - paired.scores[1], paired.codes)
    defined = drawn[np.isfinite(drawn)]
    return float(defined.std(ddof=1)) if len(defined) > 1 else None


def _interval(metric: Metric, paired: Paired, drawn: FloatArray, tail: float) -> Interval | None:
    if len(paired.picked) < 2:
        return None
    widest, steady = metric.high - metric.low, _steady(paired)
    if steady is not None and np.isfinite(widest):
        # No draw can differ. The share of clusters that would is bounded by none having been seen.
        share = tail ** (1 / len(paired.picked))
        reach = (1 - share) * widest
        return max(share * steady - reach, -widest), min(share * steady + reach, widest)
    return percentile(drawn, tail)


def _method(paired: Paired, interval: Interval | None) -> str:
    if interval is None:
        return "none"
    return "cluster bootstrap, percentile" if _steady(paired) is None else "exact, on the number of clusters"


def _steady(paired: Paired) -> float | None:
    """The difference of the scores, where it is the same on every row; else None."""
    if paired.scores is None:
        return None
    differences = paired.scores[0] - paired.scores[1]
    return float(differences.mean()) if np.ptp(differences) < ROUNDING else None


def _test(
    metric: Metric,
    paired: Paired,
    totals: Totals | None,
    found: tuple[float, float | None],
    rng: np.random.Generator,
) -> tuple[str, float | None]:
    """The name of the test that suits the data, and its p-value."""
    discordant = _discordant(paired)
    if discordant is not None and paired.independent:
        return "McNemar, exact", mcnemar(*discordant)
    difference, error = found
    if len(paired.picked) < 2 or error is None or np.isnan(difference):
        return "none", None
    if totals is None or metric.finish is None:
        return "normal, bootstrap standard error", normal_test(difference, error)
    return "exchange of clusters", exchange_test(_exchanging(metric.finish, totals), len(paired.picked), rng)


def _discordant(paired: Paired) -> tuple[int, int] | None:
    """Rows that only A, and only B, has right; None unless rows are right (1) or wrong (0)."""
    if paired.scores is None or not np.isin(np.concatenate(paired.scores), (0.0, 1.0)).all():
        return None
    a, b = paired.scores
    return int((a > b).sum()), int((b > a).sum())


def _correlation(paired: Paired) -> float | None:
    if paired.scores is None or any(np.ptp(side) == 0 for side in paired.scores):
        return None
    return float(np.corrcoef(*paired.scores)[0, 1])


def _verdict(metric: Metric, paired: Paired, interval: Interval | None, p: float | None) -> Verdict:
    if paired.failed:
        return "incomplete"
    if interval is None or p is None or p >= LEVEL or interval[0] <= 0 <= interval[1]:
        return "inconclusive"
    return "A better" if (interval[0] > 0) == metric.higher_is_better else "B better"


def _within(margin: float | None, interval: Interval | None) -> bool:
    """Whether a margin was stated and holds the interval."""
    return margin is not None and interval is not None and -margin < interval[0] and interval[1] < margin


def _notes(paired: Paired, interval: Interval | None) -> Sequence[str]:
    """What the fields of the comparison do not say."""
    count = len(paired.picked)
    notes = {
        f"{paired.dropped} without a value on a side and left out": paired.dropped,
        "cluster unknown: interval optimistic": paired.unknown,
        "one cluster: no interval": count < 2,
        f"{count} clusters: interval unreliable": interval is not None and count < FEW_CLUSTERS,
        "resamples undefined or all alike: no interval": count > 1 and interval is None,
        "the same difference on every row": _steady(paired) is not None,
    }
    return [note for note, applies in notes.items() if applies]
