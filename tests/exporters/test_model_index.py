"""The block is what the hub's own library reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard, metadata_load

from medassay.errors import UsageError
from medassay.workflows.exporting import export


def test_the_hub_reads_back_every_number(made: Any, tmp_path: Path) -> None:
    run = made("org/one")
    text = export([run], to="model-index").text
    path = tmp_path / "README.md"
    path.write_text(text + "# A model\n", "utf-8")
    assert (metadata_load(path) or {})["model-index"][0]["name"] == "org/one"
    card: Any = ModelCard(path.read_text("utf-8"))
    results = {r.metric_name: r for r in card.data.eval_results}
    assert set(results) == {"accuracy", "token F1 (kind=open)"}  # no slices by tag
    result, estimate = results["accuracy"], run.estimates[0]
    assert (result.metric_value, result.metric_type) == (estimate.value, "accuracy")
    assert result.dataset_type == "someone/made-up"
    assert result.dataset_revision is None  # the files were the user's own
    assert result.task_type == "visual-question-answering"
    assert result.metric_args["low"] == estimate.low
    assert result.metric_args["n_clusters"] == estimate.n_clusters == 30
    assert result.metric_args["counts"] == dict(estimate.counts)
    assert result.metric_args["protocol"] == run.manifest["protocol"]["id"]


def test_a_card_is_of_one_model(made: Any) -> None:
    with pytest.raises(UsageError, match="one model"):
        export([made("one"), made("two")], to="model-index")
