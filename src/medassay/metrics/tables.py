"""The metrics of the registry: all rows of a slice in, one number out.

Every row of the kinds a metric applies to is in its denominator. Unparsed, refused and failed rows count
as wrong: value 0, an empty text, no class, the last rank. Only the errors of measurements cannot be
wrong by a number (`medassay.metrics.measurement`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.metrics.bleu import bleu, bleu_counts
from medassay.types import Columns, FloatArray, Kind, Metric, Row

EXACT: frozenset[Kind] = frozenset(
    {"choice", "multi-choice", "yes/no", "closed", "open", "label", "multilabel"}
)
_SHORT: frozenset[Kind] = frozenset({"closed", "open"})
_LONG: frozenset[Kind] = frozenset({"open", "report"})


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


# ---- the registry

_ALL: tuple[Metric, ...] = (
    mean_of(
        "accuracy",
        "accuracy",
        EXACT,
        interval="proportion",
        definition="share of rows answered right: letter, yes or no, label, whole set of labels; closed and "
        "open by exact match in the form vqa-med",
        source="the share of right answers; the form vqa-med is ours",
        details="Of sets all must be named and no other; labels nobody knows count neither way. Unparsed and "
        "refused rows are wrong. Where probabilities come without a text the most probable class is the "
        "answer, of sets all from .5 on.",
        checked="by hand, kind by kind",
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
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics by name."""
