"""The metrics of classes that were answered: by their counts, whatever probabilities there are.

A row without a readable answer misses its class and is no guess of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from medassay.errors import UnknownName
from medassay.metrics.classes import (
    class_columns,
    grade_columns,
    multilabel_columns,
    one_against_rest,
    one_list,
)
from medassay.metrics.confusion import (
    balanced_accuracy,
    class_counts,
    f1_of_positive,
    kappa,
    label_counts,
    macro_f1,
    micro_f1,
    share,
    two_class_counts,
)
from medassay.types import Columns, FloatArray, Kind, Metric

CLASSES: frozenset[Kind] = frozenset({"yes/no", "label"})
"""The kinds whose answer is a class. A letter is none: it changes with the question."""

_UNREAD = "A row that is not scored misses its class and is no guess of another."
_SAID = (
    "Probabilities without a text answer the labels from .5 on. A row that is not scored answers none, and "
    "misses all that are present."
)
_STARD = "STARD 2015 (Bossuyt et al., BMJ 351:h5527)"


def _sums(columns: Columns) -> FloatArray:
    one_list(columns)
    return class_counts(columns["truth"], columns["guess"], int(columns["classes"].max(initial=0)))


def _label_sums(columns: Columns) -> FloatArray:
    one_list(columns)
    return label_counts(columns["truth"], columns["guess"])


def _two_sums(columns: Columns) -> FloatArray:
    return two_class_counts(columns["truth"], columns["guess"])


def _kappa(columns: Columns, weights: FloatArray, *, quadratic: bool = False) -> FloatArray:
    one_list(columns)
    found = int(columns["classes"].max(initial=0))
    return kappa(columns["truth"], columns["guess"], found, weights, quadratic=quadratic)


# ---- one class against the rest

_TWO_CLASS: Mapping[str, tuple[Callable[[FloatArray], FloatArray], str]] = {
    "sensitivity": (partial(share, above=0, below=1), "share of the rows of {} that are answered {}"),
    "specificity": (partial(share, above=3, below=4), "share of the rows not of {} that are answered so"),
    "positive_predictive_value": (
        partial(share, above=0, below=2),
        "share of the answers {} that are right",
    ),
    "negative_predictive_value": (
        partial(share, above=3, below=5),
        "share of the answers other than {} whose row is not of {}",
    ),
    "f1": (f1_of_positive, "2 P R / (P + R) of the answers {}"),
}


def of_class(name: str, positive: str, *, kind: Kind = "label") -> Metric:
    """A metric of one class against all others: which class is positive is said, never taken from an order.

    Args:
        name: sensitivity, specificity, positive_predictive_value, negative_predictive_value or f1.
        positive: the class, as its choice is called.
        kind: of the rows.

    Returns:
        The metric "name:positive"; for the class yes of yes/no questions it is called `name` alone.

    Raises:
        UnknownName: there is no such metric.
    """
    if name not in _TWO_CLASS:
        raise UnknownName("metric of one class", name, _TWO_CLASS)
    finish, said = _TWO_CLASS[name]
    return Metric(
        name=name if kind == "yes/no" else f"{name}:{positive}",
        kinds=frozenset({kind}),
        columns=partial(one_against_rest, positive=positive),
        sums=_two_sums,
        finish=finish,
        definition=said.format(positive, positive),
        source=_STARD,
        details="The positive class is named: yes for yes/no questions, the class that a benchmark gives for "
        "labels. A row that is not scored is neither a positive nor a negative answer: it lowers sensitivity "
        "and specificity, and is in no predictive value. The predictive values hold at the prevalence of "
        "these rows only.",
        checked="scikit-learn (recall_score, precision_score, f1_score)",
    )


_ALL: tuple[Metric, ...] = (
    Metric(
        name="balanced_accuracy",
        kinds=CLASSES,
        columns=class_columns,
        sums=_sums,
        finish=balanced_accuracy,
        definition="mean over the classes that occur of the share of their rows answered right",
        source="Brodersen et al., ICPR 2010",
        details=f"Mean recall over the classes that are true of some row. {_UNREAD}",
        checked="scikit-learn (recall_score, average='macro')",
    ),
    Metric(
        name="macro_f1",
        kinds=CLASSES,
        columns=class_columns,
        sums=_sums,
        finish=macro_f1,
        definition="mean F1 over the classes that occur, true or answered; an unscored row misses its class",
        source="Opitz and Burst 2019, arXiv 1911.03347 (the mean of F1, not F1 of means)",
        details=f"2 right / (true + answered) of each class. {_UNREAD}",
        checked="scikit-learn (f1_score, average='macro')",
    ),
    Metric(
        name="micro_f1",
        kinds=CLASSES,
        columns=class_columns,
        sums=_sums,
        finish=micro_f1,
        definition="F1 of the counts of all classes together: 2 right / (rows + answered rows)",
        source="Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 13.6",
        details="It equals accuracy wherever every row is answered. Where rows are not scored it is higher: "
        "they miss a class, and are no wrong guess. Read accuracy.",
        checked="scikit-learn (f1_score, average='micro')",
    ),
    *(of_class(name, "yes", kind="yes/no") for name in _TWO_CLASS),
    Metric(
        name="cohen_kappa",
        kinds=CLASSES,
        columns=class_columns,
        compute=_kappa,
        low=-1.0,
        definition="Cohen's kappa of answers and truth: agreement beyond that of independent raters",
        source="Cohen, Educ Psychol Meas 20:37 (1960)",
        details="1 - observed / expected disagreement. A row that is not scored is a category of its own "
        "that is never true, so that it agrees with nothing. 0 is chance; undefined where one class is all "
        "there is.",
        checked="scikit-learn (cohen_kappa_score)",
    ),
    Metric(
        name="quadratic_kappa",
        kinds=CLASSES,
        columns=grade_columns,
        compute=partial(_kappa, quadratic=True),
        low=-1.0,
        definition="Cohen's kappa with quadratic weights: a grade off by two costs four times one off by one",
        source="Cohen, Psychol Bull 70:213 (1968)",
        details="For grades: their order is that of the sample's choices, and steps are equal. A row that is "
        "not scored is as far off as the scale is long. 0 is chance; undefined where one grade is all there "
        "is.",
        checked="scikit-learn (cohen_kappa_score, weights='quadratic')",
    ),
)
_LABELS = (
    Metric(
        name="macro_f1_multilabel",
        kinds=frozenset({"multilabel"}),
        columns=multilabel_columns,
        sums=_label_sums,
        finish=macro_f1,
        definition="mean F1 over the labels that occur, present or answered, each over the rows where it is "
        "known",
        source="Irvin et al., CheXpert, AAAI 2019 (rows with unknown labels left out)",
        details=_SAID,
        checked="scikit-learn (f1_score, average='macro')",
    ),
    Metric(
        name="micro_f1_multilabel",
        kinds=frozenset({"multilabel"}),
        columns=multilabel_columns,
        sums=_label_sums,
        finish=micro_f1,
        definition="F1 of the counts of all labels together, each over the rows where it is known",
        source="Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 13.6",
        details=f"Frequent labels weigh most. {_SAID}",
        checked="scikit-learn (f1_score, average='micro')",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (*_ALL, *_LABELS)})
"""The metrics of answered classes by name."""
