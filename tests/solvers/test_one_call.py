"""Ways of asking that are told by what they ask: in steps, in JSON, after a description."""

import json
from dataclasses import replace

import pytest
from tests.solvers.kit import case, texts, walk

from medassay.metrics import score
from medassay.prompts import plain
from medassay.solvers.agreement import read
from medassay.solvers.cot import cot
from medassay.solvers.describe import DESCRIBE, describe_then_answer
from medassay.solvers.structured import structured
from medassay.types import Decoding

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema absent")
FOUR = ("cyst", "abscess", "tumour", "none of these")


def test_cot_asks_for_steps_and_a_box_which_is_what_is_read():
    of = case(kind="choice", options=FOUR)
    said = "A is tempting, and B too.\nBut the wall is thick, so \\boxed{C}."
    response, [[request]] = walk(cot(of, plain(of)), lambda _: said)
    assert texts(request)[0].startswith(texts(plain(of))[0])
    assert "step by step" in texts(request)[0]
    assert request.decoding.max_tokens == 1024
    assert read(score, of, response.text) == "C"


def test_what_the_user_says_of_tokens_stands():
    few = replace(plain(case()), decoding=Decoding(max_tokens=50))
    for turns in (cot(case(), few, tokens=9), structured(case(), few, tokens=9)):
        assert next(turns)[0].decoding.max_tokens == 50


def test_a_description_comes_before_the_question_and_is_heard():
    of = case(images=("a", "b"))
    said = iter(["A round shadow.", "Yes"])
    response, [[first], [second]] = walk(describe_then_answer(of, plain(of)), lambda _: next(said))
    assert response.text == "Yes"
    assert texts(first) == [DESCRIBE]
    assert (first.images, first.choices, first.role, first.to) == (of.images, (), "describer", "answerer")
    assert texts(second) == [DESCRIBE, "A round shadow.", *texts(plain(of))]
    assert second.images == of.images
    assert (second.choices, second.role) == (plain(of).choices, "answerer")


def test_a_description_may_be_all_that_the_answer_rests_on():
    of = case()
    _, [_, [second]] = walk(describe_then_answer(of, plain(of), see=False), lambda _: "")
    assert second.images == ()
    assert texts(second)[1] == "(nothing)"


def test_without_an_image_there_is_nothing_to_describe():
    of = case(images=())
    _, rounds = walk(describe_then_answer(of, plain(of)), lambda _: "yes")
    assert rounds == [[plain(of)]]


@pytest.mark.parametrize(
    ("of", "said", "text"),
    [
        (case(kind="choice", options=FOUR), "C", "C"),
        (case(kind="multi-choice", options=FOUR), ["A", "C"], "A, C"),
        (case(kind="label", options=("benign", "malignant")), "benign", "benign"),
        (case(kind="multilabel", options=("oedema", "mass")), [], "none"),
        (case(kind="number"), 1.5, "1.5"),
        (case(kind="box"), [1, 2, 3, 4], "[1, 2, 3, 4]"),
        (case(kind="open"), "the liver", "the liver"),
        (case(kind="yes/no"), "no", "no"),
    ],
)
def test_the_schema_allows_the_answers_of_the_kind_and_the_answer_is_taken_out(of, said, text):
    reply = json.dumps({"answer": said})
    response, [[request]] = walk(structured(of, plain(of)), lambda _: reply)
    assert request.decoding.schema is not None
    schema = json.loads(request.decoding.schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(reply), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"answer": {"not": "this"}}, schema)
    assert (response.text, response.fallback) == (text, "")


def test_the_schema_does_not_tell_what_only_the_answer_tells():
    schemas = {
        next(structured(case(kind=kind), plain(case())))[0].decoding.schema
        for kind in ("closed", "yes/no", "open")
    }
    assert len(schemas) == 1


def test_reasoning_has_a_field_of_its_own_before_the_answer():
    _, [[request]] = walk(structured(case(), plain(case()), steps=True), lambda _: '{"answer": "yes"}')
    assert list(json.loads(request.decoding.schema or "")["properties"]) == ["reasoning", "answer"]


@pytest.mark.parametrize("bad", ["yes", '{"answer"', "[1]", '{"reply": "yes"}'])
def test_what_is_no_json_is_asked_again_and_then_stands_as_a_fallback(bad):
    response, rounds = walk(structured(case(), plain(case())), lambda _: bad)
    assert len(rounds) == 3
    assert response.text == bad
    assert response.fallback.startswith("no JSON: it is no")
    said = iter([bad, '{"answer": "yes"}'])
    mended, rounds = walk(structured(case(), plain(case())), lambda _: next(said))
    assert (mended.text, mended.fallback, len(rounds)) == ("yes", "", 2)
