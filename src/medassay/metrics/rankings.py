"""The metrics of rankings by probability in the registry. Rows without probabilities rank worst."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from medassay.metrics.classes import multilabel_columns, one_list, ranking_columns
from medassay.metrics.classification import CLASSES
from medassay.metrics.ranking import macro_auroc, multilabel_auroc
from medassay.types import Columns, FloatArray, Metric


def _auroc(columns: Columns, weights: FloatArray) -> FloatArray:
    one_list(columns)
    return macro_auroc(columns["truth"], columns["probs"], weights)


def _auroc_multilabel(columns: Columns, weights: FloatArray) -> FloatArray:
    one_list(columns)
    return multilabel_auroc(columns["truth"], columns["probs"], weights)


_WORST = "A row without probabilities (unparsed, refused) ranks last for its own class, first for all others."
_ALL: tuple[Metric, ...] = (
    Metric(
        name="auroc",
        kinds=CLASSES,
        columns=ranking_columns,
        compute=_auroc,
        interval="auroc",
        definition="area under the ROC curve, ties half; beyond two classes one against the rest, averaged; "
        "rows without probabilities rank worst",
        source="Hanley and McNeil, Radiology 143:29 (1982)",
        details="P(score of a positive > score of a negative) + P(tie) / 2, mean over the classes that have "
        f"both sides. {_WORST} Without any probabilities there is no value.",
        checked="scikit-learn (roc_auc_score), with ties and weights",
    ),
    Metric(
        name="auroc_multilabel",
        kinds=frozenset({"multilabel"}),
        columns=multilabel_columns,
        compute=_auroc_multilabel,
        interval="auroc",
        definition="mean AUROC over the labels present in some rows and absent in others, each over the rows "
        "where it is known; rows without probabilities rank worst",
        source="Irvin et al., CheXpert, AAAI 2019 (its mean over labels)",
        details="Rows of which nobody knows whether they have a label take no part in its AUROC. A row "
        "without probabilities ranks last where a label is present, first where it is absent.",
        checked="scikit-learn (roc_auc_score), with ties and weights",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of rankings by name."""
