import json
import time
from pathlib import Path

import numpy as np
import pytest

import medassay
from medassay.errors import DataError, StoreError, UnknownName, UsageError
from medassay.models.fakes import Failing, Scripted
from medassay.workflows.manifest import select
from medassay.workflows.resolve import resolve_benchmark

SMALL = "phantom@vqa:n=12"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def says_yes(name="yes", log=None):
    return Scripted(lambda request: "yes", name=name, log=log)


def test_vqa_rad_has_451_rows_in_203_clusters_and_its_numbers_are_those_of_its_rows(shared_data, tmp_path):
    result = medassay.run(
        model=says_yes(), benchmark="vqa-rad", data=shared_data / "vqa_rad", out=tmp_path / "run"
    )
    assert (result.manifest["n"], result.manifest["n_clusters"]) == (451, 203)
    rows = list(result.rows())
    accuracy, *_ = result.estimates
    # by hand: yes is right where the gold answer is yes, and nowhere else
    right = np.array([row.sample.target.texts == ("yes",) for row in rows], dtype=float)
    assert accuracy.value == right.mean() == 118 / 451
    assert [row.score.values["accuracy"] for row in rows] == right.tolist()
    clusters = np.array([row.sample.cluster for row in rows])
    names = np.unique(clusters)
    residuals = np.array([(right[clusters == c] - right.mean()).sum() for c in names])
    by_hand = np.sqrt(203 / 202 * (residuals**2).sum()) / 451
    assert accuracy.se == pytest.approx(by_hand, rel=1e-9)
    by_kind = {e.slice: (e.n, e.value) for e in result.estimates if e.metric == "accuracy"}
    assert by_kind["answer_type=closed"] == (272, 118 / 272)
    assert by_kind["kind=closed"] == (21, 0.0)
    assert by_kind["kind=yes/no"][0] == 251


def test_running_again_asks_nothing_and_gives_the_same_files(tmp_path):
    first = medassay.run(model=says_yes(log=tmp_path / "calls"), benchmark=SMALL, out="run")
    rows = (tmp_path / "run" / "estimates.csv").read_bytes()
    asked = (tmp_path / "calls").read_text().splitlines()
    again = medassay.run(model=says_yes(log=tmp_path / "calls"), benchmark=SMALL, out="run")
    assert (tmp_path / "calls").read_text().splitlines() == asked
    assert (first.manifest["from_store"], again.manifest["asked"]) == (0, 0)
    assert (tmp_path / "run" / "estimates.csv").read_bytes() == rows
    assert again.estimates == first.estimates == medassay.load_run("run").estimates


def test_how_far_a_run_is_lies_in_its_folder_while_it_goes_on():
    seen: list[dict[str, int]] = []

    def look(request):
        seen.extend(json.loads(path.read_text("utf-8")) for path in Path("run").glob("progress.json"))
        time.sleep(0.06)
        return "yes"

    medassay.run(model=Scripted(look, name="looks"), benchmark="phantom@vqa:n=20", out="run")
    assert seen
    assert all(0 <= state["done"] <= state["total"] for state in seen)
    assert [state["done"] for state in seen] == sorted(state["done"] for state in seen)
    assert not Path("run/progress.json").exists()


def test_a_failed_request_makes_the_run_incomplete_with_bounds_and_is_asked_again(tmp_path):
    bad = medassay.run(model=Failing(says_yes(), rate=0.3), benchmark=SMALL)
    assert not bad.complete
    accuracy = bad.estimates[0]
    assert accuracy.counts["failed"] > 0
    assert accuracy.worst < accuracy.value < accuracy.best
    good = medassay.run(model=says_yes(), benchmark=SMALL, out=bad.path)
    assert good.complete
    assert good.manifest["asked"] == accuracy.counts["failed"]
    assert accuracy.worst <= good.estimates[0].value <= accuracy.best


def test_a_function_is_a_model():
    def blank(requests):
        return ["" for _ in requests]

    result = medassay.run(model=blank, benchmark=SMALL)
    assert result.manifest["model"]["name"] == "blank"
    assert result.estimates[0].counts["unparsed"] == result.manifest["n"]
    assert result.estimates[0].value == 0


def test_decoding_of_the_user_stands_above_the_card():
    asked = []
    medassay.run(
        model=Scripted(lambda request: asked.append(request.decoding) or "yes", name="a"),
        benchmark=SMALL,
        decoding={"max_tokens": 7},
    )
    assert {decoding.max_tokens for decoding in asked} == {7}


def test_the_blind_solver_shows_no_image():
    asked = []
    model = Scripted(lambda request: asked.append(request.images) or "yes", name="a")
    medassay.run(model=model, benchmark=SMALL, solver="blind")
    assert set(asked) == {()}


def test_selections_are_nested_and_not_the_first():
    task = resolve_benchmark("phantom@vqa:n=30")
    ids = [s.id for s in task.samples()]
    few = [s.id for s in select(task.samples(), limit=10, seed=1)]
    more = [s.id for s in select(task.samples(), limit=25, seed=1)]
    assert set(few) < set(more) < set(ids)
    assert few != ids[:10]
    assert few == sorted(few, key=ids.index)
    assert few != [s.id for s in select(task.samples(), limit=10, seed=2)]


def test_a_folder_of_another_run_is_refused_and_a_held_one_too():
    medassay.run(model=says_yes("one"), benchmark=SMALL, out="run")
    with pytest.raises(StoreError, match="holds another run"):
        medassay.run(model=says_yes("two"), benchmark=SMALL, out="run")

    def greedy(requests):
        with pytest.raises(StoreError, match="held by another run"):
            medassay.run(model=says_yes("one"), benchmark=SMALL, out="held")
        return ["yes"] * len(requests)

    assert medassay.run(model=greedy, benchmark=SMALL, out="held").complete


def test_a_damaged_manifest_is_named(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.json cannot be read"):
        medassay.run(model=says_yes(), benchmark=SMALL, out="run")


@pytest.mark.parametrize(
    ("benchmark", "error", "why"),
    [
        ("vqa-rat", UnknownName, "did you mean 'vqa-rad'"),
        ("phantom@vga", UnknownName, "did you mean 'vqa'"),
        ("phantom:seeds=1", UsageError, "no option 'seeds'"),
    ],
)
def test_a_name_that_is_off_suggests_the_nearest(benchmark, error, why):
    with pytest.raises(error, match=why):
        medassay.run(model=says_yes(), benchmark=benchmark)


def test_the_protocol_is_equal_where_the_model_differs_only():
    manifests = [
        medassay.run(model=says_yes(name), benchmark=SMALL, seed=seed).manifest
        for name, seed in (("one", 0), ("two", 0), ("one", 1))
    ]
    protocols = [json.dumps(m["protocol"], sort_keys=True) for m in manifests]
    assert protocols[0] == protocols[1] == protocols[2]  # the seed selects nothing here
    assert len({m["id"] for m in manifests}) == 3
    other = medassay.run(model=says_yes("one"), benchmark="phantom@vqa:n=12,seed=5").manifest
    assert other["protocol"]["id"] != manifests[0]["protocol"]["id"]


def test_a_folder_with_the_name_of_a_benchmark_does_not_take_its_place(tmp_path):
    (tmp_path / "phantom").mkdir()
    first = medassay.run(model=says_yes(), benchmark=SMALL, out="run")
    assert first.manifest["benchmark_word"] == "phantom"
    assert medassay.load_run("run").estimates == first.estimates
