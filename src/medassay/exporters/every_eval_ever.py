"""A run as a record of Every Eval Ever, the shared schema of the EvalEval coalition (arXiv 2606.14516).

Schema 0.3.0: `eval.schema.json` for the record, `instance_level_eval.schema.json` for the lines beside it, in
the folders that the data store asks for: `data/BENCHMARK/DEVELOPER/MODEL/UUID.json`. Who made the run is not
in a run's folder: the organisation is "unknown" and the relationship "other" until somebody fills them in.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from medassay.exporters.exported import (
    LEVEL,
    Exported,
    facts,
    gold_of,
    hub_repository,
    judgement,
    label,
    question_of,
    text_of,
)
from medassay.reporting.files import write_text, write_whole
from medassay.reporting.manifest import branch, date
from medassay.reporting.record import is_wrong
from medassay.reporting.words import metric_name
from medassay.types import Estimate, Metric, Row

SCHEMA_VERSION = "0.3.0"
UNKNOWN = "unknown"
_UNSAFE = re.compile(r"[^\w.+-]+")


def write(exported: Exported, folder: Path, *, moment: datetime) -> list[Path]:
    """Write the record, and its lines where rows may leave; the same run gives the same names.

    Args:
        exported: the run.
        folder: what is to hold `data/`.
        moment: when the record is made.

    Raises:
        StoreError: a file cannot be written.
    """
    uuid = UUID(hex=exported.id[:32], version=4)
    developer, _, name = exported.repository.rpartition("/")
    parts = (exported.name, developer or UNKNOWN, name or exported.model)
    place = "/".join(["data", *(_UNSAFE.sub("-", part) for part in parts)])
    path, detail = f"{place}/{uuid}.json", f"{place}/{uuid}_samples.jsonl"
    written: list[Path] = []
    held = record(exported, moment)
    if exported.rows is not None:
        state, count = hashlib.sha256(), 0

        def put(draft: Path) -> None:
            nonlocal count
            with draft.open("wb") as file:
                for line in instances(exported, str(held["evaluation_id"])):
                    content = (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace")
                    state.update(content)
                    count += file.write(content) > 0

        written.append(write_whole(folder / detail, put))
        held["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": detail,
            "hash_algorithm": "sha256",
            "checksum": state.hexdigest(),
            "total_rows": count,
        }
    text = json.dumps(held, indent=2, ensure_ascii=False)
    return [write_text(folder / path, text + "\n"), *written]


def record(exported: Exported, moment: datetime) -> dict[str, Any]:
    """The record of a run. An undefined value (NaN) has no place in the schema and is left out."""
    environment = branch(exported.manifest, "environment")
    stamp = str(int(moment.timestamp()))
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{exported.name}/{_model_id(exported)}/{stamp}",
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
            "additional_details": _strings(
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


def instances(exported: Exported, evaluation: str) -> Iterator[dict[str, Any]]:
    """One line a row; unparsed and refused answers are wrong.

    Rows without a number are left out, since the schema demands one: those that failed, and unread
    measurements, whose error has no size.
    """
    for row in exported.rows() if exported.rows else ():
        worth = exported.worth(row)
        if worth is not None:
            yield _instance(exported, row, evaluation, worth)


def _instance(exported: Exported, row: Row, evaluation: str, worth: float) -> dict[str, Any]:
    sample, response, score = row.sample, row.response, row.score
    gold = gold_of(sample)
    raw = question_of(sample)
    usage = response.usage
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": evaluation,
        "model_id": _model_id(exported),
        "evaluation_name": exported.name,
        "evaluation_result_id": f"{exported.name}/{exported.record.benchmark.primary}",
        "sample_id": sample.id,
        "sample_hash": hashlib.sha256((raw + "".join(gold)).encode("utf-8", "replace")).hexdigest(),
        "interaction_type": "single_turn",
        "input": {
            "raw": raw,
            "formatted": "\n".join(text_of(message.parts) for message in exported.messages(sample)),
            "reference": gold,
            "choices": [choice.label for choice in sample.choices] or None,
        },
        "output": {
            "raw": [response.text],
            "reasoning_trace": [response.thinking] if response.thinking else None,
        },
        "messages": None,
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": score.answer or "",
                "extraction_method": score.rule or score.status,
                "is_terminal": True,
            }
        ],
        "evaluation": {
            "score": worth,
            "is_correct": score.status == "scored" and not is_wrong(row),
        },
        "token_usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
        },
        "performance": {"latency_ms": 1000 * response.seconds},
        "error": score.status if score.status != "scored" else None,
        "metadata": _strings(judgement(row)),
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
            "details": _strings(facts(exported, estimate)),
            "uncertainty": _uncertainty(estimate),
        },
        "generation_config": {"additional_details": _strings(dict(exported.part("decoding")))},
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
        "additional_details": _strings(
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
        "id": _model_id(exported),
        **({"developer": developer} if developer else {}),
        "additional_details": {
            "deployment_type": UNKNOWN,
            "model_availability": "open_weights" if exported.repository else UNKNOWN,
            **_strings({"fingerprint": held.get("fingerprint"), "identity": dict(identity)}),
        },
    }


def _model_id(exported: Exported) -> str:
    return exported.repository or exported.model


def _strings(held: Mapping[str, Any]) -> dict[str, str]:
    """The values as strings: texts as they are, all else as JSON, in which floats keep every digit."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in held.items()
        if value is not None
    }
