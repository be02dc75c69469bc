"""Ways of asking by their words, and what a run hands to them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.solvers.kit import case, context

import medassay
from medassay import registry
from medassay.benchmarks.phantom import BENCHMARK
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.reporting.cost import sentences
from medassay.solvers import direct
from medassay.solvers.context import Context
from medassay.solvers.strangers import strangers
from medassay.types import Request, Response, Usage
from medassay.workflows.costs import Costs
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.solving import briefly, resolve_solver, with_digests


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


SMALL = "phantom@vqa:n=6"


@dataclass(frozen=True, kw_only=True)
class Probing:
    """Shows its context to a test, then asks."""

    look: Callable[[Context], object]
    k: int = 2

    def begin(self, context):
        self.look(context)
        return direct


def test_options_are_typed_and_all_of_them_are_in_the_word(monkeypatch):
    asked = []

    def votes(_case, request, *, n: int = 5, close: bool = False):
        asked.append((n, close))
        [response] = yield [request]
        return response

    monkeypatch.setattr("medassay.solvers.SOLVERS", {"votes": votes, "votes@old": direct})
    assert resolve_solver("votes").word == "votes:n=5,close=false" == resolve_solver("votes:n=5").word
    way = resolve_solver("votes:close=yes,n=3")
    assert way.word == "votes:n=3,close=true"
    next(way.begin(context())(case(), Request(messages=())))
    assert asked == [(3, True)]
    assert resolve_solver("votes@old").asks is direct
    with pytest.raises(UsageError, match="no option 'm': it has n, close"):
        resolve_solver("votes:m=3")
    with pytest.raises(UsageError, match="votes@new"):
        resolve_solver("votes@new")


def test_every_solver_of_the_registry_can_be_made_and_names_its_options():
    for name in registry.names("solver"):
        way = resolve_solver(name)
        assert way.word == name or way.word.startswith(f"{name}:")
        assert resolve_solver(way.word) == way or resolve_solver(way.word).word == way.word


def test_a_word_can_be_told_without_what_is_usual():
    assert briefly(resolve_solver("few-shot:how=text").word) == "few-shot:how=text"
    assert briefly(resolve_solver("self-consistency").word) == "self-consistency"
    assert resolve_solver("few-shot").word == "few-shot:k=4,how=random"
    assert briefly("my.py:solve") == "my.py:solve"


def test_the_word_of_a_solver_without_options_is_its_name():
    assert resolve_solver("direct").word == "direct"
    assert resolve_solver(direct).word == "medassay.solvers:direct"


def test_a_scheme_is_handed_the_training_part_and_strangers_and_no_answer_to_what_is_asked():
    seen: dict[str, Any] = {}

    def look(context):
        seen.update(examples=context.examples(), cases=context.cases(), strangers=context.strangers())

    result = medassay.run(
        model=Scripted(lambda _: "yes", name="a"), benchmark=SMALL, solver=Probing(look=look), seed=3
    )
    asked = [row.sample for row in result.rows()]
    assert [case.id for case in seen["cases"]] == [sample.id for sample in asked]
    assert all(type(case).__name__ == "Case" for case in seen["cases"])
    assert {s.case.id for s in seen["examples"]}.isdisjoint(sample.id for sample in asked)
    assert all(image.digest for s in seen["examples"] for image in s.case.images)
    assert set(seen["strangers"]) == {sample.id for sample in asked}
    uses = result.manifest["protocol"]["solver_uses"]["examples"]
    assert uses["split"] == "train"
    assert uses["n"] == len(seen["examples"])
    assert result.manifest["protocol"]["solver"].endswith(",k=2")


def test_a_benchmark_without_a_training_part_is_said_to_have_none():
    with pytest.raises(UsageError, match="phantom has no training part to take examples from: it has test"):
        medassay.run(
            model=Scripted(lambda _: "yes", name="a"),
            benchmark=replace(BENCHMARK, splits=("test",)),
            solver=Probing(look=lambda context: context.examples()),
            limit=2,
        )


def test_costs_are_per_sample_and_a_fallback_and_equal_draws_are_said():
    costs = Costs()
    for calls in range(1, 101):
        steps = tuple(
            medassay.types.Step(role="m", request_key="", text="", round=r + 1) for r in range(calls)
        )
        costs.add(Response(trace=steps, usage=Usage(input_tokens=10 * calls), draws="same"))
    costs.add(Response(fallback="nobody could be read", draws="same"))
    held = costs.summary()
    assert held["per_sample"]["calls"] == {"mean": round(5051 / 101, 3), "p95": 95}
    assert held["per_sample"]["input_tokens"]["p95"] == 950
    assert held["fallbacks"] == 1
    said = sentences({"cost": held, "n": 101})
    assert "calls 50.0 (95)" in said[0]
    assert "broke on 1 of 101 rows (1.0%)" in said[1]
    assert said[2].startswith("DEGENERATE")
    costs.add(Response(draws="differ"))
    assert len(sentences({"cost": costs.summary(), "n": 102})) == 2


def test_a_run_that_asked_once_has_nothing_to_say_of_it():
    result = medassay.run(model=Scripted(lambda _: "yes", name="a"), benchmark=SMALL)
    assert result.manifest["cost"]["per_sample"]["calls"] == {"mean": 1, "p95": 1}
    assert sentences(result.manifest) == []
    assert result.to_json()["cost"]["fallbacks"] == 0


def test_on_vqa_rad_whose_test_images_are_all_in_its_training_part_none_is_shown_as_an_example(shared_data):
    shown = []
    model = Scripted(lambda request: shown.append([i.digest for i in request.images]) or "yes", name="a")
    data = shared_data / "vqa_rad"
    result = medassay.run(model=model, benchmark="vqa-rad", data=data, solver="few-shot:k=3", limit=60)
    own = [row.sample.images[0].digest for row in result.rows()]
    training = {
        image.digest
        for sample in with_digests(resolve_benchmark("vqa-rad", data=data, split="train").samples())
        for image in sample.images
    }
    assert set(own) <= training, "nothing could have leaked"
    assert len(shown) == 60
    for *examples, mine in shown:
        assert len({*examples, mine}) == 4
        assert mine in own
    uses = result.manifest["protocol"]["solver_uses"]["examples"]
    assert uses["n"] + uses["left_out"] == 3064


def test_on_vqa_rad_strangers_are_of_other_images_and_nearly_all_of_another_answer(shared_data):
    held = list(with_digests(resolve_benchmark("vqa-rad", data=shared_data / "vqa_rad").samples()))
    own = {sample.id: sample for sample in held}
    by_image: dict[Any, set[tuple[str, ...]]] = {}
    for sample in held:
        by_image.setdefault(sample.images[0], set()).add(sample.target.texts)
    found = strangers(held, seed=0)
    assert len(found) == 451
    for id, (image,) in found.items():
        assert image.digest != own[id].images[0].digest
        assert by_image[image] - {own[id].target.texts}, "an image of samples with another answer was there"
