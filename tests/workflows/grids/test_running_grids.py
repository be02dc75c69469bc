"""Small grids with the shipped CLIP on noise images: killed, resumed, failing, and on Ray."""

import csv
import json
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import t as student
from typer.testing import CliRunner

pytest.importorskip("torch", reason="torch is not installed")

from medassay.cli import app
from medassay.errors import NotPermitted
from medassay.workflows.adapting import fitting
from medassay.workflows.grids import Place, Share, cluster, gather, read_grid, run_grid, survey
from medassay.workflows.results import load_run

EASY, HARD = "phantom@detection:n=60", "phantom@detection:n=60,difficulty=0.6"
GRID = f"""
kind: adapt-grid
models: [demo-clip]
recipes: [linear-probe, tip-adapter]
benchmarks:
  - {{benchmark: "{EASY}", title: easy}}
fractions: [0.3, 1]
seeds: [0, 1]
"""


def write(folder, text=GRID):
    path = folder / "grid.yaml"
    path.write_text(text, "utf-8")
    return path


def place(folder, text=GRID, **options):
    return Place(grid=read_grid(write(folder, text)), out=folder / "out", **options)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    held = place(tmp_path_factory.mktemp("grid"))
    return held, run_grid(held)


def whole(cell):
    """Whether a cell was trained, and judged to the end."""
    manifest = cell / "runs" / "phantom" / "adapted" / "manifest.json"
    return manifest.exists() and json.loads(manifest.read_text())["status"] == "complete"


def trained(folder):
    """When each cell was trained, and the model it left: both change if it is trained again."""
    paths = sorted(folder.rglob("adapted.json"))
    return {path: (path.stat().st_mtime_ns, (path.parent / "training.json").read_text()) for path in paths}


def test_every_cell_is_an_adaptation_with_its_share_of_the_data_and_its_seed(done):
    held, cells = done
    assert [cell.status for cell in cells] == ["done"] * 8
    folder = held.out / "cells/demo-clip/linear-probe/easy/fraction-0.3/seed-1"
    part, whole = (
        json.loads((each / "training.json").read_text())
        for each in (folder, folder.parent.parent / "fraction-1" / "seed-1")
    )
    assert (part["data"]["fraction"], part["seed"]) == (0.3, 1)
    assert part["data"]["train_clusters"] == round(0.3 * whole["data"]["train_clusters"])
    assert (folder / "report.html").exists()


def test_gains_have_the_interval_of_clusters_and_seeds_by_hand(done):
    held, cells = done
    report = gather(held.grid, held.out, cells)
    (worth,) = (w for w in report.worths if (w.recipe, w.fraction) == ("linear-probe", 0.3))
    folder = held.out / "cells/demo-clip/linear-probe/easy/fraction-0.3"
    runs = [
        load_run(folder / f"seed-{seed}/runs/phantom" / who)
        for seed in (0, 1)
        for who in ("original", "adapted")
    ]
    before, after, again, later = (
        np.array([row.score.values["accuracy"] for row in run.rows()]) for run in runs
    )
    np.testing.assert_array_equal(before, again)
    gains = np.array([(after - before).mean(), (later - before).mean()])
    assert worth.gain is not None
    assert (worth.original, worth.majority) == (before.mean(), 0.5)
    assert worth.gain.values == pytest.approx(gains)
    assert worth.adapted.value == pytest.approx(np.mean([after, later]))
    rows = np.mean([after, later], axis=0) - before  # each row is a cluster of its own
    within, between = rows.var() / len(rows), gains.var(ddof=1) / 2
    assert worth.gain.within**2 == pytest.approx(within, rel=0.1)
    freedom = (within + between) ** 2 / (within**2 / (len(rows) - 1) + between**2 / 1)
    reach = student.ppf(0.975, freedom) * np.sqrt(within + between)
    assert worth.gain.low == pytest.approx(gains.mean() - reach, rel=0.15)
    assert worth.cost.trained == 2 * (64 + 1)
    assert worth.cost.share == pytest.approx(130 / worth.cost.parameters)


def test_given_again_it_reports_the_same_and_trains_nothing(done, monkeypatch):
    held, cells = done
    monkeypatch.setattr(fitting, "learn", lambda *_: pytest.fail("a cell is trained again"))
    before = gather(held.grid, held.out, cells).to_json()
    again = run_grid(held)
    assert gather(held.grid, held.out, again).to_json() == before


def test_another_test_is_measured_and_nothing_trained(done, tmp_path, monkeypatch):
    held, _ = done
    monkeypatch.setattr(fitting, "learn", lambda *_: pytest.fail("a cell is trained again"))
    more = GRID.replace("title: easy}", f"title: easy, outside: [{{benchmark: '{HARD}', title: hard}}]}}")
    wider = Place(grid=read_grid(write(tmp_path, more.replace(", tip-adapter", ""))), out=held.out)
    assert {cell.status for cell in survey(wider)} == {"begun"}
    cells = run_grid(wider)
    report = gather(wider.grid, held.out, cells)
    assert report.complete
    assert {(w.tested, w.inside) for w in report.worths} == {("easy", True), ("hard", False)}
    easy, hard = (next(w for w in report.whole if w.tested == name) for name in ("easy", "hard"))
    assert easy.adapted.values != hard.adapted.values


