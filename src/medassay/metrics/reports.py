"""Metrics of radiology reports whose values RadEval computes (`medassay.workflows.report_metrics`).

Here is what becomes of these values: means, F1 over reports, intervals and slices. A report that cannot be
read has 0 and stays in; only RadCliQ, a distance, has no value for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.metrics.tables import mean, mean_sums
from medassay.types import Columns, FloatArray, Metric, Row

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "radgraph": ("radgraph_simple", "radgraph_partial", "radgraph_complete"),
        "radgraph_radcliq": ("radgraph_radcliq",),
        "radcliq": ("radcliq_v1",),
        "f1chexbert": (
            "f1chexbert_sample_acc_5",
            "f1chexbert_sample_acc_all",
            "f1chexbert_reference",
            "f1chexbert_report",
        ),
        "f1radbert_ct": ("f1radbert_ct_sample_acc",),
        "ratescore": ("ratescore",),
        "green": ("green",),
        "crimson": ("crimson",),
        "srrbert": ("srrbert_weighted_f1", "srrbert_weighted_precision", "srrbert_weighted_recall"),
        "temporal": ("temporal_f1",),
        "bertscore": ("bertscore",),
        "radeval_bertscore": ("radeval_bertscore",),
        "bleu": ("radeval_bleu",),
        "rouge": ("radeval_rouge1", "radeval_rouge2", "radeval_rougeL"),
    }
)
"""By RadEval's name of a metric the values that it gives for each report."""

RENAMED: Mapping[str, str] = MappingProxyType(
    {key: f"radeval_{key}" for key in ("bleu", "rouge1", "rouge2", "rougeL")}
)
"""RadEval's names that would be taken for metrics of ours."""

CONDITIONS = 14
FIVE = (1, 4, 5, 7, 9)
"""Cardiomegaly, edema, consolidation, atelectasis, pleural effusion among CheXbert's conditions."""

_RADEVAL = "RadEval 2.2 in an environment of its own (Xu et al., EMNLP 2025, system demonstrations)"
_ZERO = "A report that cannot be read has 0. Compared with the first accepted text."
_CHECKED = "the seam to RadEval by a stand-in; RadEval's own value by RadEval"


def _columns(rows: Sequence[Row], key: str, *, undecided: bool) -> Columns:
    """`value`: (n,) float64, 0 for rows that are not scored, NaN for those that RadEval could not decide."""
    values = [row.score.values.get(key, np.nan) if row.score.status == "scored" else 0.0 for row in rows]
    held = np.array(values, dtype=np.float64)
    if np.isnan(held).any() and not undecided:
        _lacking(next(row for row, value in zip(rows, held, strict=True) if np.isnan(value)), key)
    return {"value": held}


def _distance_columns(rows: Sequence[Row], key: str) -> Columns:
    """`value`: (n,) float64, NaN for rows that are not scored: no report is at no distance."""
    columns = _columns(rows, key, undecided=False)
    read = np.array([row.score.status == "scored" for row in rows], dtype=bool)
    return {"value": np.where(read, columns["value"], np.nan)}


def _lacking(row: Row, key: str) -> None:
    raise DataError(f"sample {row.sample.id} has no {key!r}: compute it with --report-metrics first")


def _label_columns(rows: Sequence[Row]) -> Columns:
    """`gold`, `said`: (n, 14) zeros and ones; a report that cannot be read says nothing."""
    bits = np.zeros((2, len(rows)), dtype=np.int64)
    for i, row in enumerate(rows):
        values = row.score.values
        if "f1chexbert_reference" not in values:
            if row.score.status == "scored" and not any(key.startswith("f1chexbert") for key in values):
                _lacking(row, "f1chexbert_reference")
            continue
        bits[0, i] = int(values["f1chexbert_reference"])
        bits[1, i] = int(values.get("f1chexbert_report", 0))
    labels = (bits[:, :, None] >> np.arange(CONDITIONS)) & 1
    return {"gold": labels[0].astype(np.float64), "said": labels[1].astype(np.float64)}


def _label_sums(columns: Columns, conditions: Sequence[int]) -> FloatArray:
    """(n, 3 k): found, there, said."""
    gold, said = columns["gold"][:, conditions], columns["said"][:, conditions]
    return np.concatenate([gold * said, gold, said], axis=1)


def _f1(sums: FloatArray, average: str) -> FloatArray:
    found, there, said = np.split(sums, 3, axis=1)
    if average == "micro":
        found, there, said = (part.sum(axis=1, keepdims=True) for part in (found, there, said))
    each = np.divide(2 * found, there + said, out=np.zeros_like(found), where=there + said > 0)
    weight = there if average == "weighted" else np.ones_like(each)
    total = weight.sum(axis=1)
    value: FloatArray = np.divide(
        (each * weight).sum(axis=1), total, out=np.zeros(len(sums)), where=total > 0
    )
    return value


