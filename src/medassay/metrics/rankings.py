"""The metrics of rankings by probability in the registry. Rows without probabilities rank worst."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from medassay.metrics.classes import (
    against_rest_columns,
    class_against_rest,
    label_columns,
    multilabel_columns,
    one_list,
    ranking_columns,
)
from medassay.metrics.classification import CLASSES
from medassay.metrics.precision import mean_average_precision, prevalence
from medassay.metrics.ranking import macro_auroc, multilabel_auroc, one_against_one_auroc
from medassay.types import Columns, FloatArray, Kind, Metric

NO_PROBABILITIES = "no row has probabilities"
_MULTILABEL: frozenset[Kind] = frozenset({"multilabel"})
_WORST = "A row without probabilities (unparsed, refused) ranks last for its own class, first for all others."
_WORST_OF_LABELS = (
    "Rows of which nobody knows whether they have a label take no part in its figure. A row without "
    "probabilities ranks last where a label is present, first where it is absent."
)
_NO_TRAPEZOIDS = (
    "sum over distinct scores of (recall gained) x precision: no trapezoids, which flatter. Chance is the "
    "prevalence, and stands beside it; figures of slices with another prevalence are not comparable."
)


def _auroc(columns: Columns, weights: FloatArray) -> FloatArray:
    one_list(columns)
    return macro_auroc(columns["truth"], columns["probs"], weights)


def _auroc_one_against_one(columns: Columns, weights: FloatArray) -> FloatArray:
    one_list(columns)
    return one_against_one_auroc(columns["truth"], columns["probs"], weights)


def _auroc_multilabel(columns: Columns, weights: FloatArray) -> FloatArray:
    if "list" in columns:
        one_list(columns)
    return multilabel_auroc(columns["truth"], columns["probs"], weights)


def _average_precision(columns: Columns, weights: FloatArray) -> FloatArray:
    if "list" in columns:
        one_list(columns)
    return mean_average_precision(columns["truth"], columns["probs"], weights)


def _prevalence(columns: Columns, _: FloatArray) -> float:
    return prevalence(columns["truth"])


def _half(_: Columns, __: FloatArray) -> float:
    return 0.5


def _silent(columns: Columns) -> str:
    return NO_PROBABILITIES if np.isnan(columns["probs"]).all() else ""


def _skipped(columns: Columns, *, one_side: bool = True) -> str:
    """The labels that are left out of a mean: none of the rows has them or, for AUROC, all have."""
    if _silent(columns):
        return NO_PROBABILITIES
    there, absent = (columns["truth"] == 1).any(axis=0), (columns["truth"] == 0).any(axis=0)
    usable = there & absent if one_side else there
    names = [name for name, used in zip(columns["labels"][0], usable, strict=True) if not used]
    lack = "with one side only" if one_side else "that no row has"
    return f"labels {lack} left out: {', '.join(names)}" if names else ""


def auroc_of(label: str) -> Metric:
    """The AUROC of one label of multilabel rows, "auroc:label"."""
    return Metric(
        name=f"auroc:{label}",
        kinds=_MULTILABEL,
        columns=partial(label_columns, label=label),
        compute=_auroc_multilabel,
        interval="auroc",
        definition=f"area under the ROC curve of the label {label}, over the rows where it is known",
        source="Hanley and McNeil, Radiology 143:29 (1982)",
        details=_WORST_OF_LABELS,
        checked="scikit-learn (roc_auc_score)",
    )


def average_precision_of(positive: str) -> Metric:
    """The average precision of one class of label rows, "average_precision:class"."""
    return Metric(
        name=f"average_precision:{positive}",
        kinds=frozenset({"label"}),
        columns=partial(class_against_rest, positive=positive),
        compute=_average_precision,
        chance=_prevalence,
        note=_silent,
        definition=f"area under the precision-recall curve of the class {positive}",
        source="scikit-learn's average_precision_score",
        details=f"{_NO_TRAPEZOIDS} {_WORST}",
        checked="scikit-learn (average_precision_score), with ties and weights",
    )


_ALL: tuple[Metric, ...] = (
    Metric(
        name="auroc",
        kinds=CLASSES,
        columns=ranking_columns,
        compute=_auroc,
        interval="auroc",
        note=_silent,
        definition="area under the ROC curve, ties half; beyond two classes one against the rest, averaged; "
        "rows without probabilities rank worst",
        source="Hanley and McNeil, Radiology 143:29 (1982)",
        details="P(score of a positive > score of a negative) + P(tie) / 2, mean over the classes that have "
        f"both sides. {_WORST} Without any probabilities there is no value.",
        checked="scikit-learn (roc_auc_score), with ties and weights",
    ),
    Metric(
        name="auroc_one_against_one",
        kinds=CLASSES,
        columns=ranking_columns,
        compute=_auroc_one_against_one,
        chance=_half,
        note=_silent,
        definition="AUROC of each class against each other one on the rows of the two, averaged both ways",
        source="Hand and Till, Machine Learning 45:171 (2001)",
        details="Unlike `auroc` it does not depend on how frequent the classes are; of two classes the two "
        f"are equal wherever probabilities sum to 1. {_WORST}",
        checked="scikit-learn (roc_auc_score, multi_class='ovo')",
    ),
    Metric(
        name="auroc_multilabel",
        kinds=_MULTILABEL,
        columns=multilabel_columns,
        compute=_auroc_multilabel,
        interval="auroc",
        note=_skipped,
        definition="mean AUROC over the labels present in some rows and absent in others, each over the rows "
        "where it is known; rows without probabilities rank worst",
        source="Irvin et al., CheXpert, AAAI 2019 (its mean over labels)",
        details=f"{_WORST_OF_LABELS} The note names the labels that have one side only and are left out.",
        checked="scikit-learn (roc_auc_score), with ties and weights",
    ),
    Metric(
        name="average_precision",
        kinds=CLASSES,
        columns=against_rest_columns,
        compute=_average_precision,
        chance=_prevalence,
        note=_silent,
        definition="area under the precision-recall curve: of yes, or of each class that occurs against the "
        "rest, averaged",
        source="scikit-learn's average_precision_score",
        details=f"{_NO_TRAPEZOIDS} Of two labels both count, as neither is known to be the positive one; a "
        f"benchmark that says which measures `average_precision:class`. {_WORST}",
        checked="scikit-learn (average_precision_score), with ties and weights",
    ),
    Metric(
        name="average_precision_multilabel",
        kinds=_MULTILABEL,
        columns=multilabel_columns,
        compute=_average_precision,
        chance=_prevalence,
        note=partial(_skipped, one_side=False),
        definition="mean average precision over the labels that some row has, each over the rows where it is "
        "known",
        source="scikit-learn's average_precision_score",
        details=f"{_NO_TRAPEZOIDS} {_WORST_OF_LABELS} The note names the labels that no row has.",
        checked="scikit-learn (average_precision_score), with ties and weights",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of rankings by name."""
