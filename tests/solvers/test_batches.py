"""All samples of a way of asking advance together, and a killed one goes on where it was."""

import pytest
from tests.engine.kit import Recorded, run
from tests.solvers.kit import case, context, picture

from medassay.metrics import score
from medassay.models.fakes import Scripted
from medassay.prompts import plain
from medassay.solvers.context import Solved
from medassay.store import Store
from medassay.types import Request, Response, Sample, Target
from medassay.workflows.solving import resolve_solver

N = 100
SAMPLES = [
    Sample(
        id=str(i),
        kind="yes/no",
        question=f"Is shadow {i} large?",
        images=(picture(str(i)),),
        target=Target(texts=("yes",)),
    )
    for i in range(N)
]
EXAMPLES = [Solved(case=case(id=f"e{i}", images=(f"e{i}",)), answer="yes") for i in range(20)]
CONTEXT = context(
    examples=lambda: EXAMPLES, strangers=lambda: {sample.id: (picture("other"),) for sample in SAMPLES}
)
CALLS = {  # for each sample, and one after another
    "direct": (1, 1),
    "blind": (1, 1),
    "blank": (1, 1),
    "mismatched": (1, 1),
    "cot": (1, 1),
    "few-shot": (1, 1),
    "rag:by=words": (1, 1),
    "self-consistency": (5, 1),
    "describe-then-answer": (2, 2),
    "two-turns": (2, 2),
    "structured": (3, 3),  # as what is said is no JSON
}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "responses.db") as held:
        yield held


def answered(word, model, store):
    solver = resolve_solver(word).begin(CONTEXT)
    return run(SAMPLES, model, store, prompt=plain, scorer=score, solver=solver)


@pytest.mark.parametrize(("word", "calls", "rounds"), [(w, *counts) for w, counts in CALLS.items()])
def test_a_hundred_samples_are_one_batch_for_every_round(store, word, calls, rounds):
    model = Recorded(lambda request: "yes")
    rows = answered(word, model, store)
    assert len(model.calls) == rounds
    assert sum(map(len, model.calls)) == N * calls
    asked = {sum(step.round > 0 for step in row.response.trace) for row in rows}
    assert asked == {calls if calls > 1 else 0}
    assert {row.score.answer for row in rows} == {"yes"}


@pytest.mark.parametrize("word", ["self-consistency:n=3", "describe-then-answer", "structured"])
def test_killed_in_the_middle_it_asks_only_for_what_is_missing(tmp_path, word):
    def say(request):
        return Response(text=f"yes {request.replicate} {len(request.messages)}")

    with Store(tmp_path / "whole.db") as store:
        whole = answered(word, Scripted(say, name="a", log=tmp_path / "whole.log"), store)
    asked = (tmp_path / "whole.log").read_text().split()

    def until_killed(request):
        spoken.append(request)
        if len(spoken) > len(asked) * 0.6:
            raise KeyboardInterrupt
        return say(request)

    spoken: list[Request] = []
    with Store(tmp_path / "killed.db") as store:
        with pytest.raises(KeyboardInterrupt):
            answered(word, Scripted(until_killed, name="a"), store)
        resumed = answered(word, Scripted(say, name="a", log=tmp_path / "rest.log"), store)
    rest = (tmp_path / "rest.log").read_text().split()
    assert resumed == whole
    assert len(set(rest)) == len(rest) == len(asked) - (len(spoken) - 1)
    assert set(rest) < set(asked)
