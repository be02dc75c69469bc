"""What a suite would take: by hand, from the cards, and on the page of the documentation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from medassay import registry
from medassay.cli import app
from medassay.errors import UsageError
from medassay.workflows.suites import Assumed, Place, find_suite, plan_suite
from medassay.workflows.suites.planned import assumed_of

ROOT = Path(__file__).resolve().parents[3]
SUITE = """kind: suite
schema: 1
name: small
title: Small
paper: none
models: {A: qwen2-vl-7b, B: llava-1.5-7b, Served: o3}
benchmarks: {RAD: vqa-rad, Drawn: "phantom@vqa:n=8"}
tables:
  - {title: One, models: [A, B, Served], benchmarks: [RAD, Drawn]}
"""


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SUITE, "utf-8")
    return path


def test_hours_by_hand(suite, tmp_path):
    # 1 TFLOP/s and 100 GB/s at a half; two answers of 10 tokens at once.
    assumed = Assumed(devices=2, teraflops=1, bandwidth=100, utilisation=0.5, batch=2, answer_tokens=10)
    held = plan_suite(Place(suite=find_suite(str(suite)), out=tmp_path), assumed)
    cell = next(c for c in held.cells if (c.model, c.benchmark) == ("A", "RAD"))
    assert cell.calls == 451
    assert cell.tokens_in == 451 * (576 + 80)
    assert cell.tokens_out == 4510
    size = float(registry.find("model", "qwen2-vl-7b").parameters.split()[0]) * 1e9
    reading, writing = 2 * size * cell.tokens_in / 5e11, 2 * size * 4510 / 2 / 5e10
    assert cell.hours == pytest.approx((reading + writing) / 3600)
    drawn = next(c for c in held.cells if (c.model, c.benchmark) == ("A", "Drawn"))
    assert drawn.calls > 8
    assert "card states" not in drawn.note  # it was counted
    served = [c for c in held.cells if c.model == "Served"]
    assert all(c.hours is None and "its server sets the pace" in c.note for c in served)
    alone = [sum(c.hours or 0 for c in held.cells if c.model == name) for name in "AB"]
    loads = held.weights / 1e9 / 3600  # at 1 GB a second
    assert held.layout == {"A": 1, "B": 1}
    assert held.device_hours == pytest.approx(sum(alone) + loads)
    assert held.hours == pytest.approx(sum(alone) / 2 + loads)  # each model on both devices, then the next
    assert max(alone) < held.hours_apart < max(alone) + loads


def test_twice_the_batch_halves_the_writing_alone(suite, tmp_path):
    place = Place(suite=find_suite(str(suite)), out=tmp_path)
    one, two, long = (
        plan_suite(place, Assumed(batch=b, answer_tokens=a)).cells[0].hours
        for b, a in ((16, 100), (32, 100), (32, 200))
    )
    assert two < one
    assert long == pytest.approx(one)


def test_a_model_that_one_device_does_not_hold_is_laid_over_several(suite, tmp_path):
    place = Place(suite=find_suite(str(suite)), out=tmp_path)
    # Weights of 14 and 16.6 GB in bfloat16, or 16.6 and 14; four fifths of 10 GB hold 8.
    held = plan_suite(place, Assumed(devices=8, memory=10))
    assert set(held.layout.values()) <= {2, 4}
    busy = {name: sum(c.hours or 0 for c in held.cells if c.model == name) for name in "AB"}
    loads = held.weights / 1e9 / 3600
    assert held.hours == pytest.approx(sum(busy.values()) / 8 + loads)
    assert held.hours_apart < held.hours + max(busy.values()) / 2
    lone = plan_suite(place, Assumed(devices=1, memory=10))
    assert all(c.hours is None for c in lone.cells)
    assert any("do not fit into all devices" in c.note for c in lone.cells)
    assert lone.weights == 0


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("gpus=8", "there are devices"),
        ("devices=many", "should be a number"),
        ("devices=0", "above 0"),
        ("utilisation=2", "at most 1"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(word, says):
    with pytest.raises(UsageError, match=says):
        assumed_of([word])


def test_the_command_fits_a_terminal_and_speaks_json(suite):
    runner = CliRunner()
    shown = runner.invoke(app, ["plan", str(suite)], env={"COLUMNS": "80"})
    assert shown.exit_code == 0, shown.output
    assert max(map(len, shown.stdout.splitlines())) <= 80
    held = json.loads(runner.invoke(app, ["plan", str(suite), "--json", "--assume", "devices=1"]).stdout)
    assert held["hours"] == pytest.approx(held["device_hours"])


def test_a_suite_that_ships_goes_by_its_name_and_a_described_benchmark_is_none(tmp_path):
    runner = CliRunner()
    named = runner.invoke(app, ["plan", "how-far", "--json"])
    assert json.loads(named.stdout)["suite"] == "how-far"
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "own.csv").write_text(
        "id,image,question,answer\n1,a.png,Is it?,yes\n2,a.png,Is it?,no\n", "utf-8"
    )
    columns = "columns: {image: image, id: id, question: question, answer: answer}"
    (tmp_path / "own.yaml").write_text(
        f"kind: dataset\nschema: 1\nname: own\nlicence: CC0-1.0\ntask: yes/no\ntable: own.csv\n{columns}\n",
        "utf-8",
    )
    own = runner.invoke(app, ["plan", str(tmp_path / "own.yaml"), "--json"])
    assert own.exit_code == 0, own.exception
    assert "own" in own.stdout


def test_the_page_of_the_documentation_is_what_the_planner_says():
    done = subprocess.run([sys.executable, "scripts/paper_scale.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "python scripts/paper_scale.py writes it"


def test_run_takes_a_suite_goes_past_a_cell_that_fails_and_exits_1(tmp_path):
    path = tmp_path / "two.yaml"
    text = SUITE.replace("{A: qwen2-vl-7b, B: llava-1.5-7b, Served: o3}", "{A: no-such-model, B: demo-clip}")
    text = text.replace('{RAD: vqa-rad, Drawn: "phantom@vqa:n=8"}', '{Drawn: "phantom@diagnosis:n=8"}')
    path.write_text(text.replace("[A, B, Served]", "[A, B]").replace("[RAD, Drawn]", "[Drawn]"), "utf-8")
    ran = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out"), "--json"])
    assert ran.exit_code == 1, ran.output
    states = {cell["model"]: cell["status"] for cell in json.loads(ran.stdout)["cells"]}
    assert states["B"] == "complete"
    assert states["A"] == "failed"
    refused = CliRunner().invoke(app, ["run", str(path), "--model", "demo-clip"])
    assert "a suite names its models" in str(refused.exception)
    ignored = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out"), "--seed", "3"])
    assert "does not take --seed" in str(ignored.exception)
