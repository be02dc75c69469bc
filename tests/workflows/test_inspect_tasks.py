"""inspect_ai asks in our words and judges as `medassay score` does, row by row."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.benchmarks import BENCHMARKS
from medassay.errors import NotPermitted
from medassay.statistics.clusters import clustered_error
from medassay.workflows.scoring import score

pytest.importorskip("inspect_ai", reason="inspect_ai absent")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of inspect_ai's own packages

# In a process of its own: inspect_ai leaves streams open, and whichever test runs next would fail for them.
_EVALUATE = """
import json, sys
from inspect_ai import eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from medassay.workflows import inspect_tasks

answers = {line["id"]: line["response"] for line in map(json.loads, open(sys.argv[1], encoding="utf-8"))}
held = inspect_tasks.load(inspect_tasks.Wanted(benchmark="vqa-rad@mevf", data=sys.argv[2], limit=60))
asked = {(held.request(s).text, inspect_tasks._data_uri(s.images[0])): i for i, s in held.samples.items()}

def reply(messages, *_):
    image, words = messages[-1].content
    output = ModelOutput.from_content("mockllm/model", answers[asked[words.text, image.image]])
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output

task = inspect_tasks.task_of("vqa-rad")(data=sys.argv[2], variant="mevf", limit=60)
model = get_model("mockllm/model", custom_outputs=reply)
eval(task, model=model, log_dir=sys.argv[3], display="none", log_images=False)
"""


def _answers(data: Path) -> dict[str, str]:
    """Right, wrong, wordy, refused and empty answers by question id, as they fall."""
    said = (
        "{}",
        "The answer is {}.",
        "no",
        "I'm sorry, I can't help with medical images.",
        "",
        "maybe {} or no",
    )
    rows = json.loads((data / "testset.json").read_text("utf-8"))
    return {f"vqa-rad-mevf-{r['qid']}": said[i % len(said)].format(r["answer"]) for i, r in enumerate(rows)}


def _evaluated(answers: Path, data: Path, logs: Path) -> Any:
    """What inspect makes of VQA-RAD when its model gives these answers, by what it is asked and shown."""
    from inspect_ai.log import read_eval_log

    command = [sys.executable, "-W", "ignore", "-c", _EVALUATE, str(answers), str(data), str(logs)]
    subprocess.run(command, check=True, timeout=200, capture_output=True)
    (path,) = logs.glob("*.eval")
    return read_eval_log(str(path))


def test_scores_equal_those_of_medassay_row_by_row(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data / "vqa_rad"
    answers = _answers(data)
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "response": r}) for i, r in answers.items()), "utf-8")
    log = _evaluated(path, data, tmp_path / "logs")
    assert log.status == "success", log.error
    ours = {
        row.sample.id: row
        for row in score(benchmark="vqa-rad@mevf", data=data, predictions=path, out=tmp_path / "run").rows()
    }
    statuses = set()
    for sample in log.samples:
        row, theirs = ours[sample.id], sample.scores["judged"]
        statuses.add(row.score.status)
        assert theirs.metadata["status"] == row.score.status
        assert (theirs.answer, theirs.metadata["rule"]) == (row.score.answer, row.score.rule)
        expected = row.score.values["accuracy"] if row.score.status == "scored" else "N"
        assert theirs.value == expected
        assert sample.metadata["cluster"] == row.sample.cluster
    assert len(log.samples) == 60
    assert {"scored", "refused", "unparsed"} <= statuses
    metrics = log.results.scores[0].metrics
    chosen = [ours[sample.id] for sample in log.samples]
    values = [row.score.values.get("accuracy", 0.0) for row in chosen]
    assert metrics["accuracy"].value == pytest.approx(sum(values) / 60, abs=1e-12)
    clusters = sorted({row.sample.cluster for row in chosen})
    codes = [clusters.index(row.sample.cluster) for row in chosen]
    error = clustered_error(np.array(values), np.array(codes))
    assert metrics["stderr"].value == pytest.approx(error, abs=1e-12)


def test_every_benchmark_is_a_task_and_none_is_loaded_to_list_them() -> None:
    script = (
        "import sys; from medassay.workflows import inspect_tasks;"
        "from inspect_ai._util.registry import registry_find, registry_info;"
        "print('\\n'.join(registry_info(t).name for t in registry_find(lambda i: i.type == 'task')));"
        "print('LOADED', [m for m in sys.modules if m.startswith('medassay.benchmarks.vqa_rad')])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    *names, loaded = done.stdout.splitlines()
    assert {name.rpartition("/")[2] for name in names} >= set(BENCHMARKS)
    assert loaded == "LOADED []"


def test_the_entry_point_names_the_module() -> None:
    from medassay.workflows import inspect_tasks

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["inspect_ai"] == {"medassay": inspect_tasks.__name__}


def test_data_that_must_not_leave_is_not_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from medassay.workflows import inspect_tasks

    card = tmp_path / "closed.py"
    card.write_text(
        "from dataclasses import replace\nfrom medassay.benchmarks.phantom import BENCHMARK as OPEN\n"
        "BENCHMARK = replace(OPEN, may_leave=False)\n",
        "utf-8",
    )
    task = inspect_tasks.task_of(str(card))
    with pytest.raises(NotPermitted, match="--permit export"):
        task(limit=3)
    assert len(task(limit=3, permit="export").dataset) == 3


def test_an_answer_of_inspect_is_ours() -> None:
    from inspect_ai.model import ModelOutput

    from medassay.workflows.inspect_tasks import response_of

    cut = response_of(ModelOutput.from_content("m", "Yes and", stop_reason="max_tokens"))
    assert (cut.text, cut.finish_reason) == ("Yes and", "length")
    assert response_of(ModelOutput(model="m", error="overloaded")).error == "inspect: overloaded"