def _mean(key: str, definition: str, *, undecided: bool = False, **rest: Any) -> Metric:
    fields = {"details": _ZERO, **rest}
    columns: Callable[[Sequence[Row]], Columns] = partial(_columns, key=key, undecided=undecided)
    if key == "radcliq_v1":
        columns = partial(_distance_columns, key=key)
    return Metric(
        name=key,
        kinds=frozenset({"report"}),
        columns=columns,
        sums=mean_sums,
        finish=mean,
        definition=definition,
        source=_RADEVAL,
        checked=_CHECKED,
        **fields,
    )


def _chexbert(average: str, of: str, conditions: Sequence[int]) -> Metric:
    return Metric(
        name=f"f1chexbert_{of}_{average}_f1",
        kinds=frozenset({"report"}),
        columns=_label_columns,
        sums=partial(_label_sums, conditions=tuple(conditions)),
        finish=partial(_f1, average=average),
        bounded=False,
        definition=f"{average} F1 of CheXbert's labels over {len(conditions)} conditions; positive and "
        "uncertain are present, blank and negative are not",
        source=f"Smit et al., CheXbert, EMNLP 2020; labels by {_RADEVAL}",
        details="The labels of each report are stored: the F1 of any slice or draw follows from their sums. "
        "A condition that is neither there nor said has F1 0. A report that cannot be read says nothing.",
        checked="scikit-learn's classification_report on random labels",
    )


_JUDGED = "Of reports that the judge could decide; one that cannot be read has 0."
_ALL: tuple[Metric, ...] = (
    _mean("radgraph_simple", "mean F1 of RadGraph-XL entities and their labels"),
    _mean("radgraph_partial", "mean F1 of RadGraph-XL entities, labels and whether they have a relation"),
    _mean("radgraph_complete", "mean F1 of RadGraph-XL entities, labels and their relations"),
    _mean("radgraph_radcliq", "mean of entity and relation F1 by the first RadGraph, as RadCliQ has it"),
    _mean(
        "radcliq_v1",
        "mean RadCliQ-v1 of the reports that were read, a distance: lower is better, below 0 is possible",
        low=float("-inf"),
        high=float("inf"),
        higher_is_better=False,
        bounded=False,
        details="The raw values of the reports; RadEval prints 1 over their mean. Yu et al., Patterns 2023.",
    ),
    _mean("f1chexbert_sample_acc_5", "mean share of five CheXbert labels that are as in the reference"),
    _mean("f1chexbert_sample_acc_all", "mean share of 14 CheXbert labels that are as in the reference"),
    *(
        _chexbert(average, of, conditions)
        for of, conditions in (("5", FIVE), ("all", range(CONDITIONS)))
        for average in ("micro", "macro", "weighted")
    ),
    _mean("f1radbert_ct_sample_acc", "mean share of 18 RadBERT-CT labels that are as in the reference"),
    _mean("ratescore", "mean RaTEScore: F1 of entities matched by meaning (Zhao et al., EMNLP 2024)"),
    _mean(
        "green",
        "mean GREEN: matched findings over those and clinically significant errors (Ostmeier et al., 2024)",
        undecided=True,
        details=f"By a 7B judge. {_JUDGED}",
    ),
    _mean(
        "crimson",
        "mean CRIMSON: weighted false, missing and misdescribed findings; 0 is a normal template's",
        undecided=True,
        low=-1.0,
        details=f"By a local judge; RadEval's default. {_JUDGED}",
    ),
    _mean("srrbert_weighted_f1", "mean over reports of SRR-BERT's F1 of structured labels"),
    _mean("srrbert_weighted_precision", "mean over reports of SRR-BERT's precision of structured labels"),
    _mean("srrbert_weighted_recall", "mean over reports of SRR-BERT's recall of structured labels"),
    _mean("temporal_f1", "mean F1 of words of change over time"),
    _mean("bertscore", "mean BERTScore F1, distilbert-base-uncased, layer 5", low=-1.0),
    _mean("radeval_bertscore", "mean BERTScore F1, RadEval's ModernBERT", low=-1.0),
    _mean("radeval_bleu", "mean of RadEval's BLEU-4 of each report, no corpus BLEU"),
    _mean("radeval_rouge1", "mean of RadEval's ROUGE-1"),
    _mean("radeval_rouge2", "mean of RadEval's ROUGE-2"),
    _mean("radeval_rougeL", "mean of RadEval's ROUGE-L"),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of reports by name."""
