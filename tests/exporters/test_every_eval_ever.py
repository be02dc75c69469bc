"""Records hold against the schema's own files, and say what the estimates say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from medassay.workflows.exporting import export

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema absent")


def _schema(fixtures: Path, name: str) -> Any:
    held = json.loads((fixtures / "every_eval_ever" / f"{name}.schema.json").read_text("utf-8"))
    kind = jsonschema.validators.validator_for(held)
    kind.check_schema(held)
    return kind(held)


@pytest.mark.parametrize("missing", [0, 2])
def test_record_and_lines_fit_the_schemas(made: Any, tmp_path: Path, fixtures: Path, missing: int) -> None:
    run = made("one", missing=missing)
    path, lines = export([run], to="every-eval-ever", out=tmp_path).files
    record = json.loads(path.read_text("utf-8"))
    samples = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    _schema(fixtures, "eval").validate(record)
    check = _schema(fixtures, "instance_level_eval")
    for sample in samples:
        check.validate(sample)
    detail = record["detailed_evaluation_results"]
    assert detail["file_path"] == lines.relative_to(tmp_path).as_posix()
    assert detail["checksum"] == hashlib.sha256(lines.read_bytes()).hexdigest()
    assert detail["total_rows"] == len(samples) == 60 - missing
    assert {s["evaluation_id"] for s in samples} == {record["evaluation_id"]}
    assert {s["model_id"] for s in samples} == {record["model_info"]["id"]}
    ids = {r["evaluation_result_id"] for r in record["evaluation_results"]}
    assert {s["evaluation_result_id"] for s in samples} <= ids


def test_the_schema_refuses_what_lacks_a_field(made: Any, tmp_path: Path, fixtures: Path) -> None:
    record = json.loads(export([made("one")], to="every-eval-ever", out=tmp_path).files[0].read_text("utf-8"))
    del record["evaluation_results"][0]["score_details"]["score"]
    assert not _schema(fixtures, "eval").is_valid(record)


def test_numbers_are_the_estimates_in_full(made: Any, tmp_path: Path) -> None:
    run = made("one")
    record = json.loads(export([run], to="every-eval-ever", out=tmp_path).files[0].read_text("utf-8"))
    held = {r["evaluation_result_id"].removeprefix("made-up/"): r for r in record["evaluation_results"]}
    assert len(held) == len(run.estimates)
    for e in run.estimates:
        result = held[e.metric if e.slice == "all" else f"{e.metric} ({e.slice})"]
        details, doubt = result["score_details"], result["score_details"]["uncertainty"]
        assert details["score"] == e.value
        assert doubt["num_samples"] == e.n
        assert doubt.get("standard_error", {}).get("value") == e.se
        assert doubt.get("confidence_interval", {}).get("lower") == e.low
        assert doubt.get("confidence_interval", {}).get("upper") == e.high
        assert json.loads(details["details"]["n_clusters"]) == e.n_clusters
        assert json.loads(details["details"]["counts"]) == dict(e.counts)
        assert details["details"]["protocol"] == run.manifest["protocol"]["id"]
        assert result["metric_config"]["lower_is_better"] is False


def test_the_same_run_gives_the_same_file(made: Any, tmp_path: Path) -> None:
    first = export([made("one")], to="every-eval-ever", out=tmp_path).files
    assert export([made("one")], to="every-eval-ever", out=tmp_path).files == first
