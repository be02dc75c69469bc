"""Sensitivity, specificity, likelihood ratios, and predictive values at a stated prevalence.

Intervals are over clusters. Of proportions: Korn and Graubard 1998. Of likelihood ratios: on the log scale,
from what each cluster adds (Simel, Samsa and Matchar 1991, with one row per cluster). Of predictive values:
those of the likelihood ratios carried over by Bayes' rule, so that they are of the stated prevalence and not
of the sample's (Mercaldo, Lau and Zhou 2007). Where a cell of the table is empty there is no such error; the
interval is then that of both proportions at 97.5 % each, which together hold with 95 % (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes, cluster_totals, clustered_error
from medassay.statistics.intervals import TAIL, Interval, expit, korn_graubard, log_odds, student_quantile
from medassay.statistics.operating.calls import INDETERMINATE, Calls

FEWEST = 10
"""Below this many clusters of a class the note says that the figure is of few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its 95 % interval (None: there is none, and `note` says why), rows and clusters."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_clusters: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A test at its operating point. `table` is by truth: rows called positive, negative, indeterminate."""

    table: dict[str, tuple[int, int, int]]
    figures: Sequence[Figure]

    def figure(self, name: str) -> Figure:
        """One of them by its name."""
        return next(figure for figure in self.figures if figure.name == name)


