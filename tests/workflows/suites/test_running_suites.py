"""Running suites: models loaded once, cells that fail, what is skipped and what goes on."""

import gc
import json
import weakref

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.workflows.named import Named
from medassay.workflows.running import run
from medassay.workflows.suites import Place, find_suite, run_suite, running, survey
from medassay.workflows.suites.reading import read_suite

SMALL = "phantom@vqa:n=6"


def suite_of(folder, models, benchmarks):
    """A suite with one table of all models and benchmarks."""
    path = folder / "mine.yaml"
    named = [f"  {title}: {word}" for title, word in models.items()]
    asked = [f"  {title}: {word}" for title, word in benchmarks.items()]
    head = ["kind: suite", "schema: 1", "name: mine"]
    path.write_text("\n".join([*head, "models:", *named, "benchmarks:", *asked, "tables:", "  - title: All"]))
    return read_suite(path)


def by_place(cells, field):
    return {(cell.model, cell.benchmark): getattr(cell, field) for cell in cells}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    return out, run_suite(Place(suite=find_suite("demo"), out=out))


def test_the_demo_is_complete_and_its_probe_was_trained(demo):
    out, ran = demo
    assert ran.ok
    assert [cell.status for cell in ran.cells] == ["complete"] * 9
    probe = json.loads((out / "adapted/linear-probe/Detection/Demo-CLIP/training.json").read_text())
    assert probe["recipe"] == "linear-probe@medvlmbench"
    manifest = json.loads((out / "linear-probe/Detection/Demo-CLIP/manifest.json").read_text())
    assert manifest["model"]["identity"]["recipe"] == "linear-probe@medvlmbench"
    assert json.loads((out / "cells.json").read_text())["cells"][0]["run"] == "zero-shot/Diagnosis/Demo-VLM"


def test_what_is_complete_is_not_run_again(demo, monkeypatch):
    out, ran = demo
    monkeypatch.setattr(running, "resolve_model", pytest.fail)
    assert run_suite(Place(suite=find_suite("demo"), out=out)) == ran
    foreseen = survey(Place(suite=find_suite("demo"), out=out))
    assert {cell.status for cell in foreseen} == {"complete"}


def test_a_cell_is_the_run_that_medassay_run_makes(demo, tmp_path):
    out, _ = demo
    alone = run(
        model="demo-clip",
        benchmark="phantom@diagnosis",
        limit=60,
        out=tmp_path / "run",
        store=tmp_path / "store.db",
    )
    made = json.loads((out / "zero-shot/Diagnosis/Demo-CLIP/manifest.json").read_text())
    assert (made["id"], made["model"]) == (alone.manifest["id"], alone.manifest["model"])
    assert made["exposure"] == alone.manifest["exposure"]


def test_each_model_is_loaded_once_and_let_go_before_the_next(tmp_path, monkeypatch):
    loads: list[str] = []
    alive: list[weakref.ref[Scripted]] = []

    def load(word):
        gc.collect()
        assert not [one for one in alive if one() is not None], "an earlier model is still held"
        model = Scripted(lambda _request: "yes", name=word)
        loads.append(word)
        alive.append(weakref.ref(model))
        return Named(model=model, name=word, word=word)

    monkeypatch.setattr(running, "resolve_model", load)
    suite = suite_of(tmp_path, {"A": "a", "B": "b"}, {"One": SMALL, "Two": "phantom@vqa:n=9"})
    ran = run_suite(Place(suite=suite, out=tmp_path / "out"))
    assert [cell.reason for cell in ran.cells] == [""] * 4
    assert loads == ["a", "b"]
    counts = [cell.n for cell in ran.cells]
    assert counts[:2] == counts[2:]
    assert counts[0] < counts[1]


