"""The metrics of the registry: all rows of a slice in, one number out.

Every row of the kinds a metric applies to is in its denominator. Unparsed, refused and failed rows count
as wrong: value 0, an empty text, no class, the last rank. Only the errors of measurements cannot be
wrong by a number: they are over scored rows, and the counts beside them say how many those are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError, UsageError
from medassay.metrics.answers import classes
from medassay.metrics.bleu import bleu, bleu_counts
from medassay.metrics.confusion import balanced_accuracy, class_counts, macro_f1
from medassay.metrics.ranking import macro_auroc, multilabel_auroc
from medassay.text import normalise
from medassay.types import Columns, FloatArray, Kind, Metric, Row

EXACT: frozenset[Kind] = frozenset(
    {"choice", "multi-choice", "yes/no", "closed", "open", "label", "multilabel"}
)
_SHORT: frozenset[Kind] = frozenset({"closed", "open"})
_LONG: frozenset[Kind] = frozenset({"open", "report"})
_CLASSES: frozenset[Kind] = frozenset(
    {"yes/no", "label"}
)  # a letter is no class: it changes with the question


# ---- means of a value per row


def values(rows: Sequence[Row], key: str, *, optional: bool = False, name: str = "") -> Columns:
    """`value`: (n,) float64; 0, or NaN where `optional`, for rows that are not scored.

    A row that stands for a failed one as if it were right has its value under the metric's `name`.
    """
    missing = float("nan") if optional else 0.0
    values = np.full(len(rows), missing)
    for i, row in enumerate(rows):
        if row.score.status != "scored":
            continue
        held = row.score.values
        found = held.get(key, held.get(name))
        if found is None and not optional:
            raise DataError(
                f"sample {row.sample.id}: its scorer gave no {key!r}: measure something else,"
                " or score it with medassay.metrics.score"
            )
        values[i] = missing if found is None else found
    return {"value": values}


def mean_sums(columns: Columns) -> FloatArray:
    """(n, 2) of the column `value`: the value and 1, or zeros where it is NaN."""
    value = columns["value"]
    there = ~np.isnan(value)
    return np.stack([np.where(there, value, 0.0), there.astype(np.float64)], axis=1)


def mean(sums: FloatArray) -> FloatArray:
    """(B, 2) sums of values and of their counts -> (B,), NaN where nothing is counted."""
    total, count = sums[:, 0], sums[:, 1]
    found: FloatArray = np.divide(total, count, out=np.full(len(sums), np.nan), where=count > 0)
    return found


def mean_of(key: str, name: str, kinds: frozenset[Kind], *, optional: bool = False, **rest: Any) -> Metric:
    """The mean of a value that scores carry.

    Args:
        key: the value's name in `Score.values`.
        name: the metric's.
        kinds: the rows it applies to.
        optional: rows without the value are left out of the mean instead of counting 0.
        rest: further fields of `Metric`.
    """
    columns = partial(values, key=key, optional=optional, name=name)
    return Metric(name=name, kinds=kinds, columns=columns, sums=mean_sums, finish=mean, **rest)


# ---- corpus BLEU


def _bleu_columns(rows: Sequence[Row]) -> Columns:
    """`counts`: (n, 10) of `bleu_counts`; an answer that was not scored is the empty text."""
    counts = [bleu_counts(_text(row), row.sample.target.texts) for row in rows]
    return {"counts": np.array(counts, dtype=np.float64).reshape(len(rows), 10)}


def _text(row: Row) -> str:
    return (row.score.answer or "") if row.score.status == "scored" else ""


def _bleu(order: int) -> Metric:
    return Metric(
        name=f"bleu_{order}",
        kinds=_LONG,
        columns=_bleu_columns,
        sums=lambda columns: columns["counts"],
        finish=partial(bleu, order=order),
        constant=True,
        source="Papineni et al., ACL 2002; sacrebleu",
        details="exp of the mean log of clipped n-gram precisions summed over rows, times exp(1 - r/c) where "
        "the answers (c words) are shorter than the nearest references (r).",
        checked="sacrebleu on the same rows",
        definition=f"corpus BLEU-{order}, sacrebleu (13a, case kept, exponential smoothing), range 0 to 1; "
        "unscored rows are empty texts",
    )


# ---- classes


def _names(row: Row) -> list[str]:
    """The classes of a row in an order that does not depend on how its choices are arranged."""
    return sorted(normalise(name, "lower") for name in classes(row.sample))


def _list(names: list[str]) -> int:
    """A number for a list of classes: rows of one ranking or confusion must share it."""
    return crc32("\n".join(names).encode())


def _class_columns(rows: Sequence[Row]) -> Columns:
    """`truth`, `guess`: (n,) int64 class indices, -1 where none was read; `classes`: how many; `list`."""
    table = np.full((len(rows), 4), -1, dtype=np.int64)
    for i, row in enumerate(rows):
        names = _names(row)
        answer = normalise(_text(row), "lower")
        guess = names.index(answer) if answer in names else -1
        table[i] = names.index(_gold(row)), guess, len(names), _list(names)
    return {"truth": table[:, 0], "guess": table[:, 1], "classes": table[:, 2], "list": table[:, 3]}


def _gold(row: Row) -> str:
    return normalise(row.sample.target.texts[0], "lower")


def _class_sums(columns: Columns) -> FloatArray:
    _one_list(columns)
    return class_counts(columns["truth"], columns["guess"], int(columns["classes"].max(initial=0)))


def _one_list(columns: Columns) -> None:
    if len(np.unique(columns["list"])) > 1:
        raise UsageError("rows with different classes have no common ranking: narrow the measure by a tag")


def _probs(rows: Sequence[Row]) -> NDArray[np.float32]:
    """(n, K) probabilities in the order of `_names`; NaN for rows without any."""
    width = max((len(row.sample.choices) or len(classes(row.sample)) for row in rows), default=0)
    table = np.full((len(rows), width), np.nan, dtype=np.float32)
    for i, row in enumerate(rows):
        if row.response.probs is not None and row.score.status != "failed":
            given = [normalise(name, "lower") for name in classes(row.sample)]
            order = sorted(range(len(given)), key=given.__getitem__)
            table[i, : len(given)] = np.asarray(row.response.probs, dtype=np.float32)[order]
    return table


def _ranking_columns(rows: Sequence[Row]) -> Columns:
    """`truth`: (n,) int64 class index; `probs`: (n, K) float32, NaN rows where there are none; `list`."""
    columns = _class_columns(rows)
    return {"truth": columns["truth"], "probs": _probs(rows), "list": columns["list"]}


def _auroc(columns: Columns, weights: FloatArray) -> FloatArray:
    _one_list(columns)
    return macro_auroc(columns["truth"], columns["probs"], weights)


def _multilabel_columns(rows: Sequence[Row]) -> Columns:
    """`truth`: (n, K) int64, 1 present, 0 absent, -1 unknown; `probs`: (n, K) float32, NaN where none."""
    truths = [_presence(row) for row in rows]
    lists = np.array([_list(_names(row)) for row in rows], dtype=np.int64)
    if len(set(map(len, truths))) > 1:
        _one_list({"list": lists})
    return {
        "truth": np.array(truths, dtype=np.int64).reshape(len(rows), -1),
        "probs": _probs(rows),
        "list": lists,
    }


def _presence(row: Row) -> list[int]:
    target = row.sample.target
    present, unknown = ({normalise(t, "lower") for t in texts} for texts in (target.texts, target.unknown))
    return [-1 if name in unknown else int(name in present) for name in _names(row)]


def _auroc_multilabel(columns: Columns, weights: FloatArray) -> FloatArray:
    _one_list(columns)
    return multilabel_auroc(columns["truth"], columns["probs"], weights)


# ---- the registry

_ALL: tuple[Metric, ...] = (
    mean_of(
        "accuracy",
        "accuracy",
        EXACT,
        interval="proportion",
        definition="share of rows answered right: letter, yes or no, label, whole set of labels; closed and "
        "open by exact match in the form vqa-med",
    ),
    mean_of(
        "exact_match",
        "exact_match",
        _SHORT,
        interval="proportion",
        definition="share of answers equal to an accepted one in SQuAD's form (Rajpurkar et al. 2016)",
        source="Rajpurkar et al., SQuAD, EMNLP 2016",
        details="Lower case, ASCII punctuation deleted without a space in its place, a, an and the deleted. "
        "An unscored row is wrong; any of several accepted answers is right.",
        checked="the SQuAD values of shared golden cases",
    ),
    mean_of(
        "token_f1",
        "token_f1",
        _SHORT,
        definition="mean SQuAD token F1 with the nearest accepted answer (Rajpurkar et al. 2016)",
        source="Rajpurkar et al., SQuAD, EMNLP 2016",
        details="2 P R / (P + R) of clipped token precision and recall. One side without tokens: 1 if both, "
        "else 0. An unscored row has 0.",
        checked="the SQuAD values of shared golden cases",
    ),
    *(_bleu(order) for order in (1, 2, 3, 4)),
    mean_of(
        "rouge_l",
        "rouge_l",
        _LONG,
        constant=True,
        definition="mean ROUGE-L F1 with Porter stemmer, google rouge-score (Lin 2004)",
        source="Lin, ROUGE, 2004; google-research rouge-score",
        details="Of several accepted texts the best counts. An unscored row has 0.",
        checked="the package rouge-score on random texts",
    ),
    Metric(
        name="auroc",
        kinds=_CLASSES,
        columns=_ranking_columns,
        compute=_auroc,
        interval="auroc",
        definition="area under the ROC curve, ties half; beyond two classes one against the rest, averaged; "
        "rows without probabilities rank worst",
    ),
    Metric(
        name="auroc_multilabel",
        kinds=frozenset({"multilabel"}),
        columns=_multilabel_columns,
        compute=_auroc_multilabel,
        interval="auroc",
        definition="mean AUROC over the labels present in some rows and absent in others, each over the rows "
        "where it is known; rows without probabilities rank worst",
    ),
    Metric(
        name="balanced_accuracy",
        kinds=_CLASSES,
        columns=_class_columns,
        sums=_class_sums,
        finish=balanced_accuracy,
        definition="mean over the classes that occur of the share of their rows answered right",
    ),
    Metric(
        name="macro_f1",
        kinds=_CLASSES,
        columns=_class_columns,
        sums=_class_sums,
        finish=macro_f1,
        definition="mean F1 over the classes that occur, true or answered; an unscored row misses its class",
    ),
    mean_of(
        "box_iou",
        "box_iou",
        frozenset({"box"}),
        definition="mean intersection over union; several boxes: best pairs over the larger number",
    ),
    mean_of(
        "absolute_error",
        "mean_absolute_error",
        frozenset({"number"}),
        optional=True,
        high=float("inf"),
        higher_is_better=False,
        definition="mean absolute error in the target's unit over scored rows; unscored are counted beside",
    ),
    mean_of(
        "relative_error",
        "mean_relative_error",
        frozenset({"number"}),
        optional=True,
        high=float("inf"),
        higher_is_better=False,
        definition="mean of absolute error over absolute target, over scored rows whose target is not 0; "
        "unscored are counted beside",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics by name."""
