"""The wording of a prompt as a source of variance: wordings as random readers of the same items.

The family that was asked is a sample of the wordings that could have been. Obuchowski and Rockette (1995,
Communications in Statistics 24:285) read readers so; with the jackknife over clusters their model is the
two-way random-effects analysis of pseudovalues (Dorfman, Berbaum and Metz 1992; Hillis et al. 2005,
Statistics in Medicine 24:1579), which holds for any metric and is the plain analysis of rows for a mean over
clusters of one size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medassay.statistics.bootstrap import job
from medassay.statistics.clusters import FEW_CLUSTERS, Codes
from medassay.statistics.intervals import TAIL, Interval, student_quantile
from medassay.types import Columns, FloatArray, Metric

FEW_WORDINGS = 5
"""Below this many wordings a variance between them is called unreliable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """How much the metric varies between wordings of a family.

    `estimate` is the variance between wordings as estimated, which can be negative; `variance` is the same,
    but never below 0 (`truncated` says that it was). `low` and `high` bound the variance (95 %). `noise` is
    the variance of one wording's value about what all have in common that is owed to the items alone.
    """

    wordings: int
    clusters: int
    estimate: float
    variance: float
    low: float
    high: float
    noise: float
    range: float
    range_by_chance: float  # what is expected of as many wordings without any effect
    notes: tuple[str, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether the estimate was negative."""
        return self.estimate < 0

    @property
    def deviation(self) -> float:
        """The standard deviation between wordings, in units of the metric."""
        return math.sqrt(self.variance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The value to expect of a wording drawn from the family, with its 95 % interval: items and wording."""

    value: float
    low: float
    high: float


def pseudovalues(metric: Metric, columns: Sequence[Columns], codes: Codes) -> FloatArray:
    """What each cluster adds to the metric under each wording, by the jackknife: (C, N).

    `C theta - (C - 1) theta without the cluster`. For a mean over clusters of one size these are the means
    of the clusters. NaN where the metric is undefined without a cluster.

    Args:
        metric: what is measured.
        columns: of the same n rows in the same order, under each of N wordings.
        codes: (n,) the cluster of each row, 0 to C - 1.
    """
    count = int(codes.max()) + 1
    without_one = np.ones((count, count)) - np.eye(count)
    whole = np.ones((1, count))
    jobs = [job(metric, held, codes) for held in columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([count * of(whole) - (count - 1) * of(without_one) for of in jobs], axis=1)


def component(pseudo: FloatArray) -> Component | None:
    """The variance between wordings, by two-way analysis of variance: wordings by clusters, both random.

    `(MS_wording - MS_residual) / C`. The interval is that of Williams and Tukey (Williams 1962, Biometrika
    49:278): at least 95 % where wordings and residuals are normal, and wide, as few wordings tell little.

    Args:
        pseudo: (C, N) as `pseudovalues` gives them.

    Returns:
        None with fewer than two wordings or clusters, or where a pseudovalue is undefined.
    """
    clusters, wordings = pseudo.shape
    if clusters < 2 or wordings < 2 or not np.isfinite(pseudo).all():
        return None
    by_wording, by_cluster = pseudo.mean(axis=0), pseudo.mean(axis=1, keepdims=True)
    residual = pseudo - by_wording - by_cluster + pseudo.mean()
    noise = float((residual**2).sum()) / (wordings - 1) / (clusters - 1) / clusters
    between = float(by_wording.var(ddof=1))
    low, high = _williams_tukey(between, noise, wordings, clusters)
    few = wordings < FEW_WORDINGS
    return Component(
        wordings=wordings,
        clusters=clusters,
        estimate=between - noise,
        variance=max(0.0, between - noise),
        low=low,
        high=high,
        noise=noise,
        range=float(np.ptp(by_wording)),
        range_by_chance=math.sqrt(noise) * expected_range(wordings),
        notes=(
            *((f"{wordings} wordings: component unreliable",) if few else ()),
            *((f"{clusters} clusters: component unreliable",) if clusters < FEW_CLUSTERS else ()),
            *(("negative estimate, taken as 0",) if between < noise else ()),
        ),
    )


def effect(held: Component, values: FloatArray, chosen: int) -> float:
    """How far the chosen wording lies above the family, predicted (best linear unbiased prediction).

    The gap that was seen is shrunk by the share of it that is not noise; so the best of several, which is
    chosen for its luck too, is not taken for better than it is.

    Args:
        held: the component.
        values: (N,) the value of each wording on the same items.
        chosen: the position of the chosen one.
    """
    return _share(held) * float(values[chosen] - values.mean())


def drawn(value: float, interval: Interval, held: Component, shift: float) -> Drawn:
    """What a wording drawn from the family would get where the chosen one got `value`.

    Centre: `value - shift`, the family's mean. Each side of the items' interval is widened by the variance of
    the drawn wording and of the predicted shift, `(1 - k + k / N) variance` with `k` as in `effect`, at
    Student's t with N - 1 degrees of freedom; the sides are combined as variances are (MOVER: Zou and Donner
    2008, Statistics in Medicine 27:1693), so that an interval which is not symmetric stays so. For the drawn
    wording the noise is not taken off the variance that was seen: an estimate near 0, or cut off there, says
    little of a component that few wordings cannot show (coverage: docs/prompt_sensitivity.md).

    Args:
        value: of the chosen wording, on items that did not choose it.
        interval: of that value, over items alone.
        held: the component, from the items that chose.
        shift: as `effect` gives it.
    """
    share = _share(held)
    spread = held.estimate + held.noise + (1 - share + share / held.wordings) * held.variance
    added = student_quantile(held.wordings - 1) ** 2 * spread
    centre = value - shift
    return Drawn(
        value=centre,
        low=centre - math.hypot(value - interval[0], math.sqrt(added)),
        high=centre + math.hypot(interval[1] - value, math.sqrt(added)),
    )


def expected_range(number: int) -> float:
    """The expected range of so many standard normal values: it grows without end, if slowly."""
    from scipy.special import ndtr

    at, step = np.linspace(-9, 9, 3601, retstep=True)
    below = ndtr(at)
    return float((1 - below**number - (1 - below) ** number).sum() * step)


def _share(held: Component) -> float:
    """The share of the variance seen between wordings that is theirs."""
    return held.variance / (held.variance + held.noise) if held.variance else 0.0


def _williams_tukey(between: float, noise: float, wordings: int, clusters: int) -> Interval:
    from scipy.special import chdtri, fdtri

    freedom = wordings - 1
    rest = freedom * (clusters - 1)
    low = (between - noise * float(fdtri(freedom, rest, 1 - TAIL))) * freedom / float(chdtri(freedom, TAIL))
    high = (between - noise * float(fdtri(freedom, rest, TAIL))) * freedom / float(chdtri(freedom, 1 - TAIL))
    return max(0.0, low), max(0.0, high)
