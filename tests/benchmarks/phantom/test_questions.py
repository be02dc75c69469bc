"""Words alone tell nothing: every answer to a question is right equally often."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.benchmarks.phantom import load
from medassay.benchmarks.phantom.questions import balance
from medassay.prompts import plain
from medassay.types import Sample, Where

UNBALANCED = {"report", "measurement", "localisation"}


def answers_by_prompt(samples: list[Sample]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        if sample.tags["task"] not in UNBALANCED:
            found[plain(sample.case).text][sample.target.texts[0]] += 1
    return found


@given(seed=st.integers(0, 999_999), n=st.integers(0, 300))
@settings(max_examples=10, deadline=None)
def test_every_answer_is_right_equally_often_for_each_prompt(seed: int, n: int):
    for prompt, counts in answers_by_prompt(list(load(Where(), seed=seed, n=n))).items():
        assert len(counts) >= 2, prompt
        assert len(set(counts.values())) == 1, (prompt, counts)


def test_a_model_that_knows_every_prompt_by_heart_stays_at_chance_without_the_image():
    counts = answers_by_prompt(list(load(Where(variant="vqa"))))
    best = sum(max(c.values()) for c in counts.values()) / sum(c.total() for c in counts.values())
    assert best < 0.45
    yes_no = [c for c in counts.values() if set(c) == {"yes", "no"}]
    assert len(yes_no) >= 30
    assert all(c["yes"] == c["no"] for c in yes_no)


def test_letters_move_with_the_order_of_the_options():
    samples = [s for s in load(Where(variant="vqa")) if s.kind == "choice" and s.tags["specialty"] == "chest"]
    by_letter = Counter(s.target.texts[0] for s in samples)
    assert set(by_letter) == set("ABCD")
    assert len(set(by_letter.values())) == 1
    orders = {tuple(c.label for c in s.choices) for s in samples}
    assert len(orders) == 4


def test_questions_are_short_and_plain():
    samples = list(load(Where()))
    assert max(len(s.question.split()) for s in samples) <= 25
    vocabulary = {word for s in samples for word in s.question.lower().rstrip("?").split()}
    assert len(vocabulary) < 100


def test_an_id_names_one_question_whatever_else_is_asked():
    everything = {s.id: s for s in load(Where())}
    for variant in ("diagnosis", "vqa", "measurement", "localisation", "report", "detection"):
        for sample in load(Where(variant=variant)):
            assert everything.pop(sample.id) == sample
    assert not everything
    longer = {s.id: s for s in load(Where(), n=100)}
    shorter = {s.id: s for s in load(Where(), n=52)}
    assert all(longer[key] == shorter[key] for key in longer.keys() & shorter.keys())


def test_the_questions_fit_what_the_image_shows():
    for sample in load(Where(variant="vqa"), seed=11):
        if sample.tags["topic"] == "count-nodules":
            assert sample.tags["specialty"] == "chest"
            assert sample.target.texts[1] in {"zero", "one", "two", "three"}
        if sample.tags["skill"] == "side":
            assert sample.target.texts in {("left",), ("right",)}


@pytest.mark.parametrize(
    ("outcomes", "groups"),
    [
        (["a", "b", None, "a"], [(0, 1)]),
        (["b", "b", "a", "a"], [(2, 0), (3, 1)]),
        ([None], []),
        (["a"], []),
    ],
)
def test_groups_hold_one_of_each(outcomes: list[str | None], groups: list[tuple[int, ...]]):
    assert balance(outcomes, ("a", "b")) == groups
