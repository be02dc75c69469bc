"""Through the real engine: all samples advance together, and a killed scheme goes on where it was."""

import json

import pytest
from tests.engine.kit import Recorded, run
from tests.solvers.agents.kit import opinion
from tests.solvers.kit import context, picture

from medassay.metrics import score
from medassay.models.fakes import Failing, Scripted
from medassay.prompts import plain
from medassay.store import Store
from medassay.types import Response, Sample, Target, Usage
from medassay.workflows.costs import Costs
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
SAID = {
    "debater": opinion("yes"),
    "debater 3": opinion("no"),
    "judge": "yes",
    "triage": "intermediate",
    "recruiter": json.dumps(
        [
            {"role": role, "expertise": "knows it", "reports_to": None}
            for role in ("surgeon", "nurse", "reader")
        ]
    ),
    "expert": opinion("yes"),
    "expert 2": opinion("no"),
    "expert 3": opinion("no"),
    "summariser": "Key knowledge: a\nAnalysis: b\nDisagreement: c",
    "moderator": "yes",
    "critic": "Flaws: a\nCounter-evidence: b",
    "leader": opinion("yes"),
}


def say(request):
    """By the role; what an expert is asked to write to others, it writes to the first and second."""
    told = request.messages[-1].parts[-1]
    if "reply with a JSON object" in told:
        return json.dumps({"to": [1, 2], "message": "look"})
    if "exactly one pointed question" in told:
        return "Critic 1: why?\nCritic 2: why not?"
    return SAID[max((name for name in SAID if request.role.startswith(name)), key=len)]


def answered(word, model, store, samples=SAMPLES):
    solver = resolve_solver(word).begin(context())
    return run(samples, model, store, prompt=plain, scorer=score, solver=solver)


@pytest.mark.parametrize(
    ("word", "calls", "batches"),
    [
        ("debate:debaters=3,rounds=2", 10, 4),  # rounds + 2
        ("mdagents:experts=3,rounds=2", 20, 10),
        ("ucagents", 8, 5),
        ("mdagents@medvlmbench:mode=advanced", 5, 5),
    ],
)
def test_a_hundred_samples_are_one_batch_for_every_step(tmp_path, word, calls, batches):
    model = Recorded(say if "medvlmbench" not in word else lambda _: "yes")
    with Store(tmp_path / "responses.db") as store:
        rows = answered(word, model, store)
    assert len(model.calls) == batches
    assert sum(map(len, model.calls)) == N * calls
    assert {len(row.response.trace) for row in rows} == {calls}
    assert {max(step.round for step in row.response.trace) for row in rows} == {batches}
    assert {(row.score.answer, row.response.fallback) for row in rows} == {("yes", "")}


@pytest.mark.parametrize("word", ["debate", "mdagents:experts=3,rounds=2", "ucagents", "verify", "panel"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_killed_half_way_no_call_is_made_twice(tmp_path, word, share):
    def speak(request):
        known = [name for name in SAID if request.role.startswith(name)]
        return say(request) if known else "Hm."  # what breaks the other schemes is replayed too

    with Store(tmp_path / "whole.db") as store:
        whole = answered(word, Scripted(speak, name="a", log=tmp_path / "whole"), store, SAMPLES[:20])
    asked = (tmp_path / "whole").read_text().split()
    spoken = []

    def until_killed(request):
        spoken.append(request.key)
        if len(spoken) > len(asked) * share:
            raise KeyboardInterrupt
        return speak(request)

    with Store(tmp_path / "killed.db") as store:
        with pytest.raises(KeyboardInterrupt):
            answered(word, Scripted(until_killed, name="a"), store, SAMPLES[:20])
        resumed = answered(word, Scripted(speak, name="a", log=tmp_path / "rest"), store, SAMPLES[:20])
    rest = (tmp_path / "rest").read_text().split()
    assert resumed == whole
    assert len(set(asked)) == len(asked)
    assert sorted(spoken[:-1] + rest) == sorted(asked)


def test_one_case_leaves_nothing_to_the_next(tmp_path):
    """Cases of three complexities, one of them unreadable, in any order and any window: the same rows."""

    def triaged(request):
        number = int(request.text.split("shadow ")[1].split()[0])
        return ("basic", "Who knows?", "intermediate")[number % 3] if request.role == "triage" else "yes"

    found = []
    for name, samples in (("a", SAMPLES[:9]), ("b", SAMPLES[8::-1])):
        with Store(tmp_path / name) as store:
            rows = answered("mdagents", Scripted(triaged, name="d"), store, samples)
        found.append({row.sample.id: (row.response.text, row.response.fallback) for row in rows})
    assert found[0] == found[1]
    assert [bool(found[0][str(i)][1]) for i in range(9)] == [False, True, True] * 3


def test_a_failing_call_fails_its_row_which_keeps_what_it_took(tmp_path):
    def metered(request):
        return Response(text=say(request), usage=Usage(input_tokens=100, output_tokens=7))

    model = Failing(Scripted(metered, name="b"), when=lambda r: r.role == "judge" and "shadow 3 " in r.text)
    with Store(tmp_path / "responses.db") as store:
        rows = answered("debate", model, store, SAMPLES[:5])
    assert [row.score.status for row in rows] == ["scored"] * 3 + ["failed", "scored"]
    assert [len(row.response.trace) for row in rows] == [10, 10, 10, 9, 10]
    for row in rows:
        calls = len(row.response.trace)
        assert row.response.usage == Usage(input_tokens=100 * calls, output_tokens=7 * calls)
    costs = Costs()
    for row in rows:
        costs.add(row.response)
    assert costs.summary()["per_sample"]["calls"]["mean"] == 9.8


def test_one_model_that_draws_the_same_twice_is_found_out(tmp_path):
    with Store(tmp_path / "responses.db") as store:
        rows = answered("ucagents", Scripted(lambda _: opinion("yes"), name="c"), store, SAMPLES[:3])
    assert {row.response.draws for row in rows} == {"same"}
