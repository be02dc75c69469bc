"""What random texts found to be hard, against what the harnesses themselves make of it."""

import json
from pathlib import Path

import pytest

from medassay.protocols import vlmevalkit
from medassay.protocols.lmms_eval import normal
from medassay.protocols.medvlmbench import scores
from medassay.protocols.medvlmbench.letters import letter

HELD = json.loads((Path(__file__).parent / "golden" / "edges.json").read_text("utf-8"))


@pytest.mark.parametrize("case", HELD["letters"], ids=lambda case: repr(case["text"]))
def test_letters_of_medvlmbench(case):
    assert letter(case["text"], case["offered"]) == case["letter"]


@pytest.mark.parametrize("case", HELD["vlmevalkit"], ids=lambda case: repr(case["text"])[:40])
def test_letters_of_vlmevalkit(case):
    assert vlmevalkit.letter(case["text"], case["options"]) == case["letter"]


@pytest.mark.parametrize("case", HELD["slake"], ids=lambda case: repr(case["text"]))
def test_normal_form_of_lmms_eval(case):
    assert normal(case["text"], normal_is_yes=True) == case["normal"]


@pytest.mark.parametrize("case", HELD["overlaps"], ids=lambda case: repr(case["answer"])[:40])
def test_overlap_of_medvlmbench(case):
    made = dict(case["made"])
    assert scores.closed_scores(case["answer"], case["gold"])["accuracy"] == made.pop("closed")
    assert scores.overlap(case["answer"], case["gold"]) == pytest.approx(made, abs=1e-12)


@pytest.mark.parametrize("case", HELD["captions"], ids=lambda case: repr(case["answer"])[:40])
def test_captions_of_medvlmbench(case):
    ours = scores.caption_scores(case["answer"], case["gold"])
    assert {name: ours[name] for name in case["made"]} == pytest.approx(case["made"], abs=1e-6)
    opened = scores.open_scores(case["answer"], case["gold"])
    assert opened["rouge2"] == ours["rouge2_fmeasure"]


@pytest.mark.parametrize("case", HELD["yes/no"], ids=lambda case: repr(case["text"])[:40])
def test_polarity_of_vlmevalkit(case):
    assert vlmevalkit.polarity(case["text"]) == case["polarity"]
