"""Whether judge and judged are kin, from their cards."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from medassay import registry
from medassay.judges.kinship import kinship


def judged(name):
    return {"name": name, "fingerprint": "f", "card": asdict(registry.find("model", name))}


@pytest.mark.parametrize(
    ("judge", "model", "said"),
    [
        ("qwen2.5-vl-7b", "qwen2.5-vl-7b", "come from one model"),
        ("qwen2.5-vl-7b", "lingshu-7b", "come from one model"),
        ("qwen2.5-vl-32b", "qwen2.5-vl-7b", "of one family"),
        ("gpt-5.2", "o3", "served by one maker"),
        ("gpt-5.2", "gemini-2.5-pro", ""),
        ("gemma-3-27b", "internvl3-8b", ""),
    ],
)
def test_what_the_cards_show(judge, model, said):
    found = kinship(registry.find("model", judge), "j", judged(model))
    assert (said in found) if said else not found


def test_a_model_that_judges_itself_is_told_whatever_the_cards_say():
    assert "judges its own answers" in kinship(None, "f", judged("o3"))


def test_without_a_card_nothing_can_be_told():
    assert "cannot be told" in kinship(None, "j", judged("o3"))
    assert "cannot be told" in kinship(registry.find("model", "o3"), "j", {"name": "mine", "card": None})
