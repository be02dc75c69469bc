"""What a key is worth: how far readers agree, what any model can reach on it, and scores on a soft key.

Readers label the same items with one of some classes; a reader may leave items out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.agreement import DRAWS, Rate
from medassay.statistics.bootstrap import draws_of, generator
from medassay.statistics.clusters import Codes
from medassay.statistics.uncertainty import of_draws
from medassay.types import FloatArray

NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of labels: chance-corrected agreement, and two bounds on what a model can reach.

    `alpha` is Krippendorff's for nominal data. `ceiling`: the expected accuracy, against a reader drawn at
    random, of a model that answers each item's most frequent label. `human`: the same of a reader against
    another reader of the item, drawn at random.
    """

    items: int
    readers: int
    alpha: Rate
    ceiling: Rate
    human: Rate


def quality(labels: NDArray[np.integer], codes: Codes, *, seed: str) -> Quality:
    """How good a key of several readers is, with bootstrap intervals over clusters.

    Items with fewer than two labels take no part.

    Args:
        labels: (n, r) the class that each reader gave each item, `NONE` where none was given.
        codes: (n,) cluster of each item.
        seed: of the bootstrap.
    """
    paired = (labels != NONE).sum(axis=1) >= 2
    shares, made = _counts(labels[paired])
    ceiling = shares.max(axis=1, initial=0) / made
    # Of each label given, the share of the item's other labels that are the same.
    human = (shares * (shares - 1)).sum(axis=1) / (made * (made - 1))

    def mean(values: FloatArray) -> Callable[[FloatArray], FloatArray]:
        return lambda weights: (weights @ values) / weights.sum(axis=1)

    held = codes[paired]
    return Quality(
        items=int(paired.sum()),
        readers=labels.shape[1],
        alpha=_rate(lambda weights: _alpha(shares, made, weights), held, seed),
        ceiling=_rate(mean(ceiling), held, seed),
        human=_rate(mean(human), held, seed),
    )


def soft_scores(labels: NDArray[np.integer], answers: NDArray[np.integer]) -> FloatArray:
    """(n,) for each item the share of its labels that are the model's answer; NaN without a label.

    An answer of `NONE` scores 0.
    """
    shares, made = _counts(labels, classes=max(int(labels.max(initial=0)), int(answers.max(initial=0))) + 1)
    same = np.where(answers == NONE, 0.0, shares[np.arange(len(answers)), np.maximum(answers, 0)])
    with np.errstate(invalid="ignore"):
        scores: FloatArray = same / made
    return scores


def majority(labels: NDArray[np.integer]) -> NDArray[np.integer]:
    """(n,) the label most readers gave; `NONE` where two are equally frequent, or none was given."""
    shares, _ = _counts(labels)
    ordered = np.sort(shares, axis=1)
    tied = (ordered[:, -1] == ordered[:, -2]) if shares.shape[1] > 1 else ordered[:, -1] == 0
    return np.where(tied, NONE, shares.argmax(axis=1))


def _counts(labels: NDArray[np.integer], classes: int | None = None) -> tuple[FloatArray, FloatArray]:
    """(n, K) how often each class was given, and (n,) how many labels an item has."""
    classes = classes or max(2, int(labels.max(initial=0)) + 1)
    shares = np.stack([(labels == k).sum(axis=1) for k in range(classes)], axis=1).astype(np.float64)
    return shares, shares.sum(axis=1)


def _alpha(shares: FloatArray, made: FloatArray, weights: FloatArray) -> FloatArray:
    """Krippendorff's alpha from the matrix of coincidences, under (B, n) weights of items.

    `1 - observed / expected disagreement` (Krippendorff 2011, "Computing Krippendorff's alpha-reliability",
    nominal data). NaN where all labels are one class.
    """
    same = (shares * (shares - 1)).sum(axis=1) / (made - 1)
    total, values = weights @ made, weights @ shares
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = 1 - (weights @ same) / total
        expected = 1 - (values * (values - 1)).sum(axis=1) / (total * (total - 1))
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _rate(value: Callable[[FloatArray], FloatArray], codes: Codes, seed: str) -> Rate:
    n = len(codes)
    if not n:
        return Rate(value=None, low=None, high=None, n=0)
    whole = float(value(np.ones((1, n)))[0])
    if not np.isfinite(whole):
        return Rate(value=None, low=None, high=None, n=n)
    present, dense = np.unique(codes, return_inverse=True)
    rng = generator(seed, present)
    if len(present) < 2:
        return Rate(value=whole, low=None, high=None, n=n)
    drawn = np.concatenate([value(counts[:, dense]) for counts in draws_of(rng, len(present), DRAWS, n)])
    low, high = of_draws(drawn, len(present)).interval or (None, None)
    return Rate(value=whole, low=low, high=high, n=n)
