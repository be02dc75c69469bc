"""One test against another on the same rows: the paired difference, and what it shows of a planned margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from medassay.statistics.auroc import FEWEST_CLUSTERS, difference, problems
from medassay.statistics.clusters import clustered_error
from medassay.statistics.intervals import TAIL, clopper_pearson, student_quantile
from medassay.statistics.operating.calls import Calls
from medassay.types import FloatArray

Claim = Literal["non-inferior", "superior", "equivalent"]
Finding = Literal["shown", "not shown", "refuted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """The index test's measure less the comparator's, 95 % interval; `note` says why there is none."""

    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_clusters: int
    note: str = ""


def paired(measure: str, index: Calls, comparator: Calls) -> Paired:
    """The paired difference of "auroc", "sensitivity" or "specificity" over the same rows in the same order.

    Of AUROCs: DeLong's covariance over clusters (Obuchowski 1997), Student's t by the rarer class. Of
    proportions: the mean of the rows' differences, Student's t over clusters; where no row differs the tests
    may still do so in others, and the interval is the exact bound on the share of clusters that differ. An
    indeterminate result is a wrong call.

    Rows without a probability rank worst in the AUROC.
    """
    if measure == "auroc":
        return _areas(index, comparator)
    truth = 1 if measure == "sensitivity" else 0
    mine = index.truth == truth
    n, clusters = int(mine.sum()), len(np.unique(index.codes[mine]))
    if clusters < 2:
        kind = "positive" if truth else "negative"
        why = f"no {kind} row" if not n else f"all {kind} rows are of one cluster"
        return Paired(
            measure=measure, value=None, low=None, high=None, n=n, n_clusters=clusters,
            note=f"{why}: the difference cannot be estimated",
        )  # fmt: skip
    gap: FloatArray = (index.call[mine] == truth).astype(float) - (comparator.call[mine] == truth)
    value = float(gap.mean())
    if not gap.any():
        bound = clopper_pearson(0, clusters, TAIL)[1]
        note = "no row differs: bounded by the share of clusters that could"
        return Paired(measure=measure, value=0.0, low=-bound, high=bound, n=n, n_clusters=clusters, note=note)
    half = student_quantile(clusters - 1) * clustered_error(gap, index.codes[mine])
    low, high = value - half, value + half
    note = f"of {clusters} clusters only" if clusters < FEWEST_CLUSTERS else ""
    if half == 0:  # every cluster differs alike
        bound = clopper_pearson(clusters, clusters, TAIL)[0]
        low, high = (value * bound, value) if value > 0 else (value, value * bound)
    return Paired(
        measure=measure,
        value=value,
        low=max(-1.0, low),
        high=min(1.0, high),
        n=n,
        n_clusters=clusters,
        note=note,
    )


def judge(found: Paired, claim: Claim, margin: float) -> Finding:
    """Hold the 95 % interval against the margin, which is positive and in the units of the measure.

    Non-inferior: the lower end is above -margin (one-sided 2.5 %, ICH E9 section 3.3.2). Superior: it is
    above the margin (0 for any superiority). Equivalent: both ends are within it; two one-sided tests at
    2.5 % each (Schuirmann 1987). Refuted: the whole interval lies on the wrong side.
    """
    if found.low is None or found.high is None:
        return "not shown"
    bar = margin if claim == "superior" else -margin
    if claim == "equivalent":
        if -margin < found.low and found.high < margin:
            return "shown"
        return "refuted" if found.high < -margin or found.low > margin else "not shown"
    if found.low > bar:
        return "shown"
    return "refuted" if found.high < bar else "not shown"


def _areas(index: Calls, comparator: Calls) -> Paired:
    _, codes = np.unique(index.codes, return_inverse=True)
    one, other = (problems(calls.truth[:, None], calls.prob, codes) for calls in (index, comparator))
    n, clusters = len(codes), int(codes.max()) + 1 if len(codes) else 0
    if not one or not other:
        return Paired(
            measure="auroc", value=None, low=None, high=None, n=n, n_clusters=clusters,
            note="rows of one class only, or a test without probabilities: there is no AUROC",
        )  # fmt: skip
    held = difference(one[0], other[0])
    bounds = held.interval()
    if bounds is None:
        why = (
            f"{held.rarer} clusters of the rarer class, and an interval needs {FEWEST_CLUSTERS}"
            if held.rarer < FEWEST_CLUSTERS
            else "both rank the rows alike: nothing is known of how they could differ"
        )
        return Paired(
            measure="auroc", value=held.value, low=None, high=None, n=n, n_clusters=clusters, note=why
        )
    low, high = bounds
    return Paired(measure="auroc", value=held.value, low=low, high=high, n=n, n_clusters=clusters)
