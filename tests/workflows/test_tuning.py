"""Supervised fine-tuning from end to end: the shipped model that never saw histology is taught it."""

import json
from collections import defaultdict
from dataclasses import replace

import pytest

pytest.importorskip("trl", reason="trl is not installed")

from medassay.adaptation.generative import training
from medassay.adaptation.generative.lesson import Moment
from medassay.errors import ModelError, NotPermitted, UsageError
from medassay.models.tuned import open_tuned
from medassay.workflows.adapting import adapt
from medassay.workflows.adapting.launching import Launch
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tracking import Tracking, check, destination
from medassay.workflows.adapting.tuning import Course
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.running import run

TASK = "phantom@vqa:n=60"
RECIPE = "sft:rate=4e-3,epochs=6,batch=16,checks=2,looked_at=48"
CUT = Cut(only={"specialty": "histology"}, replay=1.0)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    place = tmp_path_factory.mktemp("tuning")
    moments: list[Moment] = []
    held = adapt(
        RECIPE,
        model="demo-vlm-small",
        benchmark=TASK,
        out=place / "taught",
        cut=CUT,
        store=place / "answers.db",
        tracking=Tracking(progress=moments.append),
    )
    return place, held, moments


def by_specialty(held):
    found = defaultdict(list)
    for row in held.rows():
        found[row.sample.tags["specialty"]].append(row.score.values.get("accuracy", 0.0))
    return {name: sum(values) / len(values) for name, values in found.items()}


def test_it_learns_what_it_lacked(tuned):
    _, held, _ = tuned
    before, after = (by_specialty(one) for one in held.runs[0])
    assert after["histology"] > before["histology"] + 0.2
    assert held.training["settings"]["validation_loss"] < held.training["settings"]["validation_loss_before"]
    assert held.comparison is not None


def test_the_folder_answers_in_another_run_as_it_did(tuned):
    place, held, _ = tuned
    again = run(
        model=str(place / "taught"), benchmark=TASK, out=place / "again", store=place / "b.db", limit=40
    )
    said = {row.sample.id: row.response.text for row in held.runs[0][1].rows()}
    assert all(said[row.sample.id] == row.response.text for row in again.rows())
    assert again.manifest["model"]["fingerprint"] == held.runs[0][1].manifest["model"]["fingerprint"]
    assert again.manifest["exposure"]["level"] == "itself"


def test_what_is_needed_to_doubt_it_is_recorded(tuned):
    place, held, moments = tuned
    folder = place / "taught"
    record = json.loads((folder / "training.json").read_text())
    assert record == held.training
    assert (record["data"]["only"], record["data"]["replay"]) == ({"specialty": "histology"}, 1.0)
    assert 0 < record["trained"] < record["parameters"]
    assert record["settings"]["effective_batch"] == 16
    ids = json.loads((folder / "parts.json").read_text())
    assert len(ids["train"]) == record["data"]["train"]
    assert not set(ids["train"]) & set(ids["validation"])
    assert [m.step for m in moments][-1] == record["settings"]["steps"] == moments[-1].steps
    assert (
        (folder / "curve.csv").read_text().startswith("step,epoch,train_loss,learning_rate,validation_loss")
    )
    assert (folder / "report.html").read_text().count("<polyline") >= 1
    assert not list((folder / "training").glob("checkpoint-*"))


def test_what_is_done_is_not_trained_again(tuned, monkeypatch):
    place, held, _ = tuned

    def train(*_):
        raise AssertionError("it is trained again")

    monkeypatch.setattr(training, "run", train)
    words = {
        "model": "demo-vlm-small",
        "benchmark": TASK,
        "out": place / "taught",
        "store": place / "answers.db",
    }
    again = adapt(RECIPE, cut=CUT, **words)
    assert again.training == held.training
    for recipe, cut in ((RECIPE + ",rank=2", CUT), (RECIPE, replace(CUT, seed=1))):
        with pytest.raises(UsageError, match="holds another adaptation"):
            adapt(recipe, cut=cut, **words)