def perform(calls: Calls, *, prevalence: float, indeterminate: str = "wrong") -> Performance:
    """The figures of a test at its operating point.

    Args:
        calls: the test's calls.
        prevalence: of the target where the test is used, 0 to 1; not the share in these rows.
        indeterminate: "wrong": an indeterminate result counts as a miss of a positive row and as a false
            alarm of a negative one; "apart": it is left out of the figures, and only its column shows it.
    """
    kept = calls if indeterminate == "wrong" else calls.choose(calls.call != INDETERMINATE)
    sides = {
        "sensitivity": _Share.of(kept, truth=1),
        "specificity": _Share.of(kept, truth=0),
    }
    ratios = [
        _ratio(name, sides, kept) for name in ("positive likelihood ratio", "negative likelihood ratio")
    ]
    predictive = [
        _predictive("positive predictive value", ratios[0], prevalence, positive=True),
        _predictive("negative predictive value", ratios[1], prevalence, positive=False),
    ]
    rows, clusters = len(calls.truth), len(np.unique(calls.codes))
    unread = _proportion(
        "indeterminate", calls.call == INDETERMINATE, calls.codes, rows, clusters, "no row is of the study"
    )
    return Performance(
        table=calls.table,
        figures=[*(side.figure(name) for name, side in sides.items()), *ratios, *predictive, unread],
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """The right calls among the rows of one truth."""

    right: NDArray[np.bool_]
    codes: Codes
    truth: int

    @classmethod
    def of(cls, calls: Calls, *, truth: int) -> _Share:
        mine = calls.truth == truth
        return cls(calls.call[mine] == truth, calls.codes[mine], truth)

    @property
    def value(self) -> float:
        return float(self.right.mean()) if len(self.right) else math.nan

    @property
    def clusters(self) -> int:
        return len(np.unique(self.codes))

    def figure(self, name: str) -> Figure:
        none = f"no {'positive' if self.truth else 'negative'} row: {name} cannot be estimated"
        return _proportion(name, self.right, self.codes, len(self.right), self.clusters, none)

    def interval(self, tail: float) -> Interval:
        """From 0 to 1 where there are too few clusters for one."""
        if self.clusters < 2:
            return 0.0, 1.0
        error = clustered_error(self.right.astype(np.float64), self.codes)
        return korn_graubard(self.value, error, len(self.right), self.clusters, tail)


def _proportion(name: str, hit: NDArray[np.bool_], codes: Codes, n: int, clusters: int, none: str) -> Figure:
    if not n:
        return Figure(name=name, value=None, low=None, high=None, n=0, n_clusters=0, note=none)
    value = float(hit.mean())
    if clusters < 2:
        return Figure(
            name=name, value=value, low=None, high=None, n=n, n_clusters=clusters,
            note="all rows are of one cluster: no interval",
        )  # fmt: skip
    low, high = korn_graubard(value, clustered_error(hit.astype(np.float64), codes), n, clusters)
    note = f"of {clusters} clusters only" if clusters < FEWEST else ""
    return Figure(name=name, value=value, low=low, high=high, n=n, n_clusters=clusters, note=note)


def _ratio(name: str, sides: dict[str, _Share], calls: Calls) -> Figure:
    """`LR+ = sensitivity / (1 - specificity)`, `LR- = (1 - sensitivity) / specificity`."""
    sensitivity, specificity = sides["sensitivity"], sides["specificity"]
    size = {"n": len(calls.truth), "n_clusters": len(np.unique(calls.codes))}
    if not len(sensitivity.right) or not len(specificity.right):
        return Figure(
            name=name,
            value=None,
            low=None,
            high=None,
            **size,
            note="rows of one class only: it has no meaning",
        )
    positive = name.startswith("positive")
    above = sensitivity.value if positive else 1 - sensitivity.value
    below = 1 - specificity.value if positive else specificity.value
    value = above / below if below else (math.inf if above else math.nan)
    if min(above, below) <= 0 or max(above, below) >= 1:
        high, low = (
            _bounds(side, flip) for side, flip in ((sensitivity, not positive), (specificity, positive))
        )
        bottom = high[0] / low[1]
        top = high[1] / low[0] if low[0] > 0 else math.inf
        note = "a cell of the table is empty: bounded by both proportions at 97.5 %"
        return Figure(
            name=name, value=None if math.isnan(value) else value, low=bottom, high=top, **size, note=note
        )
    error = _log_error(calls, ((sensitivity, above, not positive), (specificity, below, positive)))
    clusters = min(sensitivity.clusters, specificity.clusters)
    if clusters < 2:
        return Figure(
            name=name, value=value, low=None, high=None, **size, note="one cluster of a class: no interval"
        )
    half = student_quantile(clusters - 1) * error
    note = f"of {clusters} clusters of the rarer class only" if clusters < FEWEST else ""
    return Figure(
        name=name, value=value, low=value * math.exp(-half), high=value * math.exp(half), **size, note=note
    )


def _bounds(side: _Share, flip: bool) -> Interval:
    """The interval of a proportion, or of one less it, at 97.5 %."""
    low, high = side.interval(TAIL / 2)
    return (1 - high, 1 - low) if flip else (low, high)


def _log_error(calls: Calls, terms: Sequence[tuple[_Share, float, bool]]) -> float:
    """The standard error of the log of one share over another, whose rows may be of the same clusters.

    Each term is the right calls of a class, the share that stands in the ratio, and whether it is that of the
    wrong calls.
    """
    _, codes = np.unique(calls.codes, return_inverse=True)
    count = int(codes.max()) + 1
    influence = np.zeros(len(calls.truth))
    for sign, (side, share, flipped) in zip((1.0, -1.0), terms, strict=True):
        hit = (side.right != flipped).astype(np.float64)
        influence[calls.truth == side.truth] = sign * (hit - share) / (share * len(hit))
    totals = cluster_totals(influence, codes, count)
    return math.sqrt(count / (count - 1) * float(totals @ totals))


def _predictive(name: str, ratio: Figure, prevalence: float, *, positive: bool) -> Figure:
    """Bayes' rule at the stated prevalence: odds after the test are odds before it times the ratio."""
    size = {"n": ratio.n, "n_clusters": ratio.n_clusters}
    if ratio.value is None or not 0 < prevalence < 1:
        note = ratio.note if ratio.value is None else "at a prevalence of 0 or 1 a test tells nothing"
        return Figure(name=name, value=None, low=None, high=None, **size, note=note)

    def carried(value: float) -> float:
        if value == 0 or math.isinf(value):
            after = 0.0 if value == 0 else 1.0
        else:
            after = expit(log_odds(prevalence) + math.log(value))
        return after if positive else 1 - after

    ends = [carried(end) for end in (ratio.low, ratio.high) if end is not None]
    return Figure(
        name=name,
        value=carried(ratio.value),
        low=min(ends) if ends else None,
        high=max(ends) if ends else None,
        **size,
        note="; ".join(filter(None, [f"at a prevalence of {prevalence:g}", ratio.note])),
    )
