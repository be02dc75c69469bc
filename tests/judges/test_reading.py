"""What a judge's reply is read as; and what is never read out of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay import registry
from medassay.judges import RUBRICS, Rubric
from medassay.judges.reading import ACCURACY, ERRORS, GREEN, PREFERENCE, SCORE
from medassay.types import Choice, Kind, Sample, Target


def rubric(name: str) -> Rubric:
    held: Rubric = registry.find("rubric", name)
    return held


def sample(kind: Kind = "open", gold: str = "left lung", options: tuple[str, ...] = ()) -> Sample:
    choices = tuple(Choice(label=option) for option in options)
    return Sample(id="1", kind=kind, question="Where?", target=Target(texts=(gold,)), choices=choices)


CHOICE = sample("choice", "B", ("cyst", "abscess", "tumour"))


@pytest.mark.parametrize(
    ("name", "reply", "answer", "values"),
    [
        ("semantic", '{"verdict": "correct", "reason": "same"}', "correct", {ACCURACY: 1.0}),
        ("semantic", '```json\n{"verdict": "Incorrect"}\n```', "incorrect", {ACCURACY: 0.0}),
        ("semantic", '<think>{"verdict": "correct"}</think>{"verdict": "incorrect"}', "incorrect", None),
        ("semantic", '{"verdict": "correct", "reason": "cut o', "correct", {ACCURACY: 1.0}),
        ("semantic", '{"verdict": "none"}', None, {}),
        ("graded", '{"score": 8, "reason": "x"}', "8", {SCORE: 0.8, ACCURACY: 1.0}),
        ("graded", '{"score": "7"}', "7", {SCORE: 0.7, ACCURACY: 0.0}),
        ("medvlmbench-semantic", "85\nIt is near.", "85", {SCORE: 0.85}),
        ("medevalkit", "<think>same</think>\n<judge>0</judge>", "0", {ACCURACY: 1.0}),
        ("medevalkit", "<judge> 1 </judge>", "1", {ACCURACY: 0.0}),
        ("letter", '{"letter": "b"}', "B", {ACCURACY: 1.0}),
        ("letter", '{"letter": "A"}', "A", {ACCURACY: 0.0}),
        ("letter", '{"letter": "none"}', None, {}),
        ("pairwise", '{"better": "tie"}', "tie", {PREFERENCE: 0.5}),
    ],
)
def test_a_verdict_is_read(name, reply, answer, values):
    verdict = rubric(name).read(reply, CHOICE)
    assert verdict is not None
    assert verdict.answer == answer
    assert values is None or verdict.values == values


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("semantic", ""),
        ("semantic", "The answer is correct."),
        ("semantic", '{"verdict": "correct"} or {"verdict": "incorrect"}'),
        ("semantic", '{"verdict": "partly"}'),
        ("graded", '{"score": 11}'),
        ("graded", '{"score": 0}'),
        ("graded", '{"score": 7.5}'),
        ("graded", "8/10"),
        ("medvlmbench-semantic", "Score: 85"),
        ("medvlmbench-semantic", "0"),
        ("medevalkit", "0"),
        ("medevalkit", "<judge>0/1</judge>"),
        ("medevalkit", "<judge>0</judge><judge>1</judge>"),
        ("letter", '{"letter": "D"}'),
        ("letter", "B"),
        ("pairwise", '{"better": "C"}'),
        ("green-style", '{"matched": 2}'),
        ("green-style", "2 findings match"),
    ],
)
def test_what_is_no_verdict_is_not_read_as_one(name, reply):
    assert rubric(name).read(reply, CHOICE) is None


@given(st.integers(0, 30), st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_green_is_matched_over_matched_and_significant(matched, counts):
    significant, insignificant = (
        dict(zip(ERRORS, counts[:6], strict=True)),
        dict(zip(ERRORS, counts[6:], strict=True)),
    )
    reply = json.dumps({"matched": matched, "significant": significant, "insignificant": insignificant})
    verdict = rubric("green-style").read(f"Here it is:\n{reply}", sample("report"))
    assert verdict is not None
    expected = 0 if matched == 0 else matched / (matched + sum(counts[:6]))
    assert verdict.values[GREEN] == expected
    assert verdict.values["insignificant"] == sum(counts[6:])


@pytest.mark.parametrize("bad", [-1, 1.5, True, "2"])
def test_a_count_that_is_none_spoils_the_verdict(bad):
    counts = dict.fromkeys(ERRORS, 0)
    reply = {"matched": 1, "significant": {**counts, "wrong_location": bad}, "insignificant": counts}
    assert rubric("green-style").read(json.dumps(reply), sample("report")) is None


@given(st.text())
def test_no_reply_makes_a_reader_raise(reply):
    for name in RUBRICS:
        rubric(name).read(reply, CHOICE)
