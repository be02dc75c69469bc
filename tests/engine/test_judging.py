"""A judge at the seam of models: asked once, never about what needs no judge, and never taken at a zero."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.kit import Recorded

from medassay import registry
from medassay.engine.judging import judge
from medassay.judges import scorer
from medassay.judges.rubric import second
from medassay.judges.scoring import FIRST_PLACE, FLIPPED
from medassay.models.fakes import Failing, Scripted
from medassay.store import Store
from medassay.types import Response, Row, Sample, Score, Style, Target

SEMANTIC = registry.find("rubric", "semantic")
PAIRWISE = registry.find("rubric", "pairwise")
RIGHT, WRONG = '{"verdict": "correct"}', '{"verdict": "incorrect"}'


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "responses.db") as held:
        yield held


def row(text, *, id="1", question="Where is it?", error=None):
    sample = Sample(id=id, kind="open", question=question, target=Target(texts=("left lung",)))
    return Row(sample=sample, response=Response(text=text, error=error), score=Score(status="scored"))


def pair(one, other):
    held = row(one)
    return replace(held, response=second(held.response, Response(text=other)))


def says(request):
    return RIGHT if "judged:\n[[left" in request.text else WRONG


def run(rows, model, store, rubric=SEMANTIC):
    return list(judge(rows, model, store, rubric=rubric))


def test_rows_keep_their_order_and_answers_and_equal_items_are_asked_once(store):
    texts = ["left lung", "", "right lung", "left lung", "<think>left", "left"]
    rows = [row(text, id=str(i)) for i, text in enumerate(texts)]
    rows.append(row("", id="6", error="time-out: no"))
    model = Recorded(says)
    found = run(rows, model, store)
    assert [r.sample for r in found] == [r.sample for r in rows]
    assert [r.response.text for r in found] == [*texts, ""]
    assert [r.score.values.get("judge_accuracy") for r in found] == [1, None, 0, 1, None, 1, None]
    assert [r.score.rule for r in found if not r.score.values] == ["empty", "empty", "error"]
    assert len(model.asked) == 3
    assert run(rows, model, store) == found
    assert len(model.asked) == 3  # the second time nothing is asked


def test_the_reply_is_kept_beside_the_answer_under_the_key_of_its_request(store):
    model = Recorded(says)
    model.style = Style(system="Be a judge.", decoding={"max_tokens": 25_000})
    [found] = run([row("left lung")], model, store)
    [step] = found.response.trace
    [[request]] = model.calls
    assert (step.role, step.text, step.request_key) == ("judge", RIGHT, request.key)
    assert request.decoding.max_tokens == 25_000
    assert scorer(SEMANTIC)(found.sample, found.response) == found.score


def test_a_judge_that_fails_leaves_a_failed_score_and_is_asked_again(store):
    rows = [row(f"left {i}", id=str(i)) for i in range(20)]
    good = Scripted(says, name="judge")
    bad = run(rows, Failing(good, rate=0.4), store)
    failed = [r for r in bad if r.score.status == "failed"]
    assert 0 < len(failed) < 20
    assert all(r.score.flags == ("judge: time-out: no answer came",) for r in failed)
    assert all(r.response.error is None and r.response.text for r in failed)
    asked = []
    mended = run(rows, Scripted(lambda r: asked.append(r) or says(r), name="judge"), store)
    assert len(asked) == len(failed)
    assert {r.score.values["judge_accuracy"] for r in mended} == {1.0}


def test_a_reply_that_cannot_be_read_is_no_verdict(store):
    [found] = run([row("left lung")], Scripted(lambda r: "Looks right to me!"), store)
    assert (found.score.status, found.score.rule, dict(found.score.values)) == ("unparsed", "unread", {})


def test_probabilities_without_words_are_no_empty_answer(store):
    held = row("")
    ranked = replace(held, response=replace(held.response, probs=(0.2, 0.8)))
    model = Recorded(says)
    [found] = run([ranked], model, store)
    assert (found.score.rule, model.calls) == ("unread", [])


def test_a_bug_of_the_judge_costs_its_own_rows_only(store):
    model = Failing(Scripted(says), when=lambda r: "[[poison" in r.text, raises=RuntimeError("broken"))
    found = run([row("left"), row("poison")], model, store)
    assert found[0].score.values == {"judge_accuracy": 1.0}
    assert found[1].score.status == "failed"
    assert "broken" in found[1].score.flags[0]


@pytest.mark.parametrize(
    ("verdict", "value", "answer", "flags"),
    [
        (lambda text: "A" if text.index("left") < text.index("right") else "B", 1.0, "first", ()),
        (lambda text: "B" if text.index("left") < text.index("right") else "A", 0.0, "second", ()),
        (lambda text: "tie", 0.5, "tie", ()),
        (lambda text: "A", 0.5, "tie", (FLIPPED, FIRST_PLACE)),
        (lambda text: "tie" if text.index("left") < text.index("right") else "A", 0.5, "tie", (FLIPPED,)),
    ],
)
def test_a_pair_is_judged_in_both_orders_and_a_changed_mind_is_a_tie(store, verdict, value, answer, flags):
    def reply(request):
        shown = request.text[request.text.index("Answer A") :]
        return f'{{"better": "{verdict(shown)}"}}'

    model = Recorded(reply)
    [found] = run([pair("left", "right")], model, store, PAIRWISE)
    assert found.score == Score(
        status="scored",
        answer=answer,
        rule="pairwise.1",
        flags=flags,
        values={"judge_preference": value},
    )
    assert len(model.asked) == 2


def test_a_pair_of_which_one_verdict_cannot_be_read_has_none(store):
    model = Scripted(lambda r: '{"better": "A"}' if "A:\n[[left" in r.text else "hm")
    [found] = run([pair("left", "right")], model, store, PAIRWISE)
    assert (found.score.status, found.score.rule) == ("unparsed", "unread")
