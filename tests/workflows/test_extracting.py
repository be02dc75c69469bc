"""What the scorer sees, asked without a benchmark."""

from __future__ import annotations

import json

import pytest

from medassay.errors import DataError, UsageError
from medassay.workflows.extracting import FORMS, extract, options_of

FRACTURE = "A=fracture;B=no fracture"


def one(line, form, **options):
    (found,) = extract([line], form=form, **options)
    return found


def test_the_golden_letters(shared_golden):
    golden = json.loads((shared_golden / "answer_extraction.json").read_text("utf-8"))
    for case in golden["cases"]:
        labels = case["options"] or {letter: f"option {letter}" for letter in case["letters"]}
        options = ";".join(f"{letter}={label}" for letter, label in labels.items())
        found = one(case["text"], "choice", options=options)
        assert (found["answer"] or found["status"]) in {case["right"], *case["also_acceptable"]}, case["id"]


@pytest.mark.parametrize(
    ("line", "form", "options", "wanted"),
    [
        ("The answer is (B).", "choice", {"options": FRACTURE}, {"status": "scored", "answer": "B"}),
        ("I cannot determine this.", "choice", {"options": FRACTURE}, {"status": "refused", "answer": None}),
        ("Normal heart.", "yes/no", {}, {"status": "unparsed"}),
        ("No, the heart is normal.", "yes/no", {}, {"answer": "no"}),
        ("about 2.5 cm", "number", {"unit": "mm"}, {"number": 25.0}),
        ("A and B", "multi-choice", {"options": FRACTURE}, {"answers": ["A", "B"]}),
        ("fracture", "label", {"options": "fracture;effusion"}, {"answer": "fracture"}),
        ("", "text", {}, {"status": "unparsed", "rule": "empty"}),
    ],
)
def test_what_is_read(line, form, options, wanted):
    found = one(line, form, **options)
    assert {key: found[key] for key in wanted} == wanted


def test_a_span_is_where_the_answer_stands():
    text = "There is swelling. The answer is (B)."
    found = one(text, "choice", options=FRACTURE)
    start, end = found["span"]
    assert "B" in text[start:end]


def test_objects_bring_their_own_options_and_ids():
    lines = [
        json.dumps({"id": 7, "response": "C", "options": ["x", "y", "z"]}),
        "",
        json.dumps({"response": "B", "options": {"A": "x", "B": "y"}}),
        json.dumps({"id": "s", "response": "C"}),
    ]
    found = list(extract(lines, form="choice", options=FRACTURE, as_json=True))
    assert [(f.get("id"), f["answer"]) for f in found] == [(7, "C"), (None, "B"), ("s", None)]


@pytest.mark.parametrize("form", ["choice", "multi-choice", "label", "multilabel"])
def test_options_that_are_missing_are_asked_for(form):
    with pytest.raises(UsageError, match="--options"):
        one("A", form)
    with pytest.raises(DataError, match=r"line 1: .*options"):
        one('{"response": "A"}', form, as_json=True)


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "A"}', '{"response": 3}'])
def test_a_line_that_is_no_object_is_named(line):
    with pytest.raises(DataError, match="line 1"):
        one(line, "text", as_json=True)


def test_letters_follow_one_another():
    with pytest.raises(UsageError, match="lettered A, C"):
        options_of("A=x;C=y", "choice")
    assert [c.label for c in options_of("a = 1; b=x=y", "choice")] == ["1", "x=y"]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_read_in_nothing(form):
    assert one("   ", form, options=FRACTURE)["status"] == "unparsed"
