from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest

from medassay.benchmarks.shared import reports
from medassay.errors import UsageError
from medassay.metrics import score
from medassay.prompts import brief, interleaved, plain, worded
from medassay.types import KINDS, Case, Choice, Image, Response, Sample, Target
from medassay.wordings import OWN, WORDINGS, first, words_sha256

SCAN = Image(uri="scan.png", digest="sha256:0")


def case(kind, *options):
    choices = tuple(Choice(label=o) for o in options)
    return Case(id="1", kind=kind, question="What is {it}?", images=(SCAN,), choices=choices)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.id)
def test_every_wording_asks_every_kind_and_shows_question_and_options(wording):
    for kind in KINDS:
        text = plain(case(kind, "lung", "liver"), wording).text
        assert "What is {it}?" in text
        assert wording.ask[kind] in text
        assert ("liver" in text) == (kind in {"choice", "multi-choice", "label", "multilabel"})
    assert "ption" not in plain(case("open"), wording).text  # neither a heading nor a colon without options


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.id)
def test_no_wording_tells_the_kind_where_only_the_answer_does(wording):
    assert len({brief(case(kind), wording).text for kind in ("closed", "yes/no", "open")}) == 1


def test_the_wordings_differ_in_text_and_id_and_the_first_is_the_packages_own():
    texts = {plain(case("choice", "lung", "liver"), wording).text for wording in WORDINGS}
    assert len(texts) == len({wording.id for wording in WORDINGS}) == len(WORDINGS)
    assert WORDINGS[0] is OWN
    assert plain(case("choice", "lung", "liver"), OWN) == plain(case("choice", "lung", "liver"))
    by_hand = "What is {it}?\nA. lung\nB. liver\nAnswer with the letter of one option."
    assert plain(case("choice", "lung", "liver")).text == by_hand


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.id)
def test_an_option_repeated_as_it_was_shown_is_read(wording):
    shown = wording.option.format(letter="B", label="liver")
    sample = Sample(**fields_of(case("choice", "lung", "liver")), target=Target(texts=("B",)))
    assert score(sample, Response(text=shown)).values["accuracy"] == 1


def fields_of(held: Case) -> dict[str, Any]:
    return {f.name: getattr(held, f.name) for f in fields(held)}


def test_a_wording_keeps_images_in_the_place_of_their_names():
    held = replace(case("open"), question="Compare <image 1> with this.")
    asked = worded(interleaved, WORDINGS[1])
    assert asked is not None
    before, image, after = asked(held).messages[0].parts
    assert (before, image) == ("Question: Compare <image 1>", SCAN)
    assert str(after).endswith("Answer:")


def test_a_prompt_with_words_of_its_own_has_no_other_wording():
    assert worded(reports.ask, OWN) is None
    assert isinstance(worded(brief, OWN), partial)


def test_a_family_is_its_first_wordings_and_known_by_its_words():
    assert [wording.id for wording in first(2)] == ["own", "choose-named"]
    assert words_sha256(first(2)) != words_sha256(first(3))
    with pytest.raises(UsageError, match="there are 1 to 10 wordings"):
        first(11)
