"""Who had the last word, and whether it mended or ruined what was first thought."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.solvers.kit import picture

from medassay.metrics import score
from medassay.prompts import plain
from medassay.reporting.price import Exit
from medassay.types import Response, Row, Sample, Step, Target
from medassay.workflows import exits as module
from medassay.workflows.exits import exits


def step(role, text, round):
    return Step(role=role, text=text, round=round, request_key="k")


def thought(answer):
    return f"Reasoning: so.\nAnswer: {answer}"


def row(text, *steps, **rest):
    sample = Sample(
        id="1", kind="yes/no", question="?", images=(picture("a"),), target=Target(texts=("yes",))
    )
    response = Response(text=text, trace=steps, **rest)
    return Row(sample=sample, response=response, score=score(sample, response))


def of(*rows):
    benchmark = SimpleNamespace(prompt=plain, scorer=score)
    manifest = {"primary": "accuracy", "protocol": {"solver": "debate"}}
    run: Any = SimpleNamespace(rows=lambda: iter(rows), benchmark=benchmark, manifest=manifest)
    return exits(run)


@pytest.fixture(autouse=True)
def _named(monkeypatch):
    monkeypatch.setattr(module, "way_of", lambda _: "scheme")


NO = [step(f"expert {n} (reader)", thought(answer), 1) for n, answer in ((1, "no"), (2, "no"), (3, "yes"))]
YES = [step(f"expert {n}", thought(answer), 1) for n, answer in ((1, "yes"), (2, "yes"), (3, "no"))]


def one(name, rows, value, opinions, mended, ruined):
    return Exit(
        scheme="scheme", name=name, rows=rows, value=value, opinions=opinions, mended=mended, ruined=ruined
    )


def test_the_last_word_mends_ruins_or_leaves():
    assert of(
        row("yes", *NO, step("moderator", "yes", 2)),
        row("no", *YES, step("moderator", "no", 2)),
        row("no", *NO, step("moderator", "no", 2)),
        row("yes", *YES),
    ) == [one("moderator", 3, pytest.approx(1 / 3), 3, 1, 1), one("expert", 1, 1.0, 1, 0, 0)]


def test_a_clerk_has_no_word_and_a_judge_comes_after_the_answer():
    rows = row("yes", *YES, step("senior", thought("yes"), 2), step("clerk", "yes", 3), step("judge", "1", 0))
    assert [held.name for held in of(rows)] == ["senior"]


def test_the_author_is_held_to_the_first_answer():
    rows = row(
        "yes", step("author", "no", 1), step("checker", "Verdict: revise", 2), step("author", "yes", 3)
    )
    assert of(rows) == [one("author", 1, 1.0, 1, 1, 0)]


def test_what_broke_and_what_failed_are_exits_of_their_own():
    steps = (step("expert 1", "Hm.", 1), step("fallback", "yes", 2))
    assert of(
        row("yes", *steps, fallback="expert 1: it is empty"), row("", *steps, error="time-out: none")
    ) == [one("failed", 1, None, 0, 0, 0), one("fallback", 1, 1.0, 0, 0, 0)]


def test_one_call_has_no_exits():
    assert of(row("yes"), row("yes", step("judge", "1", 0)), row("", error="time-out: none")) == []


def test_a_row_that_took_one_call_is_an_exit_beside_the_others():
    found = of(row("yes"), row("yes", *YES))
    assert [(held.name, held.rows) for held in found] == [("expert", 1), ("one call", 1)]
