"""The whole job with the shipped CLIP on noise images with a faint signal."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("torch", reason="torch is not installed")

from medassay.cli import app
from medassay.errors import DataError, ModelError, UsageError
from medassay.models.adapted import AdaptedModel
from medassay.models.encoded import Encoded
from medassay.workflows.adapting import adapt, fitting
from medassay.workflows.adapting.cost import Meter
from medassay.workflows.adapting.parts import Cut, cluster_of, parts_of
from medassay.workflows.named import resolve_model
from medassay.workflows.observing import of_runs
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.running import run

TASK = "phantom@detection:n=200"


@pytest.fixture(scope="module")
def adapted(tmp_path_factory):
    place = tmp_path_factory.mktemp("adapting")
    held = adapt(
        "linear-probe",
        model="demo-clip",
        benchmark=TASK,
        out=place / "probe",
        store=place / "answers.db",
        features=place / "features",
    )
    return place, held


def test_the_folder_answers_in_another_process_as_it_did(adapted):
    place, held = adapted
    again = run(
        model=f"{place / 'probe'}:features={place / 'other'}",
        benchmark=TASK,
        out=place / "again",
        store=place / "other.db",
    )
    ours, theirs = (np.array([row.response.probs for row in one.rows()]) for one in (held.runs[0][1], again))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert again.manifest["model"]["fingerprint"] == held.runs[0][1].manifest["model"]["fingerprint"]


def test_it_is_compared_with_the_original_on_the_same_rows(adapted):
    place, held = adapted
    (comparison,) = held.comparison.comparisons
    assert (comparison.second, comparison.result.n) == ("demo-clip", 200)
    assert json.loads((place / "probe" / "comparison.json").read_text())["family"] == 1
    assert "demo-clip" in (place / "probe" / "comparison.md").read_text()
    page = (place / "probe" / "report.html").read_text()
    assert "probe against demo-clip" in page
    assert page.count("<polyline") == 1  # validation log loss over the cost


def test_what_is_needed_to_doubt_it_is_recorded(adapted):
    place, _ = adapted
    training = json.loads((place / "probe" / "training.json").read_text())
    assert training["data"]["train"] == training["data"]["validation"] == 200
    assert training["data"]["validation_from"] == "the benchmark's own, validation"
    assert training["trained"] == 2 * (64 + 1)
    assert (place / "probe" / "curve.csv").read_text().count("\n") == 16
    assert "these labels alone: signal, no signal" in (place / "probe" / "card.md").read_text()


def test_the_run_says_that_the_model_was_trained_on_the_benchmark(adapted):
    _, held = adapted
    exposure = held.runs[0][1].manifest["exposure"]
    assert exposure["level"] == "itself"
    assert "phantom" in exposure["text"]


def test_a_claim_about_adaptation_finds_its_base(adapted):
    place, _ = adapted
    runs = place / "probe" / "runs" / "phantom"
    after, before = of_runs([runs / "adapted", runs / "original"], metric=None, relations=None, sliced=False)
    assert after.card is not None
    assert before.card is not None
    assert (after.card.base, after.relation) == (before.card.name, "in-domain")


def test_a_damaged_folder_is_one_line(adapted, tmp_path):
    place, _ = adapted
    for name in ("adapted.json", "head.npz"):
        folder = tmp_path / name
        folder.mkdir()
        for each in ("adapted.json", "head.npz"):
            (folder / each).write_bytes((place / "probe" / each).read_bytes())
        (folder / name).write_bytes(b"{}")
        with pytest.raises(ModelError, match="adapt again"):
            AdaptedModel(str(folder))


def test_no_image_is_encoded_twice(adapted, monkeypatch):
    place, _ = adapted

    def encode(*_):
        raise AssertionError("an image is encoded again")

    monkeypatch.setattr(Encoded, "_encode", encode)
    held = adapt(
        "linear-probe:balanced=true",
        model="demo-clip",
        benchmark=TASK,
        out=place / "second",
        store=place / "answers.db",
        features=place / "features",
    )
    assert held.training["encoded"] == 0


def test_another_encoder_under_the_head_is_refused(adapted, tmp_path):
    place, _ = adapted
    folder = tmp_path / "moved"
    folder.mkdir()
    (folder / "head.npz").write_bytes((place / "probe" / "head.npz").read_bytes())
    about = json.loads((place / "probe" / "adapted.json").read_text())
    about["encoder"]["fingerprint"] = "0" * 64
    (folder / "adapted.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="another encoder"):
        AdaptedModel(str(folder))


def test_a_folder_with_another_adaptation_is_not_written_over(adapted):
    place, _ = adapted
    with pytest.raises(UsageError, match="holds another adaptation"):
        adapt(
            "linear-probe:cost=1",
            model="demo-clip",
            benchmark=TASK,
            out=place / "probe",
            store=place / "a.db",
        )


def test_what_is_there_is_not_trained_again_and_another_seed_is_another_adaptation(adapted, monkeypatch):
    place, held = adapted
    monkeypatch.setattr(fitting, "learn", lambda *_: pytest.fail("it is trained again"))
    options = {"model": "demo-clip", "benchmark": TASK, "store": place / "answers.db"}
    again = adapt("linear-probe", out=place / "probe", features=place / "features", **options)
    assert again.training == held.training
    with pytest.raises(UsageError, match="holds another adaptation"):
        adapt("linear-probe", out=place / "probe", cut=Cut(seed=1), **options)


def test_what_it_took_is_recorded(adapted):
    _, held = adapted
    encoder: Any = resolve_model("demo-clip").model
    encoder.encoder.load()
    assert held.training["parameters"] == sum(p.numel() for p in encoder.encoder._model.parameters())
    assert held.training["seconds"] > 0


def test_peak_memory_is_counted_from_the_moment_on():
    if not Path("/proc/self/clear_refs").exists():
        assert Meter().read()["peak_resident_bytes"] is None
        return
    before = Meter().read()["peak_resident_bytes"]
    meter = Meter()
    held = np.ones(30_000_000)  # 240 MB
    during = meter.read()["peak_resident_bytes"]
    del held
    assert 200e6 < during - before < 300e6
    assert Meter().read()["peak_resident_bytes"] < during - 150e6
    assert meter.read(elsewhere=True)["peak_resident_bytes"] is None


def test_two_variants_of_one_benchmark_have_runs_of_their_own(tmp_path):
    other = "phantom@detection:n=40,difficulty=0.5"
    held = adapt(
        "linear-probe",
        model="demo-clip",
        benchmark="phantom@detection:n=40",
        outside=[(other, None)],
        out=tmp_path / "probe",
        store=tmp_path / "answers.db",
        features=tmp_path / "features",
    )
    folders = {path.name for path in (tmp_path / "probe" / "runs").iterdir()}
    assert folders == {"phantom@detection-n-40", "phantom@detection-n-40-difficulty-0.5"}
    assert held.comparison is not None
    assert len(held.comparison.comparisons) == 2


def leaking(tmp_path, what):
    """phantom's detection task, whose training part holds the first five test samples in some way."""
    task = resolve_benchmark("phantom@detection:n=12")
    load = task.benchmark.load

    def leak(where, **options):
        held = list(load(where, **options))
        if where.split != "train":
            return iter(held)
        test = list(load(replace(where, split="test"), **options))
        return iter([what(sample, ours) for sample, ours in zip(test[:5], held, strict=False)] + held[5:])

    return replace(task, benchmark=replace(task.benchmark, load=leak))


