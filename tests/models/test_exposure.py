"""What cards and the table of sets say of a model and a benchmark."""

from __future__ import annotations

from dataclasses import replace

import pytest

import medassay
from medassay import registry
from medassay.models import CARDS
from medassay.models.cards.demo import DEMO_VLM
from medassay.models.cards.published import MEDCLIP_VIT
from medassay.models.cards.served import O3
from medassay.models.exposure import _HOLDS, _plain, exposure
from medassay.workflows.exposing import exposed


def card(*sets, **changes):
    return replace(MEDCLIP_VIT, name="mine", training_sets=sets, unverified=(), **changes)


def said(model, benchmark, **more):
    return exposure(model, registry.find("benchmark", benchmark), **more)


@pytest.mark.parametrize(
    ("trained_on", "benchmark", "level"),
    [
        ("slake", "slake", "itself"),
        ("VQA-RAD", "vqa-rad", "itself"),
        ("vqa-rad@mevf", "vqa-rad", "itself"),
        ("NIH ChestX-ray14", "chestxray14", "itself"),  # by its title
        ("chestxray14", "chestmnist", "shared images"),
        ("chestmnist", "chestxray14", "shared images"),
        ("ham10000", "dermamnist", "shared images"),
        ("isic-2019", "dermamnist", "shared images"),
        ("kermany-pneumonia", "pneumoniamnist", "shared images"),
        ("iu-xray", "rad-restruct", "shared images"),
        ("chexpert", "chexpert-plus", "shared images"),
        ("omnimedvqa", "ham10000", "shared images"),
        ("fairvlmed10k-vqa", "fairvlmed10k-diagnosis", "shared images"),
        ("MS-CXR-T", "mimic-cxr", "shared images"),
        ("PMC-OA", "pmc-vqa", "shared images"),
        ("CheXinstruct", "vqa-rad", "shared images"),
        ("The Cauldron", "vqa-rad", "shared images"),
        ("PMC-15M", "pmc-vqa", "same source"),
        ("PubMedVision", "rocov2", "same source"),
        ("vqa-med-2019", "vqa-rad", "same source"),
        ("slake", "chestmnist", "shared images"),
        ("kermany-pneumonia", "octmnist", "none listed"),
        ("chexpert", "mimic-cxr", "none listed"),
        ("PMC-OA", "vqa-rad", "none listed"),
    ],
)
def test_training_sets_touch_a_benchmark_by_name_by_images_or_by_source(trained_on, benchmark, level):
    found = said(card(trained_on), benchmark)
    assert found.level == level, found.text
    assert found.through == (() if level == "none listed" else (trained_on,))
    assert (benchmark if level != "itself" else trained_on) in found.text


def test_the_nearest_of_several_counts_and_all_that_touch_are_named():
    found = said(card("PMC-15M", "PMC-OA", "chexpert"), "pmc-vqa")
    assert (found.level, found.through) == ("shared images", ("PMC-OA",))
    assert found.text == "mine was trained on PMC-OA; images are shared with pmc-vqa"


def test_what_is_shared_is_named_where_it_has_another_name():
    shared = said(card("omnimedvqa"), "dermamnist").text
    assert shared == "mine was trained on omnimedvqa; images are shared with dermamnist, those of ham10000"
    source = said(card("PMC-15M"), "rocov2").text
    assert source == "mine was trained on PMC-15M; rocov2 is drawn from PubMed Central as well"


def test_what_the_base_was_trained_on_counts_too(monkeypatch):
    base = replace(card("slake"), name="base-of-mine", base="root-of-mine")
    monkeypatch.setitem(CARDS, "base-of-mine", base)
    monkeypatch.setitem(CARDS, "root-of-mine", replace(card("pathvqa"), name="root-of-mine", base="mine"))
    mine = card("chexpert", base="base-of-mine")
    monkeypatch.setitem(CARDS, "mine", mine)
    slake = exposed(mine, registry.find("benchmark", "slake"))
    assert slake.level == "itself"
    assert slake.text.startswith("mine was trained on slake (as its base base-of-mine); ")
    assert exposed(mine, registry.find("benchmark", "pathvqa")).level == "itself"
    assert exposed(mine, registry.find("benchmark", "vqa-rad")).level == "none listed"


def test_silence_is_not_taken_for_innocence():
    assert said(O3, "slake").level == "not listed"
    assert said(card("slake"), "vqa-rad", bases=[O3]).level == "not listed"
    partly = replace(card("slake"), unverified=("training_sets",))
    assert said(partly, "vqa-rad").level == "not listed"
    assert said(partly, "slake").level == "itself"
    assert said(None, "slake").level == "no card"


def test_the_table_names_benchmarks_as_the_catalogue_does():
    """A name of the table that a benchmark has, but for its case or hyphens, is that benchmark's own."""
    own = {_plain(name): name for name in registry.names("benchmark")}
    for name in [one for row in _HOLDS for one in (row[0], *row[1])]:
        assert own.get(_plain(name), name) == name
    assert len({_plain(row[0]) for row in _HOLDS}) == len(_HOLDS)


def test_a_run_records_it_says_it_and_reports_it(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    done = medassay.run(model="demo-vlm", benchmark="phantom@vqa:n=2", out="run")
    assert done.manifest["exposure"]["level"] == "itself"
    line = "demo-vlm was trained on phantom; which part of it, its card may say"
    assert done.manifest["exposure"]["text"] == line
    assert [r.getMessage() for r in caplog.records if r.levelname == "WARNING"] == [f"exposure: {line}"]
    assert line in (done.path / "report.html").read_text("utf-8")
    caplog.clear()
    other = medassay.run(model=lambda requests: ["yes"] * len(requests), benchmark="phantom@vqa:n=2", out="b")
    assert other.manifest["exposure"]["level"] == "no card"
    assert [r for r in caplog.records if r.levelname == "WARNING"] == []
    assert DEMO_VLM.training_sets == ("phantom",)
