"""Debate, panel and verify: every branch, what each costs, and who has read what."""

import pytest
from tests.solvers.agents.kit import Play, opinion
from tests.solvers.kit import case, context

from medassay.errors import UsageError
from medassay.solvers.agents.debate import Debate

REFUSAL = "I'm sorry, I cannot help with medical images."


def test_debaters_who_agree_at_once_need_no_round_and_no_judge():
    play = Play("debate", case(), {"debater": opinion("yes")})
    assert play.roles == ["debater 1", "debater 2", "debater 3"]
    assert (play.response.text, play.response.agreement, play.response.fallback) == ("yes", 1, "")
    assert play.temperatures == [0.7] * 3
    assert len({request.replicate for request in play.calls.values()}) == 3
    assert len({(request.messages, request.decoding) for request in play.calls.values()}) == 1


def test_a_debate_ends_in_the_round_that_brings_agreement():
    play = Play("debate", case(), {"debater": opinion("yes"), "debater 3": [opinion("no"), opinion("yes")]})
    assert len(play.calls) == 6
    assert play.response.text == "yes"


def test_what_stays_open_goes_to_the_judge_who_reads_the_last_opinions():
    lines = {"debater": opinion("yes"), "debater 3": opinion("no"), "judge": "No."}
    play = Play("debate", case(), lines)
    assert [len(requests) for requests in play.rounds] == [3, 3, 3, 1]  # rounds + 2
    assert play.temperatures == [0.7] * 9 + [0]
    assert (play.response.text, play.response.agreement) == ("No.", pytest.approx(1 / 3))
    assert play.read["debater 1#1"] == set()
    assert play.read["debater 1#2"] == {"debater 1#1", "debater 2#1", "debater 3#1"}
    assert play.read["debater 2#3"] == {f"debater {i}#{n}" for i in (1, 2, 3) for n in (1, 2)}
    assert play.read["judge#1"] == {"debater 1#3", "debater 2#3", "debater 3#3"}
    assert all(request.images == case().images for request in play.calls.values())


def test_open_answers_agree_by_the_scorer():
    of = case("Which lung?", kind="open")
    lines = {"debater 1": opinion("The left lung."), "debater": opinion("left lung")}
    assert len(Play("debate", of, lines).calls) == 3


def test_who_declines_has_no_voice_and_is_not_asked_again():
    lines = {"debater": opinion("yes"), "debater 2": REFUSAL, "judge": "yes"}
    play = Play("debate:rounds=1", case(), lines)
    assert len(play.calls) == 7
    assert play.response.agreement == 1
    assert "(declined to answer)" in play.calls["debater 1#2"].text
    assert play.response.fallback == ""


@pytest.mark.parametrize("said", ["", "It is large.", "Reasoning: {t}\nAnswer:", opinion("perhaps")])
def test_who_cannot_be_read_is_asked_again_twice_then_the_majority_stands_as_a_fallback(said):
    play = Play("debate", case(), {"debater": opinion("no"), "debater 2": said})
    assert play.roles == ["debater 1", "debater 2", "debater 3", "debater 2", "debater 2"]
    assert play.response.text == "no"
    assert play.response.fallback.startswith("debater 2: ")
    assert "Your reply cannot be used" in play.calls["debater 2#2"].text


def test_where_nobody_can_be_read_the_question_is_asked_once_as_a_fallback():
    play = Play("debate", case(), {"debater": "Hm.", "fallback": "yes"})
    assert len(play.calls) == 10
    assert play.rounds[-1][0].messages == Play("direct", case(), {"model": "yes"}).rounds[0][0].messages
    assert (play.response.text, bool(play.response.fallback)) == ("yes", True)


def test_debaters_who_are_one_are_refused():
    with pytest.raises(UsageError, match="temperature 0 are one debater"):
        Debate(temperature=0).begin(context())
    with pytest.raises(UsageError, match="two debaters and one round"):
        Debate(debaters=1).begin(context())


def test_the_panel_hears_whom_triage_has_chosen():
    lines = {
        "general practitioner": "Radiology, neurology.",
        "radiology": opinion("yes"),
        "neurology": opinion("no"),
        "attending": "no",
    }
    play = Play("panel:specialists=2", case(), lines)
    assert play.roles == ["general practitioner", "radiology", "neurology", "attending"]
    assert [len(requests) for requests in play.rounds] == [1, 2, 1]
    assert play.temperatures == [0, 0.7, 0.7, 0]
    assert play.read["attending#1"] == {"radiology#1", "neurology#1"}
    assert (play.response.text, play.response.agreement) == ("no", 0.5)


@pytest.mark.parametrize("said", ["radiology", "radiology, radiology", "radiology, astrology", "Ask both!"])
def test_a_triage_that_cannot_be_handed_over_is_a_fallback(said):
    play = Play("panel:specialists=2", case(), {"general practitioner": said, "fallback": "yes"})
    assert play.roles == ["general practitioner"] * 3 + ["fallback"]
    assert play.response.fallback.startswith("general practitioner: ")


KEEP, REVISE = "Findings: {t} fits.\nVerdict: keep", "Findings: {t} is missing.\nVerdict: revise"


@pytest.mark.parametrize(
    ("checks", "text", "calls"),
    [([KEEP], "yes", 2), ([REVISE, KEEP], "no", 4), ([REVISE, REVISE], "neither {author#3}", 5)],
)
def test_verify_revises_until_the_check_is_content_or_the_rounds_are_over(checks, text, calls):
    lines = {"author": ["yes", "no", "neither {t}"], "checker": checks}
    play = Play("verify", case(), lines)
    assert (play.response.text, len(play.calls), play.response.fallback) == (text, calls, "")
    assert set(play.temperatures) == {0}


def test_the_checker_has_a_memory_of_its_own_and_the_author_keeps_its_own():
    play = Play("verify", case(), {"author": "yes {t}", "checker": [REVISE]})
    assert play.read == {
        "author#1": set(),
        "checker#1": {"author#1"},
        "author#2": {"author#1", "checker#1"},
        "checker#2": {"author#2"},
        "author#3": {"author#1", "checker#1", "author#2", "checker#2"},
    }


def test_a_check_that_cannot_be_read_leaves_the_answer_as_a_fallback():
    play = Play("verify", case(), {"author": "yes", "checker": "Fine."})
    assert (play.response.text, len(play.calls)) == ("yes", 4)
    assert play.response.fallback == 'checker: no line begins with "Findings:"'
