"""What a solver that asks more than once leaves behind: who said what, in which round, at what cost."""

from dataclasses import replace

import pytest
from tests.engine.kit import Recorded, questions, run

from medassay.models.fakes import Failing, Scripted
from medassay.store import Store
from medassay.types import Decoding, Message, Response, Step, Usage


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "responses.db") as held:
        yield held


WARM = Decoding(temperature=0.7)


def panel(_case, request):
    """Two experts of whom a senior hears."""
    experts = [
        replace(request, role=role, to="senior", replicate=place)
        for place, role in enumerate(("chest", "heart"))
    ]
    said = yield experts
    heard = "\n".join(response.text for response in said)
    [response] = yield [
        replace(request, role="senior", messages=(*request.messages, Message(role="user", parts=(heard,))))
    ]
    return response


def costly(request):
    return Response(
        text=f"{len(request.messages)}.{request.replicate}",
        usage=Usage(input_tokens=10 * len(request.messages), output_tokens=1),
        seconds=0.5,
    )


def test_every_call_is_in_the_trace_and_in_the_totals(store):
    [row] = run(questions(1), Scripted(costly), store, solver=panel)
    held = row.response
    assert [(s.role, s.to, s.round, s.text) for s in held.trace] == [
        ("chest", "senior", 1, "1.0"),
        ("heart", "senior", 1, "1.1"),
        ("senior", "", 2, "2.0"),
    ]
    assert held.usage == Usage(input_tokens=40, output_tokens=3)
    assert held.seconds == 1.5
    assert len({step.request_key for step in held.trace}) == 3
    assert held.draws == ""


def test_roles_are_no_part_of_the_key(store):
    model = Recorded()
    [row] = run(questions(1), model, store, solver=lambda _, r: (yield [replace(r, role="a"), r])[0])
    assert len(model.asked) == 1
    assert [step.role for step in row.response.trace] == ["a", "model"]


def test_a_failed_row_keeps_what_was_asked_until_then(store):
    model = Failing(Scripted(costly), when=lambda request: len(request.messages) > 1)
    [row] = run(questions(1), model, store, solver=panel)
    assert row.score.status == "failed"
    assert [step.role for step in row.response.trace] == ["chest", "heart"]
    assert row.response.usage.input_tokens == 20


def test_what_a_solver_notes_itself_stands_before_its_calls(store):
    note = Step(role="retriever", request_key="", text="one report")

    def noting(rounds):
        def solver(_case, request):
            for _ in range(rounds):
                [response] = yield [request]
            return replace(response, trace=(note,))

        return solver

    for rounds, roles in ((1, ["retriever"]), (2, ["retriever", "model", "model"])):
        [row] = run(questions(1), Recorded(), store, solver=noting(rounds))
        assert [step.role for step in row.response.trace] == roles


@pytest.mark.parametrize(
    ("say", "draws"),
    [
        (lambda request: "the same", "same"),
        (lambda request: str(request.replicate // 2), "differ"),
    ],
)
def test_draws_of_one_question_are_told_apart_from_repeats(store, say, draws):
    def votes(_case, request):
        said = yield [replace(request, decoding=WARM, replicate=i) for i in range(3)]
        return said[0]

    def once(_case, request):
        said = yield [replace(request, decoding=WARM)]
        return said[0]

    [voted] = run(questions(1), Recorded(say), store, solver=votes)
    assert voted.response.draws == draws
    [single] = run(questions(1), Recorded(say), store, solver=once)
    assert single.response.draws == ""
    assert single.response.trace == ()


def test_prices_add_up_where_there_are_any():
    free, paid = Usage(input_tokens=1), Usage(output_tokens=2, euros=0.5)
    assert (free + free).euros is None
    assert free + paid + paid == Usage(input_tokens=1, output_tokens=4, euros=1.0)
