"""Cards whose model a server answers for: address, name, style, budget, and the gate before them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.models.server.endpoint import said, serving

import medassay
from medassay import gate, registry
from medassay.errors import NotPermitted, UsageError
from medassay.models import CARDS
from medassay.models.cards.served import GEMINI_2_5_PRO, O3
from medassay.workflows.named import resolve_model

pytest.importorskip("openai", reason="openai absent")
SMALL = "phantom@vqa:n=12"
SERVED = [registry.find("model", name) for name in CARDS if registry.find("model", name).loader == "server"]
PRICES = "kind: prices\nschema: 1\nmodels:\n  o3-2025-04-16: {input: 1, output: 100}\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    monkeypatch.setenv("GEMINI_API_KEY", "none")


@pytest.fixture
def prices(tmp_path, monkeypatch):
    (tmp_path / "prices.yaml").write_text(PRICES, "utf-8")
    monkeypatch.setenv("MEDASSAY_PRICES", str(tmp_path / "prices.yaml"))


@pytest.mark.parametrize("card", SERVED, ids=lambda card: card.name)
def test_a_card_becomes_its_server_without_asking_anyone(card):
    named = resolve_model(card.name)
    assert named.card == card
    assert gate.destination(named.model) == card.source
    assert named.model.identity["requested"] == card.options["name"]
    assert named.model.identity["dialect"] == card.options["dialect"]
    assert named.model.style == card.style


def test_the_model_of_the_card_is_the_one_that_is_asked_and_in_its_dialect(monkeypatch):
    with serving(lambda *_: said("yes")) as server:
        monkeypatch.setitem(CARDS, "o3", replace(O3, source=server.address))
        done = medassay.run(model="o3", benchmark=SMALL, out="run")
    assert done.complete
    assert {body["model"] for body in server.asked} == {"o3-2025-04-16"}
    assert {body["max_completion_tokens"] for body in server.asked} == {25_000}
    assert not any({"temperature", "max_tokens"} & set(body) for body in server.asked)
    assert done.manifest["model"]["card"]["name"] == "o3"


def test_gemini_is_not_asked_for_its_smaller_sister():
    """MedVLMBench's row of this name called gemini-2.5-flash-preview-05-20."""
    assert GEMINI_2_5_PRO.options["name"] == "gemini-2.5-pro"
    assert resolve_model("gemini-2.5-pro").model.identity["requested"] == "gemini-2.5-pro"


@pytest.mark.usefixtures("prices")
def test_a_budget_reaches_the_server_of_a_card(monkeypatch):
    with serving(lambda *_: said("yes")) as server:
        monkeypatch.setitem(CARDS, "o3", replace(O3, source=server.address))
        poor = medassay.run(model="o3", benchmark=SMALL, out="run", budget=0.001)
        assert server.asked == []
        assert poor.manifest["counts"]["failed"] == poor.manifest["n"]
        assert medassay.run(model="o3", benchmark=SMALL, out="run", budget=100.0).complete


def test_a_budget_needs_a_price_and_a_server():
    with pytest.raises(UsageError, match="a budget needs the price of 'o3-2025-04-16'"):
        resolve_model("o3", budget=1.0)
    with pytest.raises(UsageError, match="demo-vlm is no server"):
        resolve_model("demo-vlm", budget=1.0)


def test_data_that_must_stay_does_not_go_to_the_server_of_a_card(monkeypatch):
    asked = []
    monkeypatch.setattr("medassay.models.server.ServerModel.answer", lambda *_: asked.append(1))
    phantom = replace(registry.find("benchmark", "phantom"), may_leave=False)
    with pytest.raises(NotPermitted, match=r"api\.openai\.com"):
        medassay.run(model="o3", benchmark=phantom, limit=2, out="run")
    assert asked == []
