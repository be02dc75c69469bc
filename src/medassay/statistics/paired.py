"""Two systems on the same items: is one better, and by how much.

The difference is taken item by item, since items are hard or easy for both; its uncertainty is over
clusters. What is not significant is not equal: equality needs a margin that was stated beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from medassay.statistics.auroc import FEWEST_CLUSTERS
from medassay.statistics.bootstrap import ROUNDING, generator, percentile, resample
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.contrasts import Contrast, contrasts, discordant, error_of, steady
from medassay.statistics.intervals import TAIL, Interval, expanded_tail, student_quantile
from medassay.statistics.pairing import Paired
from medassay.statistics.significance import exchange_test, mcnemar, normal_test, student_test
from medassay.types import FloatArray, Metric, Row

Verdict = Literal["A better", "B better", "equivalent", "inconclusive", "incomplete"]
LEVEL = 2 * TAIL
"""The p-value below which a difference is claimed: what the interval leaves out."""

DRAWS = 2000
"""Bootstrap draws, as for the estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What a comparison would say if it had been the only one: interval, p-value, and their names."""

    low: float | None
    high: float | None
    p: float | None
    method: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A against B on the same items.

    `difference` is `a - b`; `low` and `high` bound its 95 % interval over clusters. `only_a` and `only_b`
    are the discordant rows (only A right, only B right) of metrics that are right or wrong per row;
    `correlation` is that of the two sides' scores, which is what the pairing buys. `n` rows were
    compared; those that failed on a side are not among them, those missing on a side are wrong there.
    Of a `family` of several, interval, p and verdict hold for all of them at once
    (`medassay.statistics.simultaneous`), and `alone` is what this one says by itself.
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
    family: int = 1
    alone: Alone | None = None


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

    The interval is the expanded percentile interval of the cluster bootstrap; the standard error is
    clustered (of the row differences where the metric is a mean, else of the draws). The test is
    McNemar's exact one for right-or-wrong metrics on independent rows (one per cluster); else A and B are
    exchanged within clusters (`exchange_test`); for other metrics that are no function of sums the
    bootstrap's standard error is taken as normal. For AUROC interval and test are Student's t on the
    clustered error of the difference, by the clusters of the rarer class. Where all rows differ by the same
    (by 0, say) no draw can vary, and the interval is exact on the number of clusters.

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
    (held,) = contrasts(rows_a, rows_b, metric, seed=seed, where=where, margin=margin)
    clusters = held.paired.clusters
    drawn = resample([held.job], generator(seed, clusters), len(clusters), DRAWS, held.spread)[0]
    return conclude(held, drawn)


def conclude(held: Contrast, drawn: FloatArray) -> Comparison:
    """The comparison, from (B,) draws of its difference (NaN where undefined)."""
    metric, paired = held.metric, held.paired
    error = error_of(held, drawn)
    interval, within = (interval_of(held, drawn, tail) for tail in (TAIL, LEVEL))
    a, b = held.values
    test, p = _test(held, (a - b, error))
    only_a, only_b = discordant(paired) or (None, None)
    verdict = decide(held, interval, within, p)
    return Comparison(
        metric=metric.name,
        slice=held.slice,
        a=a,
        b=b,
        difference=a - b,
        se=error,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        method=_method(held, interval),
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
        margin=held.margin,
        note="; ".join(_notes(held, interval)),
    )


def decide(held: Contrast, interval: Interval | None, within: Interval | None, p: float | None) -> Verdict:
    """The verdict of a 95 % interval with its p-value, and of the 90 % interval `within`."""
    verdict = _verdict(held.metric, held.paired, interval, p)
    return "equivalent" if verdict != "incomplete" and _within(held.margin, within) else verdict


def interval_of(held: Contrast, drawn: FloatArray, tail: float) -> Interval | None:
    """The interval that leaves `tail` out on each side; None for one cluster, or where draws do not tell."""
    metric, paired = held.metric, held.paired
    if held.clusters < _fewest(metric):
        return None
    widest, same = metric.high - metric.low, steady(paired)
    if same is not None and np.isfinite(widest):
        # No draw can differ. The share of clusters that would is bounded by none having been seen.
        share = tail ** (1 / len(paired.picked))
        reach = (1 - share) * widest
        return max(share * same - reach, -widest), min(share * same + reach, widest)
    if metric.interval == "auroc":
        return _student(held, tail)
    return percentile(drawn, expanded_tail(tail, held.clusters))


def _student(held: Contrast, tail: float) -> Interval | None:
    """Student's t on the clustered error of a difference of AUROCs; None where nothing varies."""
    error, widest = error_of(held, np.empty(0)), held.metric.high - held.metric.low
    if error is None or not error > ROUNDING:
        return None
    reach = student_quantile(held.clusters - 1, tail) * error
    return max(held.difference - reach, -widest), min(held.difference + reach, widest)


def _fewest(metric: Metric) -> int:
    """Below this many clusters there is no interval of a difference."""
    return FEWEST_CLUSTERS if metric.interval == "auroc" else 2


def _method(held: Contrast, interval: Interval | None) -> str:
    if interval is None:
        return "none"
    if held.metric.interval == "auroc":
        return "Obuchowski, Student's t"
    if steady(held.paired) is not None:
        return "exact, on the number of clusters"
    return "cluster bootstrap, percentile"


def _test(held: Contrast, found: tuple[float, float | None]) -> tuple[str, float | None]:
    """The name of the test that suits the data, and its p-value."""
    paired = held.paired
    alone = discordant(paired)
    if alone is not None and paired.independent:
        return "McNemar, exact", mcnemar(*alone)
    difference, error = found
    if len(paired.picked) < 2 or error is None or np.isnan(difference):
        return "none", None
    if held.metric.interval == "auroc":
        return "Student's t", student_test(difference, error, held.clusters - 1)
    exchange = held.exchange
    if exchange is None:
        return "normal, bootstrap standard error", normal_test(difference, error)
    rng = generator(f"{held.seed} exchange", paired.clusters)
    return "exchange of clusters", exchange_test(exchange, len(paired.picked), rng)


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


def _notes(held: Contrast, interval: Interval | None) -> Sequence[str]:
    """What the fields of the comparison do not say."""
    paired, of = held.paired, " of the rarer class" if held.metric.interval == "auroc" else ""
    enough = held.clusters >= _fewest(held.metric)
    notes = {
        f"{paired.dropped} without a value on a side and left out": paired.dropped,
        "cluster unknown: interval optimistic": paired.unknown,
        f"{_clusters(held.clusters)}{of}: no interval": not enough,
        f"{held.clusters} clusters{of}: interval unreliable": interval and held.clusters < FEW_CLUSTERS,
        "resamples undefined or all alike: no interval": enough and interval is None,
        "the same difference on every row": steady(paired) is not None,
    }
    return [note for note, applies in notes.items() if applies]


def _clusters(count: int) -> str:
    return "one cluster" if count == 1 else f"{count} clusters"
