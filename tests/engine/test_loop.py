"""What a run does with samples, models and solvers, good and bad."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.engine import Progress, evaluate
from medassay.errors import StoreError
from medassay.models.fakes import Constant, Failing, Scripted
from medassay.store import Store
from medassay.types import Choice, Decoding, Image, Message, Response, Style

from .kit import Recorded, prompt, questions, run, sample, scorer


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "responses.db") as held:
        yield held


def test_rows_come_in_the_order_of_the_samples(store):
    rows = run(iter(questions(30)), Recorded(), store, window=7)
    assert [row.sample.id for row in rows] == [f"question {i}" for i in range(30)]
    assert [row.response.text for row in rows] == [f"re: question {i}" for i in range(30)]


def test_no_more_than_two_windows_are_held(store):
    taken = []

    def stream():
        for held in questions(100):
            taken.append(held.id)
            yield held

    rows = evaluate(stream(), Constant("A"), store, prompt=prompt, scorer=scorer, window=10)
    for done in range(1, 101):
        next(rows)
        assert len(taken) <= (done - 1) // 10 * 10 + 20


def test_a_row_is_handed_on_when_its_answer_is_on_the_disk(store):
    with Store(store.path) as other:
        for row in evaluate(questions(10), Recorded(), store, prompt=prompt, scorer=scorer, window=3):
            key = prompt(row.sample.case).key
            assert other.get("recorded", [key]) == {key: row.response}


def test_a_second_run_asks_nothing(store):
    first = run(questions(20), Recorded(), store)
    again = Recorded()
    assert run(questions(20), again, store) == first
    assert again.calls == []


def test_only_what_is_missing_is_asked(store):
    run(questions(20), Recorded(), store)
    again = Recorded()
    run(questions(25), again, store, window=50)
    assert again.asked == [f"question {i}" for i in range(20, 25)]


def test_equal_requests_are_asked_once(store):
    model = Recorded()
    samples = [sample("same", id=str(i)) for i in range(10)]
    rows = run(samples, model, store, window=4)
    assert model.asked == ["same"]
    assert [row.response.text for row in rows] == ["re: same"] * 10


def three_rounds(_case, request):
    said = ""
    for number in range(3):
        says = Message(role="user", parts=(f"round {number}{said}",))
        ask = replace(request, messages=(*request.messages, says))
        [response] = yield [ask]
        said = f" after {response.text[-9:]}"
    return Response(text=said)


def test_what_one_round_was_told_no_later_one_asks(store):
    def twice(_case, request):
        yield [request]
        [response] = yield [request]
        return response

    model = Recorded()
    run(questions(10), model, store, solver=twice)
    assert len(model.asked) == 10


def test_one_round_of_all_samples_is_one_batch(store):
    model = Recorded()
    rows = run(questions(100), model, store, solver=three_rounds, window=50)
    assert [len(call) for call in model.calls] == [50] * 6
    assert all("round 1 after" in text for text in model.asked[50:100])
    assert [step.request_key for step in rows[0].response.trace] == [
        model.calls[n][0].key for n in (0, 2 - 1, 2)
    ]


def test_a_killed_run_replays_its_solvers_against_the_store(store):
    """The second model meets only the round that the first did not reach."""
    whole = run(questions(10), Recorded(), store, solver=three_rounds)

    with Store(store.path.with_name("second.db")) as second:
        cut = Recorded()
        killed = Failing(cut, when=lambda r: "round 2" in r.text, raises=KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(questions(10), killed, second, solver=three_rounds)
        resumed = Recorded()
        assert run(questions(10), resumed, second, solver=three_rounds) == whole
        assert len(cut.asked) == 20
        assert sorted(cut.asked + resumed.asked) == sorted(set(cut.asked + resumed.asked))


def test_several_requests_in_one_round_are_answered_in_their_order(store):
    def votes(_case, request):
        answers = yield [replace(request, replicate=n) for n in range(5)]
        return Response(text=" ".join(answer.text for answer in answers))

    model = Scripted(lambda request: str(request.replicate), name="replicates")
    rows = run(questions(3), model, store, solver=votes)
    assert [row.response.text for row in rows] == ["0 1 2 3 4"] * 3
    assert [step.text for step in rows[0].response.trace] == ["0", "1", "2", "3", "4"]


def test_a_round_may_ask_nothing_and_a_solver_may_need_no_model(store):
    def at_once(case, request):
        nothing = yield []
        assert nothing == []
        return Response(text="A")

    model = Recorded()
    assert [row.score.status for row in run(questions(3), model, store, solver=at_once)] == ["scored"] * 3
    assert model.calls == []


decodings = st.sampled_from([Decoding(), Decoding(max_tokens=9), Decoding(temperature=0.7)])
pictures = st.sampled_from([(), ("a",), ("b",), ("a", "b")])


@settings(max_examples=50, deadline=None)
@given(
    asked=st.lists(st.tuples(decodings, pictures, st.integers(0, 9)), max_size=40), window=st.integers(1, 50)
)
def test_calls_share_their_decoding_and_keep_images_together(asked, window, tmp_path_factory):
    """And every sample gets the answer to its own request, whatever the grouping."""
    handles = {name: Image(uri=f"{name}.png", digest=f"sha256:{name}") for name in "ab"}
    samples = [
        sample(f"{n}", id=str(i), images=tuple(handles[p] for p in names))
        for i, (_, names, n) in enumerate(asked)
    ]
    model = Recorded(lambda request: request.key)

    def with_decoding(case):
        return replace(prompt(case), decoding=asked[int(case.id)][0])

    with Store(tmp_path_factory.mktemp("store") / "a.db") as held:
        rows = run(samples, model, held, prompt=with_decoding, window=window, seed=5)
    for row in rows:
        request = with_decoding(row.sample.case)
        if request.decoding.temperature:
            request = replace(request, seed=5)
        assert row.response.text == request.key
    for call in model.calls:
        assert len({request.decoding for request in call}) == 1
        changes = sum(a.images != b.images for a, b in pairwise(call))
        assert changes == len({request.images for request in call}) - 1
    counts = Counter(request.key for call in model.calls for request in call)
    assert set(counts.values()) <= {1}


def test_the_seed_of_a_run_goes_only_where_answers_are_drawn(store):
    """Greedy answers are shared between runs of different seeds; a seed that a prompt chose stands."""
    model = Recorded()
    drawn = Decoding(temperature=1.0)
    for seed in (1, 2):
        run([sample("greedy")], model, store, seed=seed)
        run([sample("drawn")], model, store, seed=seed, prompt=lambda c: replace(prompt(c), decoding=drawn))
        run(
            [sample("own")],
            model,
            store,
            seed=seed,
            prompt=lambda c: replace(prompt(c), decoding=drawn, seed=9),
        )
    assert [(r.text, r.seed) for call in model.calls for r in call] == [
        ("greedy", 0), ("drawn", 1), ("own", 9), ("drawn", 2),
    ]  # fmt: skip


def test_the_style_of_the_model_is_in_every_round(store):
    model = Recorded()
    model.style = Style(system="You are a radiologist.", decoding={"max_tokens": 7})
    run(questions(2), model, store, solver=three_rounds)
    requests = [request for call in model.calls for request in call]
    assert {request.messages[0].role for request in requests} == {"system"}
    assert {request.decoding.max_tokens for request in requests} == {7}
    assert all(key in set(store.keys(model.fingerprint)) for key in (request.key for request in requests))


def test_progress_counts_where_answers_came_from(store):
    told: list[Progress] = []
    run(questions(4), Recorded(), store)
    model = Failing(Recorded(lambda r: "" if "5" in r.text else "A"), when=lambda r: "6" in r.text)
    run(questions(8), model, store, progress=told.append)
    last = told[-1]
    assert (last.done, last.total, last.from_store, last.asked) == (8, 8, 4, 4)
    assert (last.unparsed, last.failed) == (1, 1)
    assert last.rate > 0
    run(iter(questions(8)), model, store, progress=told.append)
    assert told[-1].total is None


def test_answers_are_scored_as_they_arrive(store):
    """A slow model's first answer is judged before its second is there."""
    events = []

    def say(request):
        events.append(f"asked {request.text}")
        return "A"

    def judge(held, response):
        events.append(f"scored {held.question}")
        return scorer(held, response)

    run([sample("1"), sample("2")], Recorded(say), store, scorer=judge)
    assert events == ["asked 1", "scored 1", "asked 2", "scored 2"]


