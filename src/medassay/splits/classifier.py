"""The classifier: TF-IDF of words and letters, logistic regression, Platt's calibration inside the folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError, MissingExtra
from medassay.metrics.calibration import bin_sums, equal_mass, expected_error
from medassay.statistics.auroc import Problem, area, interval
from medassay.types import Case, FloatArray

FOLDS = 5
_THRESHOLD = 0.5
_BINS = 15

Labels = NDArray[np.bool_]


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


def text_of(case: Case) -> str:
    """What the classifier reads: the question and its options, without their letters."""
    return "\n".join([case.question, *(choice.label for choice in case.choices)])


def cross_validate(texts: Sequence[str], labels: Labels, families: NDArray[np.int64]) -> FloatArray:
    """(n,) the probability of reasoning, of each question by a classifier that has not seen its family.

    Args:
        texts: (n,) from `text_of`.
        labels: (n,) whether the question asks for reasoning.
        families: (n,) from `medassay.splits.families`.

    Raises:
        DataError: fewer families of a label than folds.
        MissingExtra: scikit-learn is not installed.
    """
    held = np.asarray(texts, dtype=object)
    probability = np.empty(len(held))
    for train, test in _folds(labels, families):
        probability[test] = fit(held[train], labels[train], families[train]).predict_proba(held[test])[:, 1]
    return probability


def fit(texts: Sequence[str] | NDArray[Any], labels: Labels, families: NDArray[np.int64]) -> Any:
    """A calibrated classifier (scikit-learn's, `predict_proba`) of texts.

    Its calibration is learned from predictions on families left out (Platt 1999), never on what it was fitted
    to.

    Raises:
        DataError: fewer families of a label than folds.
        MissingExtra: scikit-learn is not installed.
    """
    try:
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union
    except ImportError as error:
        raise MissingExtra("scikit-learn", "report") from error
    features = make_union(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2),
        TfidfVectorizer(sublinear_tf=True, ngram_range=(3, 5), min_df=3, analyzer="char_wb"),
    )
    plain = make_pipeline(features, LogisticRegression(max_iter=1000))
    folds = _folds(labels, families)
    return CalibratedClassifierCV(plain, method="sigmoid", cv=folds, ensemble=False).fit(texts, labels)


def validated(probability: FloatArray, labels: Labels, families: NDArray[np.int64]) -> Validated:
    """The worth of cross-validated probabilities; the interval of the AUROC is Obuchowski's over families."""
    found = area([Problem(truth=labels, score=probability, codes=families.astype(np.int32))])
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


def _folds(labels: Labels, families: NDArray[np.int64]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
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
