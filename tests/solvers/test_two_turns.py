import pytest

from medassay.protocols.official.medxpertqa import trigger
from medassay.solvers.two_turns import two_turns
from medassay.types import Case, Choice, Message, Request, Response


def test_the_second_turn_asks_for_the_letter_behind_the_reasoning():
    request = Request(messages=(Message(role="user", parts=("Q: What?",)),))
    case = Case(id="1", kind="choice", question="What?", choices=(Choice(label="x"), Choice(label="y")))
    turns = two_turns(case, request)
    assert next(turns) == [request]
    [second] = turns.send([Response(text=" Because. ")])
    assert [(m.role, m.parts[0]) for m in second.messages] == [
        ("user", "Q: What?"),
        ("assistant", "Because."),
        ("user", trigger(2)),
    ]
    with pytest.raises(StopIteration) as end:
        turns.send([Response(text="B")])
    assert end.value.value.text == "B"