def test_an_interruption_keeps_what_was_answered(store):
    def say(request):
        if "13" in request.text:
            raise KeyboardInterrupt
        return "A"

    with pytest.raises(KeyboardInterrupt):
        run(questions(20), Recorded(say), store)
    again = Recorded()
    run(questions(20), again, store)
    assert again.asked == [f"question {i}" for i in range(13, 20)]


def test_a_consumer_that_stops_keeps_what_was_answered(store):
    rows = evaluate(questions(20), Recorded(), store, prompt=prompt, scorer=scorer, window=5)
    next(rows)
    del rows
    assert len(list(store.keys("recorded"))) == 5


def test_a_full_disk_ends_the_run_and_keeps_what_was_answered(store):
    run(questions(10), Recorded(), store)
    [[pages]] = store._connection.execute("PRAGMA page_count").fetchall()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(StoreError, match="no space left: free some and run again"):
        run(questions(2000), Recorded(lambda request: request.text * 40), store)
    held = store.get("recorded", store.keys("recorded"))
    assert len(held) >= 10
    store._connection.execute("PRAGMA max_page_count = 1000000")
    again = Recorded()
    run(questions(2000), again, store)
    assert len(again.asked) == 2000 - len(held)


def test_probabilities_reach_the_scorer_as_plain_numbers(store):
    import numpy as np

    model = Scripted(
        lambda _r: Response(text="A", probs=tuple(np.array([0.25, 0.75], np.float32))), name="ranks"
    )
    [row] = run([sample("which?", choices=(Choice(label="A"), Choice(label="B")))], model, store)
    assert row.response.probs == (0.25, 0.75)
    assert {type(p) for p in row.response.probs} == {float}
