"""What is odd about answers is said, and failures are failed."""

import json

import pytest

from medassay.importers import failure, read, same_answers


def write(path, texts):
    path.write_text("".join(json.dumps({"id": str(n), "response": t}) + "\n" for n, t in enumerate(texts)))
    return path


@pytest.mark.parametrize(
    ("text", "harness"),
    [
        ("Failed to obtain answer via API. ", "VLMEvalKit"),
        ("Fail to obtain answer via API.", "VLMEvalKit"),
        ("Failed to obtain answer BlueLM API. ", "VLMEvalKit"),
        ("[LMMS_EVAL_REQUEST_FAILED after 5 retries] timeout", "lmms-eval"),
        ("[LMMS_EVAL_BUDGET_EXCEEDED]", "lmms-eval"),
        ("[REQUEST FAILED]", "lmms-eval"),
        ("No answer provided.", "MedXpertQA"),
        ('Traceback (most recent call last):\n  File "x"', "a traceback"),
        ("Error", "an exception"),
        ("nan", "pandas"),
    ],
)
def test_failure_strings_are_told_with_their_harness(text, harness):
    found = failure(text)
    assert found is not None
    assert found.harness == harness


@pytest.mark.parametrize(
    "text",
    ["", "None", "no", "error of refraction", "Nan Goldin", "B. Failed to obtain answer via API.",
     "No answer provided in the image, but (C).", "The patient failed to obtain answers.", "banana"],
)  # fmt: skip
def test_answers_are_not_taken_for_failures(text):
    assert failure(text) is None


def test_failures_have_no_text_left_to_score(tmp_path):
    held = read(write(tmp_path / "a.jsonl", ["yes", "Failed to obtain answer via API.", "no"]))
    assert held.answers[1].response.text == ""
    error = held.answers[1].response.error
    assert error == "failure string of VLMEvalKit: Failed to obtain answer via API."
    assert held.notes == ("1 answers are failure strings of VLMEvalKit: failed, not wrong",)


def test_stubs_and_equal_answers(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "header.tsv").write_text("index\tquestion\tprediction\n")
    for name in ("empty.jsonl", "header.tsv"):
        assert read(tmp_path / name).notes == ("a stub: it has no answers",)
    assert read(write(tmp_path / "b.jsonl", ["yes"] * 3)).notes == ("all 3 answers are equal",)
    assert read(write(tmp_path / "c.jsonl", ["yes", "", "no"])).notes == ("1 of 3 answers are empty",)


def test_the_same_answers_under_two_names(tmp_path):
    one, two = write(tmp_path / "gpt.jsonl", ["yes", "no"]), write(tmp_path / "gemini.jsonl", ["yes", "no"])
    three = write(tmp_path / "llava.jsonl", ["no", "yes"])
    three_again = tmp_path / "other.jsonl"
    three_again.write_text("\n" + three.read_text())
    named = [(path.stem, read(path)) for path in (one, two, three, three_again)]
    assert same_answers(named) == [
        "gpt and gemini are one file under two names",
        "llava and other are the same answers under two names",
    ]
    assert any("under two names" in note for note in read(tmp_path).notes)