LEAKS = {
    "sample id": lambda test, ours: replace(ours, id=test.id),
    "exact image": lambda test, ours: replace(ours, images=test.images),
    "cluster": lambda test, ours: replace(ours, cluster=test.cluster),
}


@pytest.mark.parametrize("what", LEAKS)
def test_what_train_shares_with_test_stops_training_or_is_left_out(tmp_path, what):
    task = leaking(tmp_path, LEAKS[what])
    whole = len(parts_of(task, data=None, cut=Cut(shared="allow")).train)
    with pytest.raises(DataError, match=rf"5 of {whole} .* --shared drop"):
        parts_of(task, data=None)
    held = parts_of(task, data=None, cut=Cut(shared="drop"))
    assert (len(held.train), len(held.dropped)) == (whole - 5, 5)


def test_a_validation_part_that_cannot_be_had_is_drawn_from_training_and_it_is_said():
    task = resolve_benchmark("phantom@detection:n=40")
    load = task.benchmark.load

    def without(where, **options):
        if where.split == "validation":
            raise DataError("this variant has none")
        return load(where, **options)

    held = parts_of(replace(task, benchmark=replace(task.benchmark, load=without)), data=None)
    assert held.validation_from.endswith("passed over: this variant has none")
    whole = list(replace(task, where=replace(task.where, split="train")).samples())
    assert len(held.train) + len(held.validation) == len(whole)
    assert not {s.cluster for s in held.train} & {s.cluster for s in held.validation}


def test_fractions_are_of_clusters_and_nested():
    task = resolve_benchmark("phantom@vqa:n=40")
    parts = [parts_of(task, data=None, cut=Cut(fraction=share, seed=3)) for share in (0.1, 0.5, 1.0)]
    ids = [{sample.id for sample in part.train} for part in parts]
    assert ids[0] < ids[1] < ids[2]
    clusters = [{cluster_of(sample) for sample in part.train} for part in parts]
    assert [len(held) for held in clusters] == [4, 20, 40]
    assert {s.id for s in parts[0].validation} == {s.id for s in parts[2].validation}
    other = parts_of(task, data=None, cut=Cut(fraction=0.5, seed=4))
    assert {s.id for s in other.train} != ids[1]


