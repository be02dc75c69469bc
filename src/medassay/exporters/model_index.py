"""The `model-index` of a model card on the Hugging Face Hub: the YAML block that opens a README.

Written through `huggingface_hub`'s own `EvalResult` and `ModelCardData`, so that the hub reads what we wrote.
Slices by tag stay out: a card has the headline and what each measure says on all its rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from medassay.errors import UsageError
from medassay.exporters.exported import Exported, facts, hub_repository, label
from medassay.reporting.words import metric_name
from medassay.types import Estimate, Kind

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

_TASKS: tuple[tuple[frozenset[Kind], str], ...] = (  # the first that holds all kinds of a benchmark
    (frozenset({"label", "multilabel"}), "image-classification"),
    (frozenset({"box"}), "object-detection"),
    (frozenset({"report"}), "image-to-text"),
)
_OTHERWISE = "visual-question-answering"


def text(exports: Sequence[Exported]) -> str:
    """The block between two lines of dashes, for the top of a model's README.

    Raises:
        UsageError: the runs are of more than one model; a card is of one.
    """
    from huggingface_hub import ModelCardData

    names = sorted({exported.model for exported in exports})
    if len(names) > 1:
        raise UsageError(f"a model card is of one model, and the runs are of {', '.join(names)}")
    results = [result for exported in exports for result in _results(exported)]
    card = ModelCardData(model_name=names[0], eval_results=results)
    return f"---\n{card.to_yaml()}\n---\n"


def _results(exported: Exported) -> list[EvalResult]:
    defined = (e for e in exported.wholes() if not math.isnan(e.value))
    return [_result(exported, estimate) for estimate in defined]


def _result(exported: Exported, estimate: Estimate) -> EvalResult:
    from huggingface_hub import EvalResult

    card, part = exported.record.benchmark, exported.part("benchmark")
    return EvalResult(
        task_type=_task(frozenset(card.kinds)),
        task_name=card.task,
        dataset_type=hub_repository(card.source) or card.name,
        dataset_name=card.title,
        dataset_config=part.get("variant"),
        dataset_split=part.get("split"),
        dataset_revision=part.get("revision"),
        metric_type=estimate.metric,
        metric_name=label(estimate).replace(estimate.metric, metric_name(estimate.metric), 1),
        metric_value=estimate.value,
        metric_args={**facts(exported, estimate), "run": exported.id, "status": exported.manifest["status"]},
    )


def _task(kinds: frozenset[Kind]) -> str:
    return next((task for held, task in _TASKS if kinds and kinds <= held), _OTHERWISE)
