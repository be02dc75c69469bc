"""Results in the files of EleutherAI's lm-evaluation-harness: one results JSON, samples JSONL beside it.

The shape is that of lm-eval 0.4.13 (`loggers/evaluation_tracker.py`, `evaluator_utils.py`): a key of
`results` is a task, a key within it is `METRIC,FILTER`, its standard error `METRIC_stderr,FILTER`. A slice
stands as a task of its own below the benchmark's (`group_subtasks`). What that shape has no place for
(clusters, intervals, counts, protocol) stands under `medassay`, by task and metric.
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

from medassay.exporters.exported import Exported, facts, gold_of, judgement, question_of, text_of
from medassay.reporting.files import write_text, write_whole
from medassay.reporting.manifest import branch, date
from medassay.types import Estimate, Row

FILTER = "none"
_UNSAFE = re.compile(r"[\"<>:/|\\?*\[\]]+")  # what lm-eval replaces in the name of a model's folder


def write(exported: Exported, folder: Path) -> list[Path]:
    """Write `FOLDER/MODEL/results_DATE.json`, and `samples_TASK_DATE.jsonl` where rows may leave.

    Raises:
        StoreError: a file cannot be written.
    """
    place = folder / _UNSAFE.sub("__", exported.model)
    stamp = f"{date(exported.record)[:19].replace(':', '-')}-{exported.id[:8]}"
    text = json.dumps(results(exported), indent=2, ensure_ascii=False)
    written = [write_text(place / f"results_{stamp}.json", text + "\n")]
    if exported.rows is not None:
        name = f"samples_{_UNSAFE.sub('__', exported.name)}_{stamp}.jsonl"
        written.append(write_whole(place / name, lambda draft: _write_lines(draft, samples(exported))))
    return written


def results(exported: Exported) -> dict[str, Any]:
    """The results file. An undefined value (NaN) is "N/A", as lm-eval writes what it cannot compute."""
    tasks = _by_task(exported)
    card, protocol = exported.record.benchmark, branch(exported.manifest, "protocol")
    identity = branch(exported.manifest, "model")
    whole = exported.manifest["n"]
    return {
        "results": {task: _numbers(task, held) for task, held in tasks.items()},
        "group_subtasks": {exported.name: [task for task in tasks if task != exported.name]},
        "configs": {task: _config(exported, task) for task in tasks},
        "versions": dict.fromkeys(tasks, card.version),
        "n-shot": dict.fromkeys(tasks, 0),
        "higher_is_better": {
            task: {e.metric: exported.metric(e.metric).higher_is_better for e in held}
            for task, held in tasks.items()
        },
        "n-samples": {
            task: {
                "original": exported.manifest.get("n_stated") or whole
                if task == exported.name
                else _rows(held),
                "effective": _rows(held),
            }
            for task, held in tasks.items()
        },
        "config": {
            "model": str(branch(identity, "identity").get("loader") or "medassay"),
            "model_args": f"pretrained={exported.repository or exported.model}",
            "limit": exported.part("selection").get("limit"),
            "gen_kwargs": dict(exported.part("decoding")),
            "random_seed": exported.manifest.get("seed"),
        },
        "model_source": "medassay",
        "model_name": exported.model,
        "model_name_sanitized": _UNSAFE.sub("__", exported.model),
        "git_hash": None,
        "date": datetime.fromisoformat(date(exported.record)).timestamp(),
        "medassay": {
            "run": exported.id,
            "status": exported.manifest["status"],
            "protocol": dict(protocol),
            "model": {key: identity.get(key) for key in ("name", "word", "fingerprint")},
            "environment": dict(branch(exported.manifest, "environment")),
            "estimates": {task: {e.metric: _full(exported, e) for e in held} for task, held in tasks.items()},
        },
    }


def samples(exported: Exported) -> Iterator[dict[str, Any]]:
    """The lines of the samples file. `doc_id` counts the rows from 0; the sample's own id is in `doc`.

    Unparsed and refused rows have the primary value 0 where the metric is better when it is higher; a row
    that failed has no metric.
    """
    primary = exported.record.benchmark.primary
    for number, row in enumerate(exported.rows() if exported.rows else ()):
        prompt = "\n".join(text_of(message.parts) for message in exported.messages(row.sample))
        doc = _doc(row)
        worth = exported.worth(row)
        values = dict(row.score.values) or ({} if worth is None else {primary: worth})
        target = " | ".join(gold_of(row.sample))
        yield {
            "doc_id": number,
            "doc": doc,
            "target": target,
            "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": dict(exported.part("decoding"))}},
            "resps": [[row.response.text]],
            "filtered_resps": [row.score.answer if row.score.answer is not None else ""],
            "filter": FILTER,
            "metrics": list(values),
            "doc_hash": _hash(json.dumps(doc, indent=2, ensure_ascii=False)),
            "prompt_hash": _hash(prompt),
            "target_hash": _hash(target),
            **values,
            "medassay": {**judgement(row), "error": row.response.error},
        }


def _by_task(exported: Exported) -> dict[str, list[Estimate]]:
    """The estimates by task: the benchmark, then each slice. The benchmark is there even without a whole."""
    tasks: dict[str, list[Estimate]] = {exported.name: []}
    for estimate in exported.estimates():
        name = exported.name if estimate.slice == "all" else f"{exported.name}:{estimate.slice}"
        tasks.setdefault(name, []).append(estimate)
    return {name: held for name, held in tasks.items() if held}


def _numbers(task: str, estimates: list[Estimate]) -> dict[str, Any]:
    held: dict[str, Any] = {"alias": task, "sample_len": _rows(estimates)}
    for estimate in estimates:
        held[f"{estimate.metric},{FILTER}"] = _known(estimate.value)
        held[f"{estimate.metric}_stderr,{FILTER}"] = _known(estimate.se)
    return held


def _known(value: float | None) -> float | str:
    return "N/A" if value is None or math.isnan(value) else value


def _full(exported: Exported, estimate: Estimate) -> dict[str, Any]:
    value = None if math.isnan(estimate.value) else estimate.value
    return {"value": value, **facts(exported, estimate)}


def _rows(estimates: list[Estimate]) -> int:
    return max(estimate.n for estimate in estimates)


def _config(exported: Exported, task: str) -> Mapping[str, Any]:
    card, part = exported.record.benchmark, exported.part("benchmark")
    return {
        "task": task,
        "task_alias": task,
        "tag": [card.name],
        "dataset_path": card.source,
        "dataset_name": part.get("variant"),
        "test_split": part.get("split"),
        "output_type": "generate_until",
        "num_fewshot": 0,
        "metric_list": [{"metric": card.primary}],
        "metadata": {"version": card.version, "data_sha256": part.get("data_sha256")},
    }


def _doc(row: Row) -> dict[str, Any]:
    sample = row.sample
    return {
        "id": sample.id,
        "kind": sample.kind,
        "question": question_of(sample),
        "choices": [choice.label for choice in sample.choices],
        "images": [image.digest for image in sample.images],
        "cluster": sample.cluster,
        "tags": dict(sample.tags),
    }


def _write_lines(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
