"""Words to models: what a card says, and which weights it names the next time."""

from __future__ import annotations

from typing import Any

import pytest

from medassay import lock, models, registry
from medassay.errors import ModelError
from medassay.models import CARDS
from medassay.types import ModelCard
from medassay.workflows.named import resolve_model

COMMIT, OTHER = "a" * 40, "b" * 40


class Engine:
    """Stands for what would download weights: it is met at the newest commit, unless told another."""

    newest = COMMIT

    def __init__(self, path: str, *, revision: str | None = None) -> None:
        self.path, self.commit = path, revision or self.newest


@pytest.fixture
def card(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held = ModelCard(
        name="ours", title="Ours", loader="test", source="hf://owner/name", revision=None, parameters="1 M",
        licence="MIT", access="open", citation="None (2026).", training_sets=(),
    )  # fmt: skip
    monkeypatch.setitem(models.LOADERS, "test", f"{__name__}:Engine")
    monkeypatch.setattr(registry, "load_attribute", lambda word: Engine)
    monkeypatch.setattr(registry, "names", lambda kind: ["ours"])
    monkeypatch.setattr(registry, "find", lambda kind, name: held)
    return held


def commit(word: str) -> Any:
    return getattr(resolve_model(word).model, "commit", None)


def test_a_card_without_a_revision_is_held_to_the_commit_it_was_first_met_at(card, monkeypatch):
    assert commit("ours") == COMMIT
    assert lock.weights()["ours"] == lock.Weights(source="hf://owner/name", revision=COMMIT)
    monkeypatch.setattr(Engine, "newest", OTHER)
    assert commit("ours") == COMMIT
    assert commit(f"ours:revision={OTHER}") == OTHER  # asked for by name, and not locked
    assert lock.weights()["ours"].revision == COMMIT


def test_a_card_alone_says_why():
    names = [name for name in CARDS if name == "chexagent-2"]
    with pytest.raises(ModelError, match=r"chexagent-2 cannot be loaded here: .*serve it"):
        resolve_model(names[0])
