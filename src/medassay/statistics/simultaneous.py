"""Several comparisons at once: intervals, p-values and verdicts of one procedure.

Twenty comparisons of equal systems call one of them better, on average, if each is judged by itself. Adjusted
p-values beside intervals that are not would contradict each other. Here both come from the largest
standardised difference over the family in each draw of clusters (max-T; Westfall and Young 1993): the draws
of one benchmark are shared by its comparisons, so that what moves together counts once, and those of
different benchmarks are independent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from medassay.statistics.bootstrap import MOST_UNDEFINED, ROUNDING, generator, resample
from medassay.statistics.contrasts import Contrast, error_of
from medassay.statistics.intervals import TAIL, Interval
from medassay.statistics.paired import LEVEL, Alone, Comparison, conclude, decide, interval_of
from medassay.types import FloatArray

DRAWS = 10_000
"""More than for one interval: the quantile of a largest value lies further out."""

METHOD = "max-T over cluster resamples"


@dataclass(frozen=True, slots=True)
class _Member:
    """A comparison that draws can move: its error, and how far each draw lies from the whole."""

    difference: float
    error: float
    freedom: int
    deviations: FloatArray  # (B,) absolute, in standard deviations of the draws

    @property
    def z(self) -> float:
        """The difference on the normal scale: as rare as its t with C - 1 degrees of freedom."""
        from scipy.special import ndtri, stdtr

        return -float(ndtri(stdtr(self.freedom, -abs(self.difference) / self.error)))

    def interval(self, critical: float, widest: float) -> Interval:
        """As far to each side as the critical value of the normal scale reaches on that of t."""
        from scipy.special import ndtr, stdtrit

        reach = -float(stdtrit(self.freedom, ndtr(-critical))) * self.error
        return max(self.difference - reach, -widest), min(self.difference + reach, widest)


def compare_all(contrasts: Sequence[Contrast], *, draws: int = DRAWS) -> list[Comparison]:
    """The comparisons of a family, in their order; one alone is judged as by `compare`.

    The standard error of each is that of `compare`, and each difference over its error is referred to
    Student's t with C - 1 degrees of freedom, carried to the normal scale so that benchmarks of few and of
    many clusters weigh alike. The critical value there is the quantile of the largest absolute deviation
    over the family among the draws, each in standard deviations of its own draws. A side is better where
    the adjusted p is below 0.05, which is where the 95 % interval excludes 0; "equivalent" where the 90 %
    interval of the same draws lies within the margin. A difference that is the same on every row has no t:
    it keeps the interval and the test that it has alone, at its share of the family's error (Bonferroni).

    Args:
        contrasts: what is compared; those of one benchmark have one seed.
        draws: of the clusters, B.
    """
    drawn = _drawn(contrasts, draws)
    singly = [
        replace(conclude(held, values), family=len(contrasts))
        for held, values in zip(contrasts, drawn, strict=True)
    ]
    if len(contrasts) < 2:
        return singly
    members = [_member(held, values) for held, values in zip(contrasts, drawn, strict=True)]
    present = [member for member in members if member is not None]
    # Those without a t take their share of the error beforehand, the rest is for the largest deviation.
    share = len(present) / len(contrasts)
    largest = np.sort(np.max([m.deviations for m in present], axis=0) if present else np.zeros(draws))[::-1]
    return [
        _by_share(held, one, values, len(contrasts))
        if member is None
        else _by_largest(held, one, member, largest, share)
        for held, one, values, member in zip(contrasts, singly, drawn, members, strict=True)
    ]


def _by_largest(
    held: Contrast, one: Comparison, member: _Member, largest: FloatArray, share: float
) -> Comparison:
    """The comparison by the largest deviations, which have `share` of the error that the family may make."""
    widest = held.metric.high - held.metric.low
    p = min(1.0, (1 + int(np.count_nonzero(largest >= member.z))) / (len(largest) + 1) / share)
    interval, within = (
        member.interval(_critical(largest, level * share), widest) for level in (LEVEL, 2 * LEVEL)
    )
    return _adjusted(held, one, interval, within, p, METHOD)


def _by_share(held: Contrast, one: Comparison, drawn: FloatArray, family: int) -> Comparison:
    """The comparison by its own interval and test, each at its equal share of the error."""
    interval, within = (interval_of(held, drawn, level / family) for level in (TAIL, LEVEL))
    p = None if one.p is None else min(1.0, one.p * family)
    return _adjusted(held, one, interval, within, p, f"{one.method}, Bonferroni")


def _adjusted(
    held: Contrast,
    one: Comparison,
    interval: Interval | None,
    within: Interval | None,
    p: float | None,
    method: str,
) -> Comparison:
    return replace(
        one,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        method=method if interval else "none",
        p=p,
        test=method if method == METHOD or p is None else f"{one.test}, Bonferroni",
        verdict=decide(held, interval, within, p),
        alone=Alone(low=one.low, high=one.high, p=one.p, method=one.method, test=one.test),
    )


def _drawn(contrasts: Sequence[Contrast], draws: int) -> list[FloatArray]:
    """(B,) differences of each contrast. Contrasts of one seed and one set of clusters share their draws."""
    groups: dict[tuple[str, bytes], list[int]] = {}
    for index, held in enumerate(contrasts):
        groups.setdefault((held.seed, held.paired.clusters.tobytes()), []).append(index)
    found: dict[int, FloatArray] = {}
    for (seed, _), indices in groups.items():
        chosen = [contrasts[index] for index in indices]
        clusters = chosen[0].paired.clusters
        rng, spread = generator(seed, clusters), max(held.spread for held in chosen)
        found |= zip(
            indices,
            resample([held.job for held in chosen], rng, len(clusters), draws, spread),
            strict=True,
        )
    return [found[index] for index in range(len(contrasts))]


def _member(held: Contrast, drawn: FloatArray) -> _Member | None:
    """None where no draw differs, or too many are undefined."""
    error, defined = error_of(held, drawn), np.isfinite(drawn)
    if error is None or not error > ROUNDING or defined.mean() < 1 - MOST_UNDEFINED:
        return None
    spread = float(drawn[defined].std(ddof=1))
    if not spread > ROUNDING or not math.isfinite(held.difference):
        return None
    deviations = np.where(defined, np.abs(drawn - held.difference) / spread, 0.0)
    freedom = len(held.paired.picked) - 1
    return _Member(difference=held.difference, error=error, freedom=freedom, deviations=deviations)


def _critical(largest: FloatArray, level: float) -> float:
    """The smallest value that at most `level` of the draws (the observed one among them) reach.

    Args:
        largest: (B,) largest deviations in falling order.
        level: above 0.
    """
    return float(largest[min(max(0, math.floor(level * (len(largest) + 1)) - 1), len(largest) - 1)])
