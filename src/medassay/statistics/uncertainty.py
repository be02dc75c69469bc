"""The interval that suits a metric, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from medassay.errors import UsageError
from medassay.statistics import auroc, unwarned
from medassay.statistics.bootstrap import MOST_UNDEFINED, percentile
from medassay.statistics.clusters import FEW_CLUSTERS, Codes, clustered_error
from medassay.statistics.intervals import TAIL, Interval, effective_rows, expanded_tail, korn_graubard
from medassay.types import Columns, FloatArray, Metric

FEW_ROWS = 5
"""Below this many effective right, or wrong, rows an interval of a proportion is called unreliable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """A standard error and a 95 % interval, each None where none is honest, and what to know of them."""

    se: float | None = None
    interval: Interval | None = None
    method: str = "none"
    notes: tuple[str, ...] = ()


def without(reason: str) -> Uncertainty:
    """No interval, for this reason."""
    return Uncertainty(notes=(f"{reason}: no interval",))


def of_proportion(metric: Metric, columns: Columns, codes: Codes) -> Uncertainty:
    """Korn-Graubard's interval of a mean of right (1) and wrong (0); no error where all answers agree."""
    scores = scores_of(metric, columns)
    if scores is None:
        raise UsageError(f"metric {metric.name!r} has interval 'proportion' but is no mean: use 'bootstrap'")
    defined = np.isfinite(scores)
    scores, codes = scores[defined], codes[defined]
    clusters, share = len(np.unique(codes)), float(scores.mean())
    if clusters < 2:
        return without("one cluster")
    error, all_agree = clustered_error(scores, codes), share in {0.0, 1.0}
    effective = effective_rows(share, error, len(scores), clusters)
    rarer = min(share, 1 - share) * effective
    few = () if rarer >= FEW_ROWS else (f"{rarer:.1f} effective rows {_side(share)}: interval unreliable",)
    interval = korn_graubard(share, error, len(scores), clusters)
    if clusters >= FEW_CLUSTERS and not few:
        interval = unwarned.of_share(interval, share, effective, FEW_ROWS)
    return Uncertainty(
        se=None if all_agree else error,
        interval=interval,
        method="Korn-Graubard",
        notes=("all answers agree: clusters counted",) if all_agree else few,
    )


def of_ranking(metric: Metric, columns: Columns, codes: Codes) -> Uncertainty:
    """The interval of an AUROC by its clustered variance.

    The columns are "truth" and "probs" as in `medassay.statistics.auroc.problems`.
    """
    if not {"truth", "probs"} <= set(columns):
        raise UsageError(
            f"metric {metric.name!r} has interval 'auroc' but lacks the columns 'truth' and 'probs'"
        )
    rankings = auroc.problems(columns["truth"], columns["probs"], codes)
    if not rankings:
        return without("undefined on these rows")
    found = auroc.area(rankings)
    interval = auroc.interval(found)
    held = f"{found.positives} positive and {found.negatives} negative clusters"
    held += " in the rarest class" if len(rankings) > 1 else ""
    if interval is None:
        return without(f"{held}, fewer than {auroc.FEWEST_CLUSTERS} of a side")
    perfect, rough = found.error == 0, auroc.is_rough(found.value, found.rarer)
    if rough:
        held += ": interval unreliable"
    else:
        interval = unwarned.of_ranking(interval, found.value, auroc.highest_ordered(found.rarer))
    return Uncertainty(
        se=None if perfect else found.error,
        interval=interval,
        method="exact, disjoint pairs of clusters" if perfect else "Obuchowski, logit",
        notes=(held,),
    )


def _side(share: float) -> str:
    return "wrong" if share >= 0.5 else "right"


def of_draws(values: FloatArray, n_clusters: int) -> Uncertainty:
    """The expanded percentile interval of bootstrap draws of clusters, (B,) with NaN where undefined."""
    defined = values[np.isfinite(values)]
    undefined = 1 - len(defined) / len(values)
    if undefined > MOST_UNDEFINED:
        return without(f"undefined in {undefined:.0%} of the resamples")
    interval = percentile(values, expanded_tail(TAIL, n_clusters))
    if interval is None:
        return without("all resamples agree")
    notes = (f"undefined in {undefined:.1%} of the resamples",) if undefined else ()
    return Uncertainty(
        se=float(defined.std(ddof=1)), interval=interval, method="cluster bootstrap, percentile", notes=notes
    )


def scores_of(metric: Metric, columns: Columns) -> FloatArray | None:
    """The metric of each row alone, (n,), where the metric is the mean of these; else None.

    NaN where a row takes no part.
    """
    if metric.sums is None or metric.finish is None:
        return None
    terms = np.asarray(metric.sums(columns), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = metric.finish(terms)
        value = float(metric.finish(terms.sum(axis=0, keepdims=True))[0])
    taking_part = scores[np.isfinite(scores)]
    if not len(taking_part) or not math.isclose(taking_part.mean(), value, rel_tol=1e-9, abs_tol=1e-12):
        return None
    return scores