def test_a_folder_of_another_plan_is_an_error_that_says_so(done, tmp_path):
    held, _ = done
    text = GRID.replace(
        "recipes: [linear-probe, tip-adapter]", "recipes: {linear-probe: 'linear-probe:cost=1'}"
    )
    other = Place(grid=read_grid(write(tmp_path, text)), out=held.out)
    before = trained(held.out)
    cells = run_grid(other)
    assert {cell.status for cell in cells} == {"failed"}
    assert "holds a cell of another plan (recipe): choose another --out" in cells[0].reason
    assert trained(held.out) == before


def test_a_cell_that_fails_is_named_the_others_go_on_and_the_exit_code_is_1(tmp_path):
    path = write(tmp_path, GRID.replace("[0.3, 1]", "[0.001, 1]").replace(", tip-adapter", ""))
    result = CliRunner().invoke(app, ["adapt", "grid", str(path), "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 1
    held = json.loads(result.stdout)
    statuses = {(cell["fraction"], cell["seed"]): cell["status"] for cell in held["cells"]}
    assert statuses == {(1.0, 0): "done", (1.0, 1): "done", (0.001, 0): "failed", (0.001, 1): "failed"}
    assert "no sample is left of the training part" in held["cells"][-1]["reason"]
    assert held["cautions"][0].startswith("2 of 4 cells are not done")
    rows = list(csv.DictReader((tmp_path / "out" / "grid.csv").read_text().splitlines()))
    assert [(row["fraction"], row["seed"]) for row in rows] == [("1.0", "0"), ("1.0", "1")]
    for name in ("grid.md", "report.html"):
        assert "no sample is left of the training part" in (tmp_path / "out" / name).read_text()


def test_killed_in_the_middle_it_goes_on_and_trains_no_cell_twice(tmp_path):
    path, out = write(tmp_path), tmp_path / "out"
    command = [sys.executable, "-m", "medassay", "adapt", "grid", str(path), "--out", str(out)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list(out.rglob("adapted.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    before = trained(out)
    assert 3 <= len(before) < 8
    finished = sum(whole(path.parent) for path in before) - 1
    # What lay there between training and judgement is judged, and not trained again.
    victim = next(path.parent for path in before if whole(path.parent))
    (victim / "runs" / "phantom" / "adapted" / "manifest.json").unlink()
    after = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert {path: held for path, held in trained(out).items() if path in before} == before
    report = json.loads(after.stdout)
    assert report["complete"]
    ended = [line for line in after.stderr.splitlines() if line.endswith(": done")]
    assert len(ended) == 8 - finished


def test_a_model_that_answers_in_words_is_taught_in_a_cell_like_any_other(tmp_path):
    text = """
        kind: adapt-grid
        models: [demo-vlm-small]
        recipes: ["sft:steps=1"]
        benchmarks: ["phantom@vqa:n=6"]
        fractions: [1]
        seeds: [0]
    """
    held = place(tmp_path, textwrap.dedent(text))
    (cell,) = cells = run_grid(held)
    assert (cell.status, cell.reason) == ("done", "")
    (worth,) = gather(held.grid, held.out, cells).worths
    assert 0 < worth.cost.share < 1
    assert worth.gain is not None
    assert worth.gain.low is None  # of one training


DEADLY = """
import os
from dataclasses import replace
from medassay.registry import find

def load(where, *, n: int = 40):
    os._exit(9)

BENCHMARK = replace(find("benchmark", "phantom"), name="deadly", load=load)
"""


def test_on_ray_a_process_that_dies_fails_its_cell_alone(tmp_path, monkeypatch):
    pytest.importorskip("ray", reason="ray absent")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    (tmp_path / "deadly.py").write_text(DEADLY)
    text = GRID.replace("[0.3, 1]", "[1]").replace("[0, 1]", "[0]").replace(", tip-adapter", "")
    monkeypatch.chdir(tmp_path)  # the words of the grid are as of here
    both = text.replace("benchmarks:\n", "benchmarks:\n  - deadly.py\n")
    held = place(tmp_path, both, share=Share(2))
    died, lived = run_grid(held)
    assert (died.status, lived.status) == ("failed", "done")
    assert "its process died" in died.reason
    report = gather(held.grid, held.out, [died, lived])
    assert [worth.dataset for worth in report.worths] == ["easy"]
    # It was begun and will be tried again, after what was not begun.
    assert [cell.status for cell in survey(held)] == ["begun", "done"]


def test_data_that_must_not_leave_goes_to_no_other_machine(tmp_path, monkeypatch):
    left = []
    far = SimpleNamespace(destinations=lambda: ("10.0.0.9",), leave=lambda: left.append(True))
    monkeypatch.setattr(cluster, "join", lambda _: far)
    (tmp_path / "private.py").write_text(DEADLY.replace('name="deadly"', 'name="private", may_leave=False'))
    text = GRID.replace(f'"{EASY}", title: easy', f"{tmp_path / 'private.py'}, title: private")
    with pytest.raises(NotPermitted, match=r"the data of private must stay .* 10\.0\.0\.9 \(node\)"):
        run_grid(place(tmp_path, text, share=Share(2)))
    assert left == [True]
