from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.models.chat import asked_answers, conversation, cut_at_stop, opens_thinking, split_thinking
from medassay.prompts import plain
from medassay.types import Case, Choice, Image, Kind, Message, Request


def test_images_keep_their_place_among_the_text() -> None:
    image = Image(uri="a.png")
    request = Request(
        messages=(
            Message(role="system", parts=("be brief",)),
            Message(role="user", parts=("before", image, "between", image)),
        )
    )
    assert conversation(request) == [
        {"role": "system", "content": [{"type": "text", "text": "be brief"}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "before"},
                {"type": "image"},
                {"type": "text", "text": "between"},
                {"type": "image"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("text", "opened", "expected"),
    [
        ("yes", False, ("", "yes")),
        (" yes\n", False, ("", "yes")),
        ("<think>a nodule</think>\nyes", False, ("a nodule", "yes")),
        ("a nodule</think>yes", True, ("a nodule", "yes")),
        ("a nodule</think>yes", False, ("a nodule", "yes")),
        ("<think>cut off", False, ("cut off", "")),
        ("cut off", True, ("cut off", "")),
        ("<think></think>", False, ("", "")),
        ("<unused94>thought\na nodule<unused95>yes", False, ("a nodule", "yes")),
        ("<unused94>thought\ncut off", False, ("cut off", "")),
        ("3 < 4 and <b>", False, ("", "3 < 4 and <b>")),
    ],
)
def test_thinking_is_kept_apart(text: str, opened: bool, expected: tuple[str, str]) -> None:
    assert split_thinking(text, opened=opened) == expected


def test_a_prompt_may_open_the_thinking_itself() -> None:
    assert opens_thinking("<|im_start|>assistant\n<think>\n")
    assert not opens_thinking("<|im_start|>assistant\n<think>\n\n</think>\n\n")


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_what_is_cut_is_a_prefix_without_any_stop_string(text: str, stop: list[str]) -> None:
    cut = cut_at_stop(text, tuple(stop))
    assert text.startswith(cut)
    assert not any(s in cut for s in stop)
    assert cut == text or any(text[len(cut) :].startswith(s) for s in stop)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("choice", ("A", "B", "C")), ("multi-choice", ("A", "B", "C")), ("label", ("ct", "mri", "x-ray"))],
)
def test_our_prompts_are_answered_as_they_ask(kind: Kind, expected: tuple[str, ...]) -> None:
    options = tuple(Choice(label=label) for label in ("ct", "mri", "x-ray"))
    assert asked_answers(plain(Case(id="1", kind=kind, question="Which?", choices=options))) == expected


@pytest.mark.parametrize(
    "text", ["Which?\nA) ct\nB) mri", "Which?\n(A) ct\n(B) mri", "A: ct\n B: mri \nWhich?"]
)
def test_letters_are_known_in_their_usual_forms(text: str) -> None:
    request = Request(
        messages=(Message(role="user", parts=(text,)),), choices=(Choice(label="ct"), Choice(label="mri"))
    )
    assert asked_answers(request) == ("A", "B")


def test_half_a_list_of_options_is_no_list() -> None:
    message = Message(role="user", parts=("A. ct\nB. us",))
    request = Request(messages=(message,), choices=(Choice(label="ct"), Choice(label="mri")))
    assert asked_answers(request) == ("ct", "mri")
    assert asked_answers(Request(messages=(message,))) == ()
