"""Two sides on the same rows, ready for draws of their clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from medassay.errors import UsageError
from medassay.statistics import auroc
from medassay.statistics.bootstrap import ROUNDING, Job, weigh
from medassay.statistics.clusters import cluster_totals, clustered_error
from medassay.statistics.frame import join
from medassay.statistics.groups import apart
from medassay.statistics.pairing import Paired, gather
from medassay.types import FloatArray, Metric, Row

Totals = tuple[FloatArray, FloatArray]
"""The (C, k) sums of both sides over each cluster, of a metric made of sums."""


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Two sides brought together on the rows of a slice, before anything is drawn."""

    metric: Metric
    slice: str
    seed: str
    margin: float | None
    paired: Paired
    totals: Totals | None

    @property
    def job(self) -> Job:
        """Draws of all clusters to differences A - B."""
        return _drawing(self.metric, self.paired, self.totals)

    @property
    def exchange(self) -> Job | None:
        """Exchanges of A and B within clusters, (b, C) zeros and ones, to A - B; None without totals."""
        if self.totals is None or self.metric.finish is None:
            return None
        return _exchanging(self.metric.finish, self.totals)

    @property
    def spread(self) -> int:
        """Rows that the job spreads a draw over."""
        return self.paired.n if self.totals is None else 0

    @cached_property
    def clusters(self) -> int:
        """How many clusters the difference rests on: for a ranking those of the rarer class."""
        if self.metric.interval != "auroc":
            return len(self.paired.picked)
        return min((min(auroc.sides(ranking)) for ranking in rankings(self.paired)[0]), default=0)

    @property
    def difference(self) -> float:
        """A - B."""
        a, b = self.values
        return a - b

    @property
    def values(self) -> tuple[float, float]:
        """The metric of both sides."""
        whole = np.ones((1, self.paired.n))
        a, b = (float(weigh(self.metric, side, whole)[0]) for side in (self.paired.a, self.paired.b))
        return a, b


def contrasts(  # noqa: PLR0913  what a comparison needs, named once
    rows_a: Iterable[Row],
    rows_b: Iterable[Row],
    metric: Metric,
    *,
    seed: str,
    where: Mapping[str, str] = MappingProxyType({}),
    by: Sequence[Sequence[str]] = (),
    margin: float | None = None,
) -> list[Contrast]:
    """The rows of two runs side by side: those that equal `where`, then their slices.

    Arguments and errors are those of `medassay.statistics.compare`; `by` as in `gather`.
    """
    if margin is not None and not margin > 0:
        raise UsageError(f"a margin of {margin} leaves no room for equivalence: give a positive one")
    held = gather(rows_a, rows_b, metric, where, by)
    if not held[0][1].n:
        raise UsageError(f"no row is left to compare by {metric.name!r}: check the slice and the failed rows")
    return [
        Contrast(
            metric=metric,
            slice=", ".join(f"{name}={value}" for name, value in tags.items()) or "all",
            seed=seed,
            margin=margin,
            paired=paired,
            totals=_totals(metric, paired),
        )
        for tags, paired in held
        if paired.n
    ]


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


def rankings(paired: Paired) -> tuple[list[auroc.Problem], list[auroc.Problem]]:
    """The rankings of both sides of an AUROC."""
    a, b = (auroc.problems(side["truth"], side["probs"], paired.codes) for side in (paired.a, paired.b))
    return a, b


def error_of(held: Contrast, drawn: FloatArray) -> float | None:
    """Clustered for means and AUROC; else the spread of the draws. None for one cluster."""
    paired = held.paired
    if len(paired.picked) < 2:
        return None
    if paired.scores is not None:
        return clustered_error(paired.scores[0] - paired.scores[1], paired.codes)
    if held.metric.interval == "auroc":
        return auroc.error_of_difference(*rankings(paired)) if held.clusters > 1 else None
    defined = drawn[np.isfinite(drawn)]
    return float(defined.std(ddof=1)) if len(defined) > 1 else None


def steady(paired: Paired) -> float | None:
    """The difference of the scores, where it is the same on every row; else None."""
    if paired.scores is None:
        return None
    differences = paired.scores[0] - paired.scores[1]
    return float(differences.mean()) if np.ptp(differences) < ROUNDING else None


def discordant(paired: Paired) -> tuple[int, int] | None:
    """Rows that only A, and only B, has right; None unless rows are right (1) or wrong (0)."""
    if paired.scores is None or not np.isin(np.concatenate(paired.scores), (0.0, 1.0)).all():
        return None
    a, b = paired.scores
    return int((a > b).sum()), int((b > a).sum())