def test_a_cell_that_fails_leaves_its_reason_and_the_rest_go_on(tmp_path):
    models = {"No such": "demo-vml", "Not here": "conch", "Demo": "demo-vlm"}
    contests = {
        "Absent": "fairvlmed10k-diagnosis",
        "No rules": "{benchmark: phantom@vqa, protocol: medvlmbench-dev+nothing}",
        "Fine": SMALL,
    }
    place = Place(suite=suite_of(tmp_path, models, contests), out=tmp_path / "out", data_root=tmp_path)
    foreseen, ran = survey(place), run_suite(place)
    assert not ran.ok
    failed = [place for place, status in by_place(ran.cells, "status").items() if status == "failed"]
    assert sorted({*by_place(ran.cells, "status")} - {*failed}) == [("Demo", "Fine")]
    reasons = by_place(ran.cells, "reason")
    assert "did you mean" in reasons["No such", "Fine"]
    assert "conch cannot be loaded here" in reasons["Not here", "Absent"]
    assert "access is by registration" in reasons["Demo", "Absent"]
    assert "access by registration" in by_place(foreseen, "reason")["Demo", "Absent"]
    assert "no bug 'nothing'" in reasons["Demo", "No rules"]
    assert by_place(foreseen, "status")["Demo", "Fine"] == "would run"
    assert by_place(foreseen, "reason")["Not here", "Fine"] == reasons["Not here", "Fine"]


def test_a_run_that_was_interrupted_goes_on_and_asks_only_what_is_missing(tmp_path, monkeypatch):
    asked = []

    def say(request):
        asked.append(request.key)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return "yes"

    def load(word):
        return Named(model=Scripted(say, name="one"), name=word, word=word)

    monkeypatch.setattr(running, "resolve_model", load)
    place = Place(suite=suite_of(tmp_path, {"A": "a"}, {"One": "phantom@vqa:n=40"}), out=tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        run_suite(place)
    assert by_place(survey(place), "status") == {("A", "One"): "would go on"}
    assert run_suite(place).ok
    manifest = json.loads((tmp_path / "out/zero-shot/One/A/manifest.json").read_text())
    assert manifest["from_store"] == 4
    assert manifest["asked"] == len(asked) - 5


def test_a_folder_with_another_run_is_left_alone(tmp_path):
    suite = suite_of(tmp_path, {"A": "demo-vlm"}, {"One": SMALL})
    out = tmp_path / "out"
    folder = suite.cells()[0].folder(out)
    run(model="demo-vlm-small", benchmark=SMALL, out=folder, store=tmp_path / "store.db")
    before = (folder / "manifest.json").read_bytes()
    (cell,) = run_suite(Place(suite=suite, out=out)).cells
    assert cell.status == "failed"
    assert "the model 'demo-vlm-small', not 'demo-vlm'" in cell.reason
    assert (folder / "manifest.json").read_bytes() == before


def test_a_limit_that_does_not_fit_what_is_there_is_refused(tmp_path):
    suite = suite_of(tmp_path, {"A": "demo-vlm"}, {"One": SMALL})
    assert [cell.n for cell in run_suite(Place(suite=suite, out=tmp_path / "out", limit=3)).cells] == [3]
    (cell,) = run_suite(Place(suite=suite, out=tmp_path / "out")).cells
    assert cell.status == "failed"
    assert "holds another run" in cell.reason


def test_models_and_benchmarks_are_chosen_by_title_or_word():
    suite = find_suite("demo")
    assert {c.model.title for c in suite.cells(["demo-clip", "Demo VLM"])} == {"Demo CLIP", "Demo VLM"}
    assert {c.benchmark.title for c in suite.cells(benchmarks=["phantom"])} == set(suite.benchmarks)
    with pytest.raises(UsageError, match="has no model 'demo'"):
        suite.cells(["demo"])


def test_the_command_says_what_failed_and_exits_with_it(tmp_path):
    suite_of(tmp_path, {"A": "demo-vml"}, {"One": SMALL})
    words = ["suite", "run", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out")]
    dry = CliRunner().invoke(app, [*words, "--dry-run"])
    assert dry.exit_code == 0
    assert not (tmp_path / "out").exists()
    held = CliRunner().invoke(app, words)
    assert held.exit_code == 1
    assert "did you mean" in held.stdout
    assert max(map(len, held.stdout.splitlines())) <= 80
    assert json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["cells"][0]["status"] == "failed"