def test_only_takes_what_has_the_tag_and_replay_a_share_of_the_rest():
    task = resolve_benchmark("phantom@vqa:n=40")
    only = {"specialty": "histology"}
    held = parts_of(task, data=None, cut=Cut(only=only))
    assert {sample.tags["specialty"] for sample in (*held.train, *held.validation)} == {"histology"}
    mixed = parts_of(task, data=None, cut=Cut(only=only, replay=0.5))
    assert len(mixed.train) == len(held.train) + round(0.5 * len(held.train))
    with pytest.raises(DataError, match="no sample is left of the training part: specialty=dentistry"):
        parts_of(task, data=None, cut=Cut(only={"specialty": "dentistry"}))
    with pytest.raises(UsageError, match="replay is of the samples that --only leaves out"):
        Cut(replay=0.5)
    with pytest.raises(UsageError, match="a fraction of 0"):
        Cut(fraction=0)


def test_what_a_model_is_judged_on_chooses_nothing():
    judged = resolve_benchmark("phantom@detection:n=40", split="validation")
    held = parts_of(judged, data=None)
    assert not {sample.id for sample in held.validation} & {sample.id for sample in judged.samples()}
    assert held.validation_from.startswith("20% of the training clusters")


def test_a_benchmark_without_a_training_part_is_named():
    task = resolve_benchmark("phantom@detection")
    with pytest.raises(UsageError, match="phantom has no training part"):
        parts_of(replace(task, benchmark=replace(task.benchmark, splits=("test",))), data=None)


def test_the_test_part_never_reaches_a_recipe(adapted, monkeypatch):
    place, _ = adapted
    seen: set[str] = set()
    each = Encoded.each

    def watch(self, images):
        seen.update(image.uri for image in images)
        return each(self, images)

    monkeypatch.setattr(Encoded, "each", watch)
    monkeypatch.setattr("medassay.workflows.adapting._measure", lambda *_, **__: ([], []))
    adapt("linear-probe", model="demo-clip", benchmark=TASK, out=place / "third", features=place / "features")
    test = {image.uri for s in resolve_benchmark(TASK).samples() for image in s.images}
    assert seen
    assert not seen & test


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["linear-prob", "-m", "demo-clip", "-b", TASK], "did you mean 'linear-probe'?"),
        (["linear-probe:cots=1", "-m", "demo-clip", "-b", TASK], "it has cost, balanced"),
        (["linear-probe", "-m", "demo-clip", "-b", "phantom@vqa"], "this recipe learns labels"),
        (["linear-probe", "-m", "demo-vlm", "-b", TASK], "a probe stands on an encoder"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        app, ["adapt", *arguments, "--out", str(tmp_path / "o"), "--data", str(tmp_path)]
    )
    assert said in str(done.exception)


def test_the_command_prints_one_json_object(adapted, monkeypatch):
    place, _ = adapted
    monkeypatch.chdir(place)
    words = ["adapt", "linear-probe", "-m", "demo-clip", "-b", TASK, "--out", "probe", "--json"]
    done = CliRunner().invoke(app, [*words, "--store", "answers.db", "--features", "features"])
    held = json.loads(done.stdout)
    assert held["comparison"]["comparisons"][0]["verdict"]
    assert held["training"]["recipe"] == "linear-probe"


def test_a_learning_curve_keeps_every_head_and_its_interval(adapted, monkeypatch):
    place, _ = adapted
    monkeypatch.chdir(place)
    words = ["adapt", "tip-adapter", "-m", "demo-clip", "-b", TASK, "--out", "curve", "--json"]
    done = CliRunner().invoke(app, [*words, "--shots", "1,8", "--seeds", "2", "--features", "features"])
    points = json.loads(done.stdout)["points"]
    assert [(p["shots"], p["examples"], p["result"]["metric"]) for p in points] == [
        (k, 2 * k, metric) for k in (0, 1, 8) for metric in ("accuracy", "auroc")
    ]
    assert all(p["result"]["low"] < p["result"]["value"] < p["result"]["high"] for p in points)
    assert len(list((place / "curve" / "heads").iterdir())) == 4
    again = run(
        model=f"{place / 'curve' / 'heads' / '8-shots-seed-1'}:features={place / 'features'}",
        benchmark=TASK,
        out=place / "one",
        store=place / "one.db",
    )
    assert again.estimates[0].value == pytest.approx(points[4]["result"]["values"][1])
    assert (place / "curve" / "report.html").read_text().count("<polyline") == 2
    assert "| 8 | 16 | accuracy |" in (place / "curve" / "learning_curve.md").read_text()
