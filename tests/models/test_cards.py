"""Every card of a model: complete, and true to what is tested."""

from __future__ import annotations

import re

import pytest

from medassay import registry
from medassay.errors import ModelError
from medassay.models import CARDS, LOADERS
from medassay.types import ModelCard
from medassay.workflows.named import resolve_model

from .conftest import BUILDERS, _more_builders

HELD: list[ModelCard] = [registry.find("model", name) for name in CARDS]
_more_builders()


@pytest.mark.parametrize("card", HELD, ids=lambda card: card.name)
def test_a_card_is_complete(card):
    assert CARDS[card.name]
    assert card.loader in LOADERS
    for word in ("title", "source", "parameters", "licence", "citation"):
        assert getattr(card, word).strip(), word
    assert card.revision is None or re.fullmatch(r"[0-9a-f]{40}", card.revision)
    assert card.base == "" or card.base in CARDS
    assert (card.status == "card only") == bool(card.reason)
    known = {*card.__dataclass_fields__}
    assert set(card.unverified) <= known


@pytest.mark.parametrize("card", [c for c in HELD if c.status == "tested"], ids=lambda card: card.name)
def test_what_says_tested_has_a_tiny_checkpoint_of_its_family(card):
    demo, served = card.source.startswith("builtin:"), card.loader == "server"
    assert demo or served or card.family in BUILDERS


def test_a_card_alone_says_why_and_what_to_use_instead():
    for card in HELD:
        if card.status == "card only":
            with pytest.raises(ModelError, match="cannot be loaded here"):
                resolve_model(card.name)
            assert len(card.reason) > 30
