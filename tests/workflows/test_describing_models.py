"""Models as tables, cards and a page."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from medassay import registry
from medassay.models import CARDS
from medassay.types import Style
from medassay.workflows.catalogue import show
from medassay.workflows.describing_models import manner, seen, status, table

ROOT = Path(__file__).resolve().parents[2]


def printed(thing: object, width: int = 80) -> str:
    text = io.StringIO()
    Console(file=text, width=width).print(thing)
    return text.getvalue()


def test_every_card_is_one_line_of_80_columns():
    lines = printed(table()).splitlines()
    for name in CARDS:
        own = [line for line in lines if line.split()[:1] == [name]]
        assert len(own) == 1, name
        assert len(own[0]) <= 80
        assert own[0].rstrip().endswith(status(registry.find("model", name)))


def test_status_tells_what_can_be_run_from_what_needs_terms_a_key_or_cannot_be():
    held = {
        name: status(registry.find("model", name)) for name in ("demo-vlm", "medgemma-4b", "o3", "maira-2")
    }
    assert held == {"demo-vlm": "tested", "medgemma-4b": "gated", "o3": "by address", "maira-2": "card only"}


def test_a_card_says_how_it_is_asked_and_what_it_was_trained_on():
    text = printed(show("medgemma-4b"), 200)
    assert "How it is asked" in text
    row = next(line for line in text.splitlines() if line.startswith("itself"))
    assert {"slake", "vqa-rad"} <= set(row.replace(",", "").split())
    assert "phantom" not in row


def test_what_it_was_trained_on_counts_its_bases():
    assert dict(seen(registry.find("model", "demo-vlm")))["itself"] == "phantom"
    assert seen(registry.find("model", "siglip-base")) == []


def test_the_manner_names_what_is_changed_and_what_is_usual():
    said = dict(manner(Style(system="Be brief.", images_first=False, decoding={"max_tokens": 4096})))
    assert said["system"] == "Be brief."
    assert said["images"] == "where the prompt puts them"
    assert said["decoding"] == "max_tokens 4096 (usually 256)"
