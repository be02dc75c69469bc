"""The suites of the papers, from end to end, on rows in each dataset's own format, with models that ship."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from tests.benchmarks.conftest import makers

from medassay import registry
from medassay.splits.classifier import validated
from medassay.workflows import splitting
from medassay.workflows.suites import Place, find_suite, report_suite, run_suite

RUNS = {
    "how-far": {"Lingshu-7B": "demo-vlm"},
    "medvlmbench": {"CLIP": "demo-clip", "o3": "demo-vlm"},
    "fairmedfm": {"BiomedCLIP": "demo-clip"},
}


@pytest.fixture
def data(folder, tmp_path):
    """Makes the folder of folders that holds every dataset of a suite."""

    def made(suite):
        root = tmp_path / "data"
        root.mkdir()
        for contest in suite.benchmarks.values():
            word = registry.parse(contest.word)
            if word.name == "mimic-cxr" or (root / word.name).exists():
                continue
            shape = next(shape for shape in _shapes(word) if shape in {*makers(), "vqa-rad@hub"})
            (root / word.name).symlink_to(folder(shape))
        return root

    return made


def _shapes(word):
    """Names of fixtures that hold the benchmark, the nearest first; published variants read the hub's."""
    variants = [word.variant] if word.variant not in {None, "medvlmbench"} else []
    named = [f"{word.name}@{variant}" for variant in (*variants, "hub")]
    return [*named, word.name, *(shape for shape in makers() if shape.startswith(f"{word.name}@"))]


@pytest.fixture
def untaught(monkeypatch):
    """The parts by a classifier that knows nothing: two questions teach none."""

    class Guess:
        def predict_proba(self, counts):
            return np.tile([0.4, 0.6], (counts.shape[0], 1))

    monkeypatch.setattr(splitting, "cross_validate", lambda _counts, labels, _families: labels * 0.5)
    monkeypatch.setattr(splitting, "validated", lambda *_: validated(*_three()))
    monkeypatch.setattr(splitting, "fit", lambda *_: Guess())


def _three():
    return np.array([0.1, 0.6, 0.9]), np.array([False, True, True]), np.arange(3)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.usefixtures("untaught")
def test_each_cell_that_can_be_run_is_and_stands_in_its_table(name, data, tmp_path):
    suite = find_suite(name)
    models = {
        title: replace(held, word=RUNS[name].get(title, held.word)) for title, held in suite.models.items()
    }
    place = Place(suite=replace(suite, models=models), out=tmp_path / "out", data_root=data(suite))
    ran = run_suite(place, models=list(RUNS[name]))
    as_they_are = [cell for cell in ran.cells if cell.setting == "zero-shot"]
    reasons = {cell.benchmark: cell.reason for cell in as_they_are if cell.status != "complete"}
    assert set(reasons) == ({"MIMIC-CXR"} if name == "fairmedfm" else set())
    done = {(cell.model, cell.benchmark) for cell in ran.cells if cell.status == "complete"}
    tables = report_suite(place.suite, place.out).tables
    found = [{at: cell.found.n for at, cell in table.cells.items() if cell.found} for table in tables]
    assert set().union(*found) == done
    whole = [cell for cell in as_they_are if cell.status == "complete"]
    assert len(whole) == {"how-far": 7, "medvlmbench": 12, "fairmedfm": 5}[name]
    trained = [cell for cell in ran.cells if cell.setting not in {"zero-shot", "fine-tuned"}]
    failed = {(cell.setting, cell.benchmark): cell.reason for cell in trained if cell.status != "complete"}
    without_peft = {key for key, reason in failed.items() if "peft is not installed" in reason}
    assert all(setting == "lora" and not find_spec("peft") for setting, _ in without_peft)
    for key in set(failed) - without_peft:  # its few rows are of one image
        assert key[1] == "CheXpert"
        assert "byte for byte in train" in failed[key]
    assert bool(trained) == (name == "medvlmbench")
    if name == "fairmedfm":
        assert len(list((tmp_path / "out").rglob("fairness.json"))) == 5
    if name == "how-far":
        overall, reasoning, understanding = found
        assert overall == {at: reasoning.get(at, 0) + understanding.get(at, 0) for at in done}
