import pytest

from medassay.adaptation.generative.dialogues import dialogues
from medassay.adaptation.generative.pairs import pairs_of
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Box, Choice, Response, Sample, Style, Target
from medassay.workflows.resolve import resolve_benchmark


def paired(samples, seed=0):
    held, _ = dialogues(samples, plain, Style())
    return pairs_of(held, {sample.id: sample for sample in samples}, seed=seed)


def sample(kind, *, choices=(), question="q", id="s", **target):
    return Sample(
        id=id,
        kind=kind,
        question=question,
        choices=tuple(Choice(label=label) for label in choices),
        target=Target(**target),
    )


def test_every_rejected_answer_of_phantom_is_wrong_and_every_chosen_one_right():
    samples = list(resolve_benchmark("phantom:n=48", split="train").samples())
    held, lost = paired(samples)
    by_id = {sample.id: sample for sample in samples}
    kinds = {by_id[pair.id].kind for pair in held}
    assert kinds == {"choice", "yes/no", "closed", "open", "label", "number"}
    for pair in held:
        judged = [score(by_id[pair.id], Response(text=text)) for text in (pair.chosen, pair.rejected)]
        assert [one.status for one in judged] == ["scored", "scored"], pair.id
        if by_id[pair.id].kind == "number":
            assert judged[0].values["relative_error"] < 0.01
            assert judged[1].values["relative_error"] == pytest.approx(0.5, abs=0.02)
        else:
            assert [one.values["accuracy"] for one in judged] == [1.0, 0.0], pair.id
    assert {by_id[reason.partition(":")[0]].kind for reason in lost} <= {"report", "box", "closed", "open"}


def test_the_draw_is_of_the_seed_and_of_nothing_else():
    samples = list(resolve_benchmark("phantom@diagnosis:n=48", split="train").samples())
    here, _ = paired(samples)
    back, _ = paired(samples[::-1])
    assert {pair.id: pair for pair in here} == {pair.id: pair for pair in back}
    assert here != paired(samples, seed=1)[0]


def test_words_that_are_right_here_are_not_a_wrong_answer():
    samples = [
        sample("open", id="1", texts=("normal", "healthy")),
        sample("open", id="2", texts=("Healthy",)),
        sample("open", id="3", texts=("ill",), question="another"),
    ]
    held, lost = paired(samples)
    assert [(pair.id, pair.rejected) for pair in held] == [("2", "normal")]
    assert [reason[0] for reason in lost] == ["1", "3"]


@pytest.mark.parametrize(
    "held",
    [
        sample("box", boxes=(Box(x0=0, y0=0, x1=1, y1=1),)),
        sample("report", texts=("Normal.",)),
        sample("multilabel", choices=("a", "b"), texts=("a",)),
        sample("multi-choice", choices=("a", "b"), texts=("A",)),
        sample("number", number=0.0),
    ],
)
def test_what_has_no_wrong_answer_is_left_out_and_named(held):
    assert paired([held]) == ([], ["s: no wrong answer of its kind is known"])
