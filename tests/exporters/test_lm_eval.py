"""Results in lm-eval's shape say what the estimates say, to the last bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medassay.workflows.exporting import export


def _read(made: Any, place: Path, **answers: Any) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    run = made("org/one", **answers)
    results, samples = export([run], to="lm-eval", out=place).files
    lines = samples.read_text("utf-8").splitlines()
    return run, json.loads(results.read_text("utf-8")), [json.loads(line) for line in lines]


def test_every_estimate_stands_under_its_task_in_full(made: Any, tmp_path: Path) -> None:
    run, held, _ = _read(made, tmp_path)
    for e in run.estimates:
        task = "made-up" if e.slice == "all" else f"made-up:{e.slice}"
        assert held["results"][task][f"{e.metric},none"] == e.value
        assert held["results"][task][f"{e.metric}_stderr,none"] == ("N/A" if e.se is None else e.se)
        assert held["higher_is_better"][task][e.metric] is True
        full = held["medassay"]["estimates"][task][e.metric]
        assert (full["n"], full["n_clusters"], full["counts"]) == (e.n, e.n_clusters, dict(e.counts))
        assert (full.get("low"), full.get("high")) == (e.low, e.high)
        assert full["protocol"] == run.manifest["protocol"]["id"]
    assert (
        len({(e.metric, e.slice) for e in run.estimates})
        == len(run.estimates)
        == sum(len(metrics) for metrics in held["medassay"]["estimates"].values())
    )


def test_it_has_the_keys_that_readers_of_lm_eval_look_up(made: Any, tmp_path: Path) -> None:
    run, held, samples = _read(made, tmp_path)
    assert held["n-samples"]["made-up"] == {"original": 60, "effective": 60}
    assert set(held["results"]) == set(held["configs"]) == set(held["versions"]) == set(held["n-shot"])
    assert set(held["group_subtasks"]["made-up"]) == set(held["results"]) - {"made-up"}
    for task, numbers in held["results"].items():  # as lm-eval prints its table
        metrics = {k for k in numbers if k not in {"alias", "sample_len"}}
        assert {m.partition(",")[2] for m in metrics} == {"none"}, task
    name = next(tmp_path.glob("org__one/samples_*.jsonl")).name
    assert name[name.find("_") + 1 : name.rfind("_")] == "made-up"  # lm-eval's get_file_task_name
    first = samples[1]
    assert {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "doc_hash"} <= set(first)
    assert (first["resps"], first["filtered_resps"], first["target"]) == ([["No."]], ["no"], "yes")
    assert sum(s["accuracy"] for s in samples) / 60 == pytest.approx(run.estimates[0].value)


def test_a_row_without_an_answer_has_no_number(made: Any, tmp_path: Path) -> None:
    _, held, samples = _read(made, tmp_path, missing=2)
    failed = [s for s in samples if s["medassay"]["status"] == "failed"]
    assert len(failed) == 2
    assert all(s["metrics"] == [] and "accuracy" not in s for s in failed)
    assert held["medassay"]["status"] == "incomplete"
    assert held["medassay"]["estimates"]["made-up"]["accuracy"]["counts"]["failed"] == 2
