"""Replies in a form: read, asked again with what is wrong, and never guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.solvers.kit import texts, walk

from medassay.solvers.grammar import AGAIN, RETRIES, Malformed, read_all
from medassay.types import Message, Request, Response


def number(text):
    if not text.isdigit():
        raise Malformed(f"{text!r} is no number")
    return int(text)


def ask(name):
    return Request(messages=(Message(role="user", parts=(f"{name}?",)),))


def replies_of(requests, **options):
    replies = yield from read_all(requests, number, **options)
    return replies


@given(
    st.lists(st.lists(st.sampled_from(["7", "seven", ""]), min_size=3, max_size=3), max_size=5),
    st.integers(0, RETRIES),
)
def test_each_is_asked_until_it_can_be_read_or_the_tries_are_spent(scripts, retries):
    """`scripts`: what each model would say at its first, second and third try."""
    tries = [0] * len(scripts)

    def say(request):
        place = int(texts(request)[0][:-1])
        tries[place] += 1
        return scripts[place][tries[place] - 1]

    replies, rounds = walk(replies_of([ask(i) for i in range(len(scripts))], retries=retries), say)
    readable = [script[: retries + 1] for script in scripts]
    expected = [script.index("7") + 1 if "7" in script else retries + 1 for script in readable]
    assert tries == expected
    assert [reply.value for reply in replies] == [7 if "7" in script else None for script in readable]
    assert all(bool(reply.problem) == (reply.value is None) for reply in replies)
    assert len(rounds) == max(expected, default=1)


def test_what_is_wrong_is_said_and_only_the_last_try_is_kept():
    said = iter(["six", "", "6"])
    [reply], rounds = walk(replies_of([ask("n")]), lambda _: next(said))
    assert (reply.value, reply.problem) == (6, "")
    first, second, third = (request for [request] in rounds)
    assert second.messages[:1] == first.messages
    assert texts(second)[1:] == [
        "six",
        AGAIN.format(problem="'six' is no number", left=2),
    ]
    assert texts(third)[1] == "(no reply)"
    assert texts(third)[2].endswith("Tries left: 1.")
    assert len(third.messages) == 3


def test_a_bug_in_the_grammar_is_not_taken_for_a_malformed_reply():
    def broken(_text: str) -> int:
        raise ZeroDivisionError

    turns = read_all([ask("n")], broken)
    next(turns)
    with pytest.raises(ZeroDivisionError):
        turns.send([Response(text="1")])
