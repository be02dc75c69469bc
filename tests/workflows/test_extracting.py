"""What the scorer sees, asked without a benchmark."""

from __future__ import annotations

import json

import pytest

from medassay.errors import DataError, UsageError
from medassay.workflows.extracting import FORMS, Asked, extract, options_of, size_of

FRACTURE = "A=fracture;B=no fracture"


def one(line, form, *, options="", as_json=False, **known):
    asked = Asked(choices=options_of(options, form) if options else (), **known)
    (found,) = extract([line], form=form, asked=asked, as_json=as_json)
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
        ("There is no cyst.", "yes/no", {"question": "Is there a cyst?"}, {"answer": "no"}),
        ("about 2.5 cm", "number", {"unit": "mm"}, {"number": 25.0}),
        ("[1, 2, 3, 4]", "box", {}, {"answer": "[1, 2, 3, 4]"}),
        ("[500, 0, 1000, 500]", "box", {"size": (8, 4), "dialect": "0-1000"}, {"answer": "[4, 0, 8, 2]"}),
        ("<box>[[500, 0, 1000, 500]]</box>", "box", {}, {"status": "unparsed"}),
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
    asked = Asked(choices=options_of(FRACTURE, "choice"))
    found = list(extract(lines, form="choice", asked=asked, as_json=True))
    assert [(f.get("id"), f["answer"]) for f in found] == [(7, "C"), (None, "B"), ("s", None)]


@pytest.mark.parametrize("form", ["choice", "multi-choice", "label", "multilabel"])
def test_options_that_are_missing_are_asked_for(form):
    with pytest.raises(UsageError, match="--options"):
        one("A", form)
    with pytest.raises(DataError, match=r"line 1: .*options"):
        one('{"response": "A"}', form, as_json=True)


def test_objects_say_how_they_ended_and_how_large_their_image_is():
    lines = [
        json.dumps(
            {"response": "<box>[[0, 0, 500, 500]]</box>", "size": [100, 50], "finish_reason": "length"}
        ),
        json.dumps({"response": "[1, 2, 3, 4] " * 400}),
    ]
    first, second = extract(lines, form="box", as_json=True)
    assert (first["answer"], first["flags"]) == ("[0, 0, 50, 25]", ["truncated"])
    assert second["flags"] == ["repetitive"]


@pytest.mark.parametrize("text", ["640", "640x", "ax3", "0x3", "6.5x3"])
def test_a_size_is_width_x_height(text):
    with pytest.raises(UsageError, match="640x480"):
        size_of(text)
    assert size_of("640x480") == (640, 480)
    assert size_of("") is None


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
