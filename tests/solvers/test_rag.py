"""Retrieval: never the question's own, cut by its rules, and said in the trace."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.solvers.kit import case, context, picture, solved, texts, walk
from tests.solvers.test_few_shot import embed, things

from medassay.errors import UsageError
from medassay.prompts import interleaved, plain
from medassay.solvers.rag import RETRIEVER, Rag
from medassay.types import UNKNOWN_CLUSTER


def report(text, *, id, images=(), cluster=UNKNOWN_CLUSTER):
    return solved(text, question="", id=id, kind="report", images=images, cluster=cluster)


def letters(word):
    """The encoder of few-shot's tests, which sees of a text its first letter."""
    vectors = embed(word)
    return lambda items: vectors([picture(item[0]) if isinstance(item, str) else item for item in items])


def asked(of, among, **options):
    held = context(examples=lambda: among, cases=lambda: [of], encoder=letters, seed=options.pop("seed", 0))
    encoder = "demo-clip" if options.get("by", "image") in {"image", "report"} else ""
    solver = Rag(encoder=encoder, **options).begin(held)
    response, [[request]] = walk(solver(of, plain(of)), lambda _: "yes")
    [step] = response.trace
    assert (step.role, step.round) == (RETRIEVER, 0)
    return request, [line.rpartition(" ")[0] for line in step.text.splitlines()]


CORPUS = [report(f"{name} report", id=name, images=(name,)) for name in "abchjz"]


def test_the_texts_of_the_nearest_images_stand_before_the_question_and_in_the_trace():
    of = case(id="t", images=("d",))
    request, found = asked(of, CORPUS, k=2)
    assert found == ["c", "b"]
    [text] = texts(request)
    assert text.index("1. c report") < text.index("2. b report") < text.index(texts(plain(of))[0])
    assert request.images == of.images


def test_a_text_may_be_near_to_the_image_itself():
    of = case(id="t", images=("d",))
    among = [report(text, id=text, images=()) for text in ("a far one", "e near one", "d the nearest", "")]
    assert asked(of, among, k=2, by="report")[1] == ["d the nearest", "e near one"]


def test_words_and_draws():
    of = case("Is the left kidney enlarged?", id="t", images=("t",))
    among = [report(t, id=t) for t in ("The lungs are clear.", "The left kidney is small.", "A fracture.")]
    assert asked(of, among, k=1, by="words")[1] == ["The left kidney is small."]
    drawn = {tuple(asked(of, CORPUS, k=2, by="random", seed=seed)[1]) for seed in range(8)}
    assert len(drawn) > 3


def test_the_ratio_keeps_what_is_nearly_as_near_and_holds_for_negative_similarities():
    of = case(id="t", images=("d",))
    near = math.cos(0.1)  # of c, the nearest; b is .2 away, a .3
    ratio = math.exp(near - math.cos(0.2)) + 1e-9
    assert asked(of, CORPUS, k=5, ratio=ratio)[1] == ["c", "b"]
    away = [report(f"{name} report", id=name, images=(name,)) for name in ("w", "z")]  # both cosines negative
    assert all(math.cos((ord(name) - ord("d")) / 10) < 0 for name in "wz")
    assert asked(of, away, k=5, ratio=1.01)[1] == ["w"]  # the ratio of -0.32 and -0.59 would keep both


def test_nothing_near_enough_is_nothing_shown():
    of = case(id="t", images=("d",))
    request, found = asked(of, CORPUS, k=5, least=0.9999)
    assert found == []
    assert request == plain(of)


def test_one_text_is_shown_once_and_a_question_comes_with_its_answer():
    of = case(id="t", images=("d",))
    among = [solved("no", id=str(i), images=(name,)) for i, name in enumerate("cb")]
    request, found = asked(of, among, k=5)
    assert found == ["0"]
    assert "1. Is it large? no" in texts(request)[0]


@settings(deadline=None)
@given(things, st.lists(things, max_size=10), st.sampled_from(["image", "report", "words", "random"]))
def test_nothing_of_the_patient_or_the_image_is_ever_retrieved(mine, others, by):
    of = case(mine[2], id="asked", cluster=mine[0], images=mine[1])
    among = {
        str(i): report(f"{question} {i}", id=str(i), cluster=person, images=images)
        for i, (person, images, question, _) in enumerate(others)
    }
    among["asked"] = report("itself", id="asked", cluster="z", images=("z",))
    request, found = asked(of, list(among.values()), by=by, k=20)
    allowed = {
        id
        for id, held in among.items()
        if id != "asked"
        and (held.case.cluster != of.cluster or of.cluster == UNKNOWN_CLUSTER)
        and not {i.digest for i in held.case.images} & {i.digest for i in of.images}
    }
    assert set(found) == allowed
    assert ("itself" in request.text) is False


def test_an_image_between_the_words_stays_where_it_is():
    of = case("See <image 1> now", id="t", images=("d",))
    held = context(examples=lambda: CORPUS, cases=lambda: [of], encoder=letters)
    _, [[request]] = walk(Rag(encoder="demo-clip").begin(held)(of, interleaved(of)), lambda _: "yes")
    before, after = interleaved(of).messages[0].parts, request.messages[0].parts
    assert after[1:] == before[1:]
    assert str(after[0]).endswith(str(before[0]))


@pytest.mark.parametrize(
    "wrong",
    [
        Rag(k=0, encoder="demo-clip"),
        Rag(ratio=1.0, encoder="demo-clip"),
        Rag(),
        Rag(by="words", encoder="demo-clip"),
        Rag(by="random", least=0.1),
    ],
)
def test_options_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError):
        wrong.begin(context())
