"""Logs are read back by inspect_ai itself and say what the estimates say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from medassay.workflows.exporting import export

pytest.importorskip("inspect_ai", reason="inspect_ai absent")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of inspect_ai's own packages


def _log(made: Any, place: Path, *, with_images: bool = False, **answers: Any) -> tuple[Any, Any]:
    from inspect_ai.log import read_eval_log

    run = made("org/one", **answers)
    (path,) = export([run], to="inspect", out=place, with_images=with_images).files
    return run, read_eval_log(str(path))


def test_metrics_are_the_estimates_in_full(made: Any, tmp_path: Path) -> None:
    run, log = _log(made, tmp_path)
    (score,) = log.results.scores
    for e in run.estimates:
        metric = score.metrics[e.metric if e.slice == "all" else f"{e.metric} ({e.slice})"]
        told = metric.metadata
        assert metric.value == e.value
        assert (told["n"], told["n_clusters"], told["counts"]) == (e.n, e.n_clusters, dict(e.counts))
        assert (told.get("se"), told.get("low"), told.get("high")) == (e.se, e.low, e.high)
    head = run.estimates[0]
    assert list(score.metrics)[:4] == ["accuracy", "stderr", "ci_lower", "ci_upper"]
    assert [score.metrics[k].value for k in ("stderr", "ci_lower", "ci_upper")] == [
        head.se,
        head.low,
        head.high,
    ]
    assert (log.status, log.eval.task, log.eval.task_version) == ("success", "medassay/made-up", 3)
    assert log.eval.metadata["protocol"]["id"] == run.manifest["protocol"]["id"]


def test_samples_have_question_answer_and_judgement(made: Any, tmp_path: Path) -> None:
    _, log = _log(made, tmp_path)
    samples = {s.id: s for s in log.samples}
    assert len(samples) == 60
    first, unparsed, refused = (samples[f"made-up-{n}"] for n in (1, 57, 58))
    assert first.scores["accuracy"].value == 0.0
    assert first.scores["accuracy"].answer == "no"
    assert (first.target, first.output.completion) == (["yes"], "No.")
    assert "more_{1} | shown?" in first.input[0].text
    assert first.scores["accuracy"].metadata["rule"]
    assert (unparsed.scores["accuracy"].value, unparsed.metadata["status"]) == ("N", "unparsed")
    assert (refused.scores["accuracy"].value, refused.metadata["status"]) == ("N", "refused")


def test_what_failed_is_an_error_and_no_zero(made: Any, tmp_path: Path) -> None:
    _, log = _log(made, tmp_path, missing=2)
    failed = [s for s in log.samples if s.error is not None]
    assert [s.id for s in failed] == ["made-up-0", "made-up-1"]
    assert all(not s.scores for s in failed)
    assert (log.status, log.results.completed_samples) == ("error", 58)
    (score,) = log.results.scores
    assert (score.scored_samples, score.unscored_samples) == (58, 2)


def test_images_go_in_only_when_asked(made: Any, tmp_path: Path) -> None:
    def kinds(log: Any) -> list[str]:
        return [part.type for part in log.samples[0].input[0].content]

    assert kinds(_log(made, tmp_path / "without")[1]) == ["text", "text"]
    assert kinds(_log(made, tmp_path / "with", with_images=True)[1]) == ["image", "text"]
