"""Curves of a test: net benefit over thresholds, what referral buys, and calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.fairness.calibration import (
    intercept_influence,
    intercepts,
    lines,
    log_odds,
    slope_influence,
)
from medassay.statistics.intervals import expit, student_quantile
from medassay.statistics.intervals import log_odds as log_odds_of
from medassay.statistics.operating.calls import Calls
from medassay.statistics.operating.performance import Figure, perform
from medassay.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """Net benefit per person at one threshold probability, with the 95 % interval of the model's."""

    threshold: float
    model: float
    low: float | None
    high: float | None
    treat_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """The rows that are kept when the least certain are referred: `share` is what is referred, 0 to 1."""

    share: float
    sensitivity: Figure
    specificity: Figure


def moved(prob: FloatArray, *, learned: float, used: float) -> FloatArray:
    """Probabilities carried from one prevalence to another: odds times the ratio of the prior odds.

    Saerens, Latinne and Decaestecker 2002 (equation 4), for two classes. It holds where the images of each
    class are the same kind of images in both places.

    Args:
        prob: (n,) probabilities of a model that learned or was calibrated at prevalence `learned`.
        learned: strictly between 0 and 1.
        used: the prevalence to carry them to, strictly between 0 and 1.
    """
    shift = log_odds_of(used) - log_odds_of(learned)
    return np.array([expit(x + shift) for x in log_odds(prob)])


def decision_curve(calls: Calls, thresholds: Sequence[float], *, prevalence: float) -> list[Benefit]:
    """Net benefit over threshold probabilities at a stated prevalence (Vickers and Elkin 2006).

    `NB(t) = prevalence * sensitivity(t) - (1 - prevalence) * (1 - specificity(t)) * t / (1 - t)`. Treating
    nobody is 0; treating all is the same with every row called. A row without a probability is not treated.
    The interval is Student's over clusters, from what each adds.

    Args:
        calls: probabilities must be of the same prevalence (see `moved`).
        thresholds: strictly between 0 and 1.
        prevalence: of the target where the test is used.
    """
    positive, negative = calls.truth == 1, calls.truth == 0
    if not positive.any() or not negative.any():
        return []
    _, codes = np.unique(calls.codes, return_inverse=True)
    count = int(codes.max()) + 1
    found = []
    for t in thresholds:
        harm = t / (1 - t)
        treated = np.nan_to_num(calls.prob, nan=-1.0) >= t
        sensitivity, alarms = treated[positive].mean(), treated[negative].mean()
        influence = np.zeros(len(treated))
        influence[positive] = prevalence * (treated[positive] - sensitivity) / positive.sum()
        influence[negative] = -(1 - prevalence) * harm * (treated[negative] - alarms) / negative.sum()
        value = float(prevalence * sensitivity - (1 - prevalence) * harm * alarms)
        low = high = None
        totals = cluster_totals(influence, codes, count)
        if count > 1 and (error := math.sqrt(count / (count - 1) * float(totals @ totals))) > 0:
            half = student_quantile(count - 1) * error
            low, high = value - half, value + half
        found.append(
            Benefit(
                threshold=t, model=value, low=low, high=high, treat_all=prevalence - (1 - prevalence) * harm
            )
        )
    return found


def referral_curve(calls: Calls, threshold: float, shares: Sequence[float]) -> list[Referral]:
    """Sensitivity and specificity of the rows that are kept when the least certain are referred to a reader.

    Certainty is the distance of the log odds from the threshold's (Geifman and El-Yaniv 2017 with that as
    the confidence). Rows without a probability are referred first. Of equal ones all stay, so that no order
    of the rows decides: fewer than `share` may be referred.
    """
    distance = np.abs(log_odds(calls.prob) - log_odds(np.array([threshold]))[0])
    distance = np.where(np.isnan(calls.prob), -1.0, distance)
    called = calls.at(threshold)
    found = []
    for share in shares:
        cut = (
            np.sort(distance)[min(len(distance) - 1, math.floor(share * len(distance)))] if share else -np.inf
        )
        kept = perform(called.choose(distance >= cut), prevalence=0.5)
        found.append(
            Referral(
                share=float((distance < cut).mean()),
                sensitivity=kept.figure("sensitivity"),
                specificity=kept.figure("specificity"),
            )
        )
    return found


def calibration(calls: Calls) -> list[Figure]:
    """Intercept in the large (0 where calibrated) and slope (1): Cox 1958, Van Calster et al. 2019.

    Student's t over clusters, from what each adds. Rows without a probability are left out and counted.
    """
    known = np.isfinite(calls.prob)
    truth, odds = calls.truth[known].astype(np.float64), log_odds(calls.prob[known])
    _, codes = np.unique(calls.codes[known], return_inverse=True)
    count = int(codes.max()) + 1 if len(codes) else 0
    names = ("calibration intercept", "calibration slope")
    none = ""
    if len(np.unique(truth)) < 2:
        none = "the rows with a probability are of one class: it cannot be estimated"
    elif count < 3:
        none = "fewer than 3 clusters: it is not estimated"
    if none:
        return [
            Figure(name=n, value=None, low=None, high=None, n=len(truth), n_clusters=count, note=none)
            for n in names
        ]
    ones = np.ones((1, len(truth)))
    scale = float(odds.std()) or 1.0  # the line is fitted in units of it: extreme log odds unsettle the fit
    values = (float(intercepts(truth, odds, ones)[0]), float(lines(truth, odds / scale, ones)[0, 1]) / scale)
    influences = (intercept_influence(truth, odds), slope_influence(truth, odds / scale) / scale)
    left_out = int((~known).sum())
    note = f"{left_out} rows without a probability left out" if left_out else ""
    return [
        _with_error(name, value, influence, codes, note)
        for name, value, influence in zip(names, values, influences, strict=True)
    ]


def _with_error(name: str, value: float, influence: FloatArray, codes: Codes, note: str) -> Figure:
    n, count = len(codes), int(codes.max()) + 1
    if not math.isfinite(value) or not np.isfinite(influence).all():
        apart = "the probabilities part the classes, or nearly: it has no finite value"
        return Figure(name=name, value=None, low=None, high=None, n=n, n_clusters=count, note=apart)
    totals = cluster_totals(influence, codes, count)
    half = student_quantile(count - 1) * math.sqrt(count / (count - 1) * float(totals @ totals))
    return Figure(
        name=name, value=value, low=value - half, high=value + half, n=n, n_clusters=count, note=note
    )
