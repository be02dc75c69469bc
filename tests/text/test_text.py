"""What holds for all readers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.text import (
    Reading,
    final_answer,
    normalise,
    read_boxes,
    read_choice,
    read_label,
    read_labels,
    read_letters,
    read_number,
    read_text,
    read_yes_no,
)
from medassay.text.passage import clean, fold, prepare
from medassay.types import STATUSES, Choice

CHOICES = tuple(Choice(label=label) for label in ("Pneumonia", "Fracture", "No finding"))
READERS: dict[str, Callable[[str], Reading]] = {
    "choice": lambda text: read_choice(text, CHOICES),
    "letters": lambda text: read_letters(text, CHOICES),
    "yes/no": lambda text: read_yes_no(text, "Is there a fracture?"),
    "number": lambda text: read_number(text, "mm"),
    "boxes": read_boxes,
    "label": lambda text: read_label(text, CHOICES),
    "labels": lambda text: read_labels(text, CHOICES),
    "text": read_text,
}
PIECES = st.sampled_from(
    [
        "<think>",
        "</think>",
        "\\boxed{",
        "}",
        "{",
        "<answer>",
        "</answer>",
        '"answer": "',
        "answer is ",
        "A",
        "(B)",
        "no",
        "yes",
        " ",
        "\n",
        "12",
        "mm",
        "-",
        "[1, 2, 3, 4]",
        "ﬁ",
        "Ａ",
        "①",
        "…",
        "½",
        "**",
        "not",
        "pneumonia",
        ".",
        "无",
    ]
)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(text=st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_is_read_or_left_with_a_place_that_exists(
    reader: Callable[[str], Reading], text: str
) -> None:
    reading = reader(text)
    assert reading.rule
    assert (reading.answer is None) == (reading.status != "scored")
    if reading.span is not None:
        start, end = reading.span
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("text", ["", "  \n", "<think>", "<think>Yes, B, 12 mm, pneumonia", "**"])
def test_nothing_said_is_unparsed(reader: Callable[[str], Reading], text: str) -> None:
    assert reader(text).status == "unparsed"


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "text", ["I'm sorry, but I can't help with that.", "I cannot determine this from the image."]
)
def test_declining_is_refused(reader: Callable[[str], Reading], text: str) -> None:
    assert reader(text).status == "refused"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_long_answers_take_linear_time(reader: Callable[[str], Reading]) -> None:
    # a quadratic rule takes minutes on these
    for unit in (
        "\n",
        "\n ",
        "a ",
        "1-",
        "{",
        "\\boxed{",
        "<think>",
        '"answer": "',
        "no ",
        "A or ",
        "A. x\n",
        "answer\n",
    ):
        assert reader("the answer is" + unit * (30_000 // len(unit)) + "y").status in STATUSES


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_folded_characters_keep_their_places(text: str) -> None:
    passage = fold(text)
    for place in range(len(passage.text)):
        start, end = passage.span(place, place + 1)
        assert passage.text[place] in fold(text[start:end]).text


def test_the_place_of_an_answer_is_in_the_original() -> None:
    text = "  <think>ﬁrst A</think>\n…so **the answer** is:\n\n\n\n   \\boxed{ \\text{Ｂ} } indeed"
    reading = read_choice(text, CHOICES)
    assert reading.answer == "B"
    assert reading.span is not None
    assert text[slice(*reading.span)] == "Ｂ"


def test_thinking_and_other_turns_are_no_answer() -> None:
    assert prepare("<think>a</think>b<think>c</think> d").text == "b\n d"
    assert prepare("a</think>b").text == "b"
    assert prepare("<unused94>thought\na<unused95>b").text == "b"
    assert prepare("b\nUser: and now?").text == "b"
    assert prepare("Question: what?\nAnswer: b").text == "Question: what?\nAnswer: b"
    assert clean(fold("# **a** `b` \\text{c}\n\n\n\n    d")).text == "a b c\n\n d"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The answer is the left lung. It is dark.", "the left lung"),
        ("answer: 2.5 cm", "2.5 cm"),
        ("<answer>Left</answer> or so", "Left"),
        ('{"answer": "CT"}', "CT"),
        ("**CT**", "CT"),
        ("I cannot see any fracture", "I cannot see any fracture"),
        ("I cannot determine the cause", ""),
        ("I am not sure, but it is most likely a glioma", "I am not sure, but it is most likely a glioma"),
    ],
)
def test_final_answer(text: str, answer: str) -> None:
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "form", "normal"),
    [
        ("  A  b\n", "raw", "A b"),
        ("Ｘ-Ray ", "lower", "x-ray"),
        ("The post-op, X-ray!", "squad", "postop xray"),
        ("a", "squad", ""),
        ("X-Ray.", "vqa-med", "xray"),
        ("x ray", "vqa-med", "xray"),
        ("MR", "vqa-med", "mri"),
        ("Two (2) nodules/cysts", "vqa-med", "2 2 nodules cysts"),
        ("The", "vqa-med", "the"),
        ("a mass", "vqa-med", "mass"),
        ("2.5 cm.", "vqa-med", "2.5 cm"),
    ],
)
def test_normal_forms(text: str, form: str, normal: str) -> None:
    assert normalise(text, form) == normal  # type: ignore[arg-type]
