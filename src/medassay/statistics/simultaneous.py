"""Several comparisons at once: intervals, p-values and verdicts of one procedure.

Twenty comparisons of equal systems call one of them better, on average, if each is judged by itself. Adjusted
p-values beside intervals that are not would contradict each other. Here both come from the largest
standardised difference over the family in each draw of clusters (`medassay.statistics.together`): the draws
of one benchmark are shared by its comparisons, so that what moves together counts once, and those of
different benchmarks are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medassay.statistics.bootstrap import generator, resample
from medassay.statistics.contrasts import Contrast, error_of
from medassay.statistics.intervals import TAIL, Interval
from medassay.statistics.paired import LEVEL, Alone, Comparison, conclude, decide, interval_of
from medassay.statistics.together import Family, Member, member
from medassay.types import FloatArray

DRAWS = 10_000
"""More than for one interval: the quantile of a largest value lies further out."""

METHOD = "max-T over cluster resamples"


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
    present = [one for one in members if one is not None]
    # Those without a t take their share of the error beforehand, the rest is for the largest deviation.
    share = len(present) / len(contrasts)
    family = Family.of(present) if present else None
    return [
        _by_share(held, one, values, len(contrasts))
        if moved is None or family is None
        else _by_largest(held, one, moved, family, share)
        for held, one, values, moved in zip(contrasts, singly, drawn, members, strict=True)
    ]


def _by_largest(held: Contrast, one: Comparison, moved: Member, family: Family, share: float) -> Comparison:
    """The comparison by the largest deviations, which have `share` of the error that all may make."""
    widest = held.metric.high - held.metric.low
    interval, within = (
        moved.interval(family.critical(level * share), widest) for level in (LEVEL, 2 * LEVEL)
    )
    return _adjusted(held, one, interval, within, min(1.0, family.p(moved) / share), METHOD)


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


def _member(held: Contrast, drawn: FloatArray) -> Member | None:
    return member(held.difference, error_of(held, drawn), held.clusters - 1, drawn)
