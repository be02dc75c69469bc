"""The majority of what can be read; how sure it was; and no vote of one call repeated."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.solvers.kit import case, context, walk

from medassay.errors import UsageError
from medassay.prompts import plain
from medassay.solvers.self_consistency import SelfConsistency
from medassay.solvers.voting import vote
from medassay.types import Case

UNREAD = "I see a shadow."


def outcome(of: Case, said: list[str], **options):
    solver = SelfConsistency(n=len(said), **options).begin(context())
    return walk(solver(of, plain(of)), lambda request: said[request.replicate])


@pytest.mark.parametrize(
    ("said", "text", "agreement", "probs"),
    [
        (["yes", "no", "Yes.", "no", "It is: yes"], "yes", 0.6, (0.6, 0.4)),
        (["no", "yes", "Yes.", "No."], "no", 0.5, (0.5, 0.5)),  # a tie: the earliest
        ([UNREAD, "no", UNREAD, "yes", "yes"], "yes", 0.4, (0.6, 0.4)),  # 2 of 5 unread, spread evenly
        ([UNREAD, UNREAD, ""], UNREAD, 0.0, None),
    ],
)
def test_the_vote(said, text, agreement, probs):
    response, [requests] = outcome(case(), said)
    assert response.text == text
    assert response.agreement == agreement
    assert response.probs == (None if probs is None else pytest.approx(probs))
    assert {r.decoding.temperature for r in requests} == {0.7}
    assert len({r.replicate for r in requests}) == len(said)


def test_open_answers_agree_by_the_scorer():
    said = ["right lung", "The left lung.", "left lung"]
    response, _ = outcome(case("Which?", kind="open"), said)
    assert (response.text, response.agreement, response.probs) == (
        "The left lung.",
        pytest.approx(2 / 3),
        None,
    )


@given(st.lists(st.sampled_from(["A", "B", "C", UNREAD]), min_size=2, max_size=9))
def test_the_vote_is_the_first_of_the_most_frequent(said):
    of = case(kind="choice", options=("x", "y", "z"))
    found = vote(context(), of, said)
    counts = Counter(text for text in said if text != UNREAD)  # keeps the order of first occurrence
    if not counts:
        assert found.winner is None
        return
    letter, votes = counts.most_common(1)[0]
    assert found.winner == said.index(letter)
    assert found.agreement == votes / len(said)
    assert found.probs is not None
    assert sum(found.probs) == pytest.approx(1)
    assert max(found.probs) == found.probs["ABC".index(letter)]


def test_greedy_draws_and_a_single_one_are_refused():
    with pytest.raises(UsageError, match="temperature 0 is one call repeated"):
        SelfConsistency(temperature=0).begin(context())
    with pytest.raises(UsageError, match="at least two draws"):
        SelfConsistency(n=1).begin(context())


def test_each_draw_may_reason_first():
    _, [requests] = outcome(case(), ["yes", "no"], steps=True)
    assert all("step by step" in request.text for request in requests)
    assert {request.decoding.max_tokens for request in requests} == {1024}
