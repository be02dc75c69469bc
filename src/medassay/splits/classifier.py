"""The classifier: logistic regression of words, or of vectors, with Platt's calibration inside the folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError, MissingExtra
from medassay.metrics.calibration import bin_sums, equal_mass, expected_error
from medassay.splits.counting import Counted
from medassay.statistics.auroc import Problem, area, difference, interval
from medassay.types import FloatArray

FOLDS = 5
_THRESHOLD = 0.5
_BINS = 15
_PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""C of the logistic regression of vectors, of which the folds choose."""

Labels = NDArray[np.bool_]
Items = NDArray[Any] | Counted
"""What is classified: texts by what is counted in them, or (n, d) vectors."""
Fold = tuple[NDArray[Any], NDArray[Any]]
"""The places of what is learned from and of what is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """What the classifier is worth on questions of families that it was not trained on.

    `true_yes` to `missed_yes` count questions at a probability of .5. `majority` is the accuracy, and
    `brier_base` the Brier score, of saying the same of every question (its AUROC is .5).
    """

    n: int
    families: int
    auroc: float
    low: float | None
    high: float | None
    true_yes: int
    false_yes: int
    true_no: int
    missed_yes: int
    accuracy: float
    majority: float
    brier: float
    brier_base: float
    ece: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One AUROC less another of the same questions, with its 95 % interval; None where there is none."""

    value: float
    low: float | None
    high: float | None


def cross_validate(items: Items, labels: Labels, families: NDArray[np.int64]) -> FloatArray:
    """(n,) the probability of reasoning, of each question by a classifier that has not seen its family.

    Args:
        items: counted texts, or (n, d) vectors.
        labels: (n,) whether the question asks for reasoning.
        families: (n,) from `medassay.splits.families`.

    Raises:
        DataError: fewer families of a label than folds.
        MissingExtra: scikit-learn is not installed.
    """
    probability = np.empty(len(items))
    for train, test in _folds(labels, families):
        fitted = fit(items[train], labels[train], families[train])
        probability[test] = predicted(fitted, items[test])
    return probability


def predicted(fitted: Any, items: Items) -> FloatArray:
    """(n,) the probability of reasoning by a classifier from `fit`, of items like those it was fitted to."""
    found: FloatArray = fitted.predict_proba(items.matrix if isinstance(items, Counted) else items)[:, 1]
    return found


def fit(items: Items, labels: Labels, families: NDArray[np.int64]) -> Any:
    """A calibrated classifier (scikit-learn's) of texts or of vectors, for `predicted`.

    Its calibration is learned from predictions on families left out (Platt 1999), never on what it was fitted
    to; so is the penalty of vectors chosen.

    Raises:
        DataError: fewer families of a label than folds.
        MissingExtra: scikit-learn is not installed.
    """
    folds = _folds(labels, families)
    from sklearn.calibration import CalibratedClassifierCV

    if isinstance(items, Counted):
        plain, values = items.regression(), items.matrix
    else:
        plain, values = _of_vectors(items, labels, folds), items
    return CalibratedClassifierCV(plain, method="sigmoid", cv=folds, ensemble=False).fit(values, labels)


def _of_vectors(items: NDArray[Any], labels: Labels, folds: Sequence[Fold]) -> Any:
    """The penalty with the best AUROC on families left out."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    search = GridSearchCV(
        plain, {"logisticregression__C": _PENALTIES}, scoring="roc_auc", cv=folds, refit=False
    )
    return plain.set_params(**search.fit(items, labels).best_params_)


def validated(probability: FloatArray, labels: Labels, families: NDArray[np.int64]) -> Validated:
    """The worth of cross-validated probabilities; the interval of the AUROC is Obuchowski's over families."""
    found = area([_ranking(probability, labels, families)])
    bounds = interval(found)
    said, share = probability >= _THRESHOLD, float(labels.mean())
    sums = bin_sums(probability, labels.astype(np.float64), equal_mass(probability, _BINS), _BINS)
    return Validated(
        n=len(labels),
        families=len(np.unique(families)),
        auroc=found.value,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        true_yes=int((said & labels).sum()),
        false_yes=int((said & ~labels).sum()),
        true_no=int((~said & ~labels).sum()),
        missed_yes=int((~said & labels).sum()),
        accuracy=float((said == labels).mean()),
        majority=max(share, 1 - share),
        brier=float(((probability - labels) ** 2).mean()),
        brier_base=share * (1 - share),
        ece=float(expected_error(sums.sum(axis=0, keepdims=True))[0]),
    )


def gain(one: FloatArray, other: FloatArray, labels: Labels, families: NDArray[np.int64]) -> Gain:
    """The AUROC of one classifier less another's on the same questions, with its interval over families.

    Args:
        one: (n,) cross-validated probabilities.
        other: (n,) the other's.
        labels: (n,) whether the question asks for reasoning.
        families: (n,) from `medassay.splits.families`.
    """
    held = difference(_ranking(one, labels, families), _ranking(other, labels, families))
    low, high = held.interval() or (None, None)
    return Gain(value=held.value, low=low, high=high)


def _ranking(probability: FloatArray, labels: Labels, families: NDArray[np.int64]) -> Problem:
    return Problem(truth=labels, score=probability, codes=families.astype(np.int32))


def _folds(labels: Labels, families: NDArray[np.int64]) -> list[Fold]:
    """Folds of whole families with about the same share of reasoning; always the same ones."""
    try:
        from sklearn.model_selection import StratifiedGroupKFold
    except ImportError as error:
        raise MissingExtra("scikit-learn", "report") from error
    fewest = min(len(np.unique(families[labels == side])) for side in (True, False))
    if fewest < FOLDS:
        raise DataError(f"{fewest} families of one label, {FOLDS} folds need as many: give more questions")
    cut = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(cut.split(np.zeros(len(labels)), labels, families))
