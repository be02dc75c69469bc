"""The record of a run: who ran what, and every estimate with its doubt."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from medassay.exporters.every_eval_ever.words import SCHEMA_VERSION, model_id, strings
from medassay.exporters.exported import LEVEL, Exported, facts, hub_repository, label
from medassay.reporting.manifest import branch, date
from medassay.reporting.words import metric_name
from medassay.types import Estimate, Metric

UNKNOWN = "unknown"


def record(exported: Exported, moment: datetime) -> dict[str, Any]:
    """The record of a run. An undefined value (NaN) has no place in the schema and is left out."""
    environment = branch(exported.manifest, "environment")
    stamp = str(int(moment.timestamp()))
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{exported.name}/{model_id(exported)}/{stamp}",
        "evaluation_timestamp": date(exported.record),
        "retrieved_timestamp": stamp,
        "source_metadata": {
            "source_name": "medassay",
            "source_type": "evaluation_run",
            "source_organization_name": UNKNOWN,
            "evaluator_relationship": "other",
        },
        "eval_library": {
            "name": "medassay",
            "version": str(environment.get("medassay") or UNKNOWN),
            "additional_details": strings(
                {
                    "run": exported.id,
                    "status": exported.manifest["status"],
                    "protocol": branch(exported.manifest, "protocol"),
                }
            ),
        },
        "model_info": _model(exported),
        "evaluation_results": [
            _result(exported, estimate) for estimate in exported.estimates() if not math.isnan(estimate.value)
        ],
    }


def _result(exported: Exported, estimate: Estimate) -> dict[str, Any]:
    metric = exported.metric(estimate.metric)
    return {
        "evaluation_result_id": f"{exported.name}/{label(estimate)}",
        "evaluation_name": exported.name
        if estimate.slice == "all"
        else f"{exported.name} ({estimate.slice})",
        "source_data": _source(exported),
        "evaluation_timestamp": date(exported.record),
        "metric_config": {
            "evaluation_description": metric.definition or metric_name(estimate.metric),
            "metric_id": estimate.metric,
            "metric_name": metric_name(estimate.metric),
            "lower_is_better": not metric.higher_is_better,
            "score_type": "continuous",
            **_range(metric),
        },
        "score_details": {
            "score": estimate.value,
            "details": strings(facts(exported, estimate)),
            "uncertainty": _uncertainty(estimate),
        },
        "generation_config": {"additional_details": strings(dict(exported.part("decoding")))},
    }


def _range(metric: Metric) -> dict[str, Any]:
    """The range of a metric, in the words that the schema has for what is unbounded."""
    bounds = {"min_score": metric.low, "max_score": metric.high}
    held = {
        name: value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
        for name, value in bounds.items()
    }
    return {**held, **({"metric_unit": "proportion"} if (metric.low, metric.high) == (0.0, 1.0) else {})}


def _uncertainty(estimate: Estimate) -> dict[str, Any]:
    held: dict[str, Any] = {"num_samples": estimate.n}
    if estimate.se is not None and math.isfinite(estimate.se):
        held["standard_error"] = {"value": estimate.se, "method": "over clusters"}
    if estimate.low is not None and estimate.high is not None:
        held["confidence_interval"] = {
            "lower": estimate.low,
            "upper": estimate.high,
            "confidence_level": LEVEL,
            "method": estimate.method,
        }
    return held


def _source(exported: Exported) -> dict[str, Any]:
    card, part = exported.record.benchmark, exported.part("benchmark")
    told = {
        "additional_details": strings(
            {k: part.get(k) for k in ("variant", "split", "revision", "data_sha256")}
        )
    }
    repository = hub_repository(card.source)
    if repository:
        return {
            "dataset_name": card.title,
            "source_type": "hf_dataset",
            "hf_repo": repository,
            "hf_split": str(part.get("split")),
            "samples_number": exported.manifest["n"],
            **told,
        }
    if card.source.startswith(("http://", "https://")):
        return {"dataset_name": card.title, "source_type": "url", "url": [card.source], **told}
    return {"dataset_name": card.title, "source_type": "other", **told}


def _model(exported: Exported) -> dict[str, Any]:
    held = branch(exported.manifest, "model")
    identity = branch(held, "identity")
    developer = exported.repository.partition("/")[0]
    return {
        "name": exported.model,
        "id": model_id(exported),
        **({"developer": developer} if developer else {}),
        "additional_details": {
            "deployment_type": UNKNOWN,
            "model_availability": "open_weights" if exported.repository else UNKNOWN,
            **strings({"fingerprint": held.get("fingerprint"), "identity": dict(identity)}),
        },
    }