def test_an_unfinished_training_of_another_plan_is_not_gone_on_with(tuned, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "run", stop)
    words = {"model": "demo-vlm-small", "benchmark": "phantom@vqa:n=24", "out": tmp_path / "o"}
    with pytest.raises(KeyboardInterrupt):
        adapt("sft:steps=2,batch=4", **words)
    with pytest.raises(UsageError, match="unfinished training of another plan"):
        adapt("sft:steps=2,batch=2", **words)


def test_a_damaged_folder_is_one_line(tuned, tmp_path):
    (tmp_path / "adapted.json").write_text('{"kind": "tuned", "schema": 1}')
    with pytest.raises(ModelError, match="adapt again"):
        open_tuned(str(tmp_path))


def test_samples_whose_image_cannot_be_opened_are_left_out_and_named(tmp_path):
    task = resolve_benchmark("phantom@vqa:n=24")
    load = task.benchmark.load

    def torn(where, **options):
        for place, sample in enumerate(load(where, **options)):
            lost = tuple(replace(image, uri=str(tmp_path / "away.png")) for image in sample.images)
            yield replace(sample, images=lost) if where.split == "train" and place < 3 else sample

    benchmark = replace(task.benchmark, load=torn)
    held = Course.open("demo-vlm-small", benchmark, data=None, cut=Cut())  # type: ignore[arg-type]
    assert len(held.lost) == 3
    assert "away.png" in held.lost[0]
    assert len(held.parts.train) == len(held.train)


@pytest.mark.parametrize(
    ("recipe", "model", "said"),
    [
        ("sft:method=qlora", "demo-vlm", "needs a CUDA GPU"),
        ("sft:parts=brain", "demo-vlm", "name vision, projector, language"),
        ("sft:rate=0", "demo-vlm", "above 0"),
        ("sft", "demo-clip", "no generative checkpoint"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path, recipe, model, said):
    with pytest.raises(UsageError, match=said):
        adapt(recipe, model=model, benchmark="phantom@vqa:n=24", out=tmp_path / "o")


def test_a_tracker_is_known_installed_and_permitted(monkeypatch):
    phantom = resolve_benchmark("phantom@vqa").benchmark
    with pytest.raises(UsageError, match="one of tensorboard, trackio, wandb"):
        check(Tracking(report_to=("paper",)), phantom, permitted=())
    monkeypatch.setattr("medassay.workflows.adapting.tracking.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install wandb"):
        check(Tracking(report_to=("wandb",)), phantom, permitted=())
    monkeypatch.setattr("medassay.workflows.adapting.tracking.find_spec", lambda _: object())
    monkeypatch.delenv("WANDB_BASE_URL", raising=False)
    secret = replace(phantom, may_leave=False)
    with pytest.raises(NotPermitted, match=r"--permit api\.wandb\.ai"):
        check(Tracking(report_to=("wandb",)), secret, permitted=())
    check(Tracking(report_to=("wandb",)), secret, permitted=("api.wandb.ai",))
    check(Tracking(report_to=("tensorboard", "trackio")), secret, permitted=())
    assert destination("wandb", {"WANDB_MODE": "offline"}) == ""
    assert destination("trackio", {"TRACKIO_SPACE_ID": "owner/space"}) == "huggingface.co"


def test_launch_names_what_it_needs():
    with pytest.raises(UsageError, match="needs CUDA GPUs"):
        Launch(processes=2, sharding="fsdp").command("cpu")
    words = Launch(processes=4, sharding="fsdp").command("cuda")
    assert words[-2:] == ["--num_processes", "4"]
    assert words[-3].endswith("fsdp.yaml")


@pytest.mark.slow
def test_two_processes_train_as_one_does(tmp_path):
    words = {"model": "demo-vlm-small", "benchmark": "phantom@vqa:n=24", "store": tmp_path / "a.db"}
    recipe = "sft:rate=3e-3,steps=4,checks=1,dropout=0,looked_at=16"
    one = adapt(f"{recipe},batch=8", out=tmp_path / "one", **words)
    two = adapt(f"{recipe},batch=4", out=tmp_path / "two", launch=Launch(processes=2), **words)
    assert two.training["settings"]["effective_batch"] == 8
    losses = [held.training["settings"]["validation_loss"] for held in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=0.02)
