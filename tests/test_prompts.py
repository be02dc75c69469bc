from dataclasses import replace

import pytest

from medassay.errors import DataError
from medassay.prompts import brief, interleaved, plain, styled
from medassay.types import KINDS, Case, Choice, Decoding, Image, Message, Style

SCAN = Image(uri="scan.png", digest="sha256:0")


def case(kind, *options):
    return Case(
        id="1",
        kind=kind,
        question="What is it?",
        images=(SCAN,),
        choices=tuple(Choice(label=o) for o in options),
    )


def test_every_kind_has_words():
    assert all("What is it?" in plain(case(kind)).text for kind in KINDS)


def test_options_are_lettered_in_order():
    assert "A. lung\nB. liver\nAnswer with the letter" in plain(case("choice", "lung", "liver")).text
    assert "Options: lung, liver." in plain(case("label", "lung", "liver")).text


def test_only_where_several_may_be_right_the_choices_are_not_exclusive():
    assert {kind for kind in KINDS if not plain(case(kind)).exclusive} == {"multi-choice", "multilabel"}


def test_brief_asks_closed_yes_no_and_open_in_the_same_words():
    assert len({brief(case(kind)).text for kind in ("closed", "yes/no", "open")}) == 1


def test_a_style_adds_the_system_prompt_and_respects_what_was_set():
    style = Style(
        system="You are a radiologist.", images_first=False, decoding={"max_tokens": 9, "top_p": 0.5}
    )
    request = styled(plain(case("open")), style)
    assert request.messages[0].role == "system"
    assert (request.decoding.max_tokens, request.decoding.top_p) == (9, 0.5)
    assert styled(request, Style(system="Another.", decoding={"max_tokens": 4})) == request
    assert request.decoding != Decoding()
    assert request.images == (SCAN,)


def test_thinking_is_switched_off_by_the_last_word_of_the_user_where_the_template_cannot():
    style = Style(images_first=True, no_think="/no_think")
    asked = plain(case("open"))
    example = (Message(role="user", parts=("before",)), Message(role="assistant", parts=("yes",)))
    quick = replace(
        asked, messages=(*example, *asked.messages), decoding=replace(asked.decoding, thinking=False)
    )
    told = styled(quick, style)
    assert told.messages[:2] == example
    assert told.messages[2].parts == (SCAN, f"{asked.messages[0].parts[1]} /no_think")
    assert styled(told, style) == told
    assert styled(asked, style) == asked
    assert styled(quick, Style()) == quick
    assert styled(asked, replace(style, decoding={"thinking": False})).text.endswith(" /no_think")


def test_images_stand_where_their_placeholder_first_names_them():
    second, third = replace(SCAN, uri="b.png"), replace(SCAN, uri="c.png")
    asked = replace(case("choice", "<image 3>", "liver"), question="Does <image 2> fit <image 2>?")
    (message,) = interleaved(replace(asked, images=(SCAN, second, third))).messages
    assert message.parts == (
        SCAN,
        "Does <image 2>",
        second,
        " fit <image 2>?\nA. <image 3>",
        third,
        "\nB. liver\nAnswer with the letter of one option.",
    )
    with pytest.raises(DataError, match="names <image 2> and has 1 images"):
        interleaved(asked)
