import pytest

from medassay.solvers import direct
from medassay.types import Case, Message, Request, Response


def test_direct_asks_once_and_gives_back_what_came():
    request, response = Request(messages=(Message(role="user", parts=("What?",)),)), Response(text="A lung.")
    turns = direct(Case(id="1", kind="open", question="What?"), request)
    assert next(turns) == [request]
    with pytest.raises(StopIteration) as end:
        turns.send([response])
    assert end.value.value is response
