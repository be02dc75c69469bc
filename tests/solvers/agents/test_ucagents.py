"""UCAgents as it is meant: every exit, its calls and temperatures, who reads what, and what may go wrong."""

import pytest
from tests.solvers.agents.kit import Play, opinion
from tests.solvers.kit import case

from medassay.solvers.agents.ucagents import inquiries
from medassay.solvers.grammar import Malformed

CRITIC = "Flaws: {t}.\nCounter-evidence: none."
BOTH = "Critic 1: why {t}?\nCritic 2: why not?"
LINES = {
    "expert": opinion("yes"),
    "senior": opinion("yes"),
    "critic": [CRITIC, "Because {t}."],
    "leader": [BOTH, opinion("no")],
}
AGREED, DISSENT, DISPUTED = [0.7, 0.7, 0.5], [0.5, 0.5, 0.1, 0.1, 0.1, 0.1], [0.7, 0.7]
FIVE = ("cyst", "abscess", "tumour", "bleeding", "none of these")
REFUSAL = "I'm sorry, I cannot help with medical images."


def play(of=None, **lines):
    return Play("ucagents", of or case(), {**LINES, **lines})


def test_all_agree_in_three_calls():
    held = play()
    assert held.roles == ["expert 1", "expert 2", "senior"]
    assert held.temperatures == AGREED
    assert [len(requests) for requests in held.rounds] == [2, 1]
    assert held.read["senior#1"] == {"expert 1#1", "expert 2#1"}
    assert (held.response.text, held.response.agreement, held.response.fallback) == ("yes", 1, "")


def test_the_two_experts_are_two_draws_of_one_prompt():
    one, two = play().rounds[0]
    assert (one.messages, one.decoding) == (two.messages, two.decoding)
    assert one.replicate != two.replicate
    assert one.images == two.images == case().images


def test_experts_who_differ_are_audited_in_eight_calls():
    held = play(**{"expert 2": opinion("no")})
    assert held.temperatures == DISPUTED + DISSENT
    assert [len(requests) for requests in held.rounds] == [2, 2, 1, 2, 1]
    assert held.response.text == "no"
    assert held.response.agreement == 0.5
    reports = {"expert 1#1", "expert 2#1"}
    assert held.read["critic 1#1"] == reports
    assert held.read["leader#1"] == reports | {"critic 1#1", "critic 2#1"}
    assert held.read["critic 1#2"] == reports | {"critic 1#1", "leader#1"}
    assert held.read["critic 2#2"] == reports | {"critic 2#1"}  # its question has no token
    assert held.read["leader#2"] == reports | {
        f"{name}#{n}" for name in ("critic 1", "critic 2") for n in (1, 2)
    } | {"leader#1"}
    unread = set(held.calls) - {step for steps in held.read.values() for step in steps}
    assert unread == {"leader#2"}


def test_a_senior_who_dissents_is_heard_in_nine_calls_and_can_change_the_answer():
    held = play(senior=opinion("no"))
    assert held.temperatures == AGREED + DISSENT
    assert "answer that you audit: yes" in held.calls["critic 1#1"].text
    assert "answer that you audit: no" in held.calls["critic 2#1"].text
    assert held.read["leader#1"] >= {"expert 1#1", "expert 2#1", "senior#1"}
    assert (held.response.text, held.response.agreement) == ("no", pytest.approx(1 / 3))


def test_the_verdict_may_name_an_answer_that_nobody_gave():
    of = case(kind="choice", options=FIVE)
    lines = {"expert 1": opinion("A"), "expert 2": opinion("B"), "leader": [BOTH, opinion("E")]}
    assert play(of, **lines).response.text == "E"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Reasoning: A tumour is seen. The answer: unclear.\nAnswer: C.", "C."),
        ("Reasoning: Answer: B was my first thought.\nAnswer: C", "C"),
        ("**Reasoning:** I do not see an abscess.\n**Answer:** (C)", "(C)"),
        ("Reasoning: None of the critiques stands.\nAnswer: tumour", "tumour"),
    ],
)
def test_no_letter_is_read_where_there_is_none(said, read):
    of = case(kind="choice", options=FIVE)
    held = play(of, expert=said, senior=opinion("C"))
    assert held.temperatures == AGREED
    assert f"Answer: {read}" in held.calls["senior#1"].text
    assert held.response.text == "C"


@pytest.mark.parametrize(
    "said",
    [
        "Reasoning: a.\nAnswer: The best is C",
        "Reasoning: a.\nAnswer: <your answer>",
        "Reasoning: a.\nAnswer: A tumour or a cyst",
        "#Answer: B",
    ],
)
def test_what_names_no_single_option_is_asked_again_and_then_is_a_fallback(said):
    of = case(kind="choice", options=FIVE)
    held = play(of, **{"expert 1": opinion("C"), "expert 2": said})
    assert held.roles == ["expert 1", *["expert 2"] * 3]
    assert held.response.text == "C"
    assert held.response.fallback.startswith("expert 2: ")


def test_open_answers_that_the_benchmark_takes_for_the_same_need_no_clerk():
    of = case("Which lung?", kind="open")
    lines = {
        "expert 1": opinion("The left lung."),
        "expert 2": opinion("left lung"),
        "senior": opinion("left lung"),
    }
    assert len(play(of, **lines).calls) == 3


@pytest.mark.parametrize(
    ("clerk", "temperatures"), [("yes", [0.7, 0.7, 0, 0.5]), ("No.", [0.7, 0.7, 0, *DISSENT])]
)
def test_a_clerk_says_whether_other_words_say_the_same(clerk, temperatures):
    of = case("Which lung?", kind="open")
    lines = {"expert 1": opinion("left lung"), "expert 2": opinion("the lung on the left")}
    verdict = [BOTH, opinion("left lung")]
    held = play(of, **lines, clerk=clerk, senior=opinion("left lung"), leader=verdict)
    assert held.temperatures == temperatures
    assert held.calls["clerk#1"].images == ()
    assert "the lung on the left" in held.calls["clerk#1"].text
    assert held.response.text == "left lung"


@pytest.mark.parametrize(
    ("role", "said", "reason"),
    [
        ("expert 1", REFUSAL, "expert 1: declined to answer"),
        ("senior", REFUSAL, "senior: declined to answer"),
        ("senior", "", 'senior: no line begins with "Reasoning:"'),
    ],
)
def test_a_scheme_without_one_of_its_voices_falls_back_on_the_others(role, said, reason):
    held = play(**{role: said})
    assert (held.response.text, held.response.fallback) == ("yes", reason)
    assert held.roles.count(role) == (3 if not said else 1)  # a refusal is not argued with


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("critic 2", "It is fine."),
        ("leader", "Critic 1: why?"),
        ("leader", "@ To Expert: why?"),
        ("leader", [BOTH, "None of the critiques convinces."]),
        ("leader", [BOTH, REFUSAL]),
    ],
)
def test_an_audit_that_breaks_falls_back_on_the_first_of_the_answers(role, said):
    held = play(**{"expert 2": opinion("no"), role: said})
    assert held.response.text == "yes"
    assert held.response.fallback.startswith(role)


def test_nobody_can_say_anything():
    held = play(expert=REFUSAL, fallback=REFUSAL)
    assert (held.response.text, held.response.fallback) == (REFUSAL, "expert 1: declined to answer")


def test_all_images_and_no_images():
    for images in ((), ("a", "b")):
        of = case(images=images)
        held = play(of, **{"expert 2": opinion("no")})
        assert all(request.images == of.images for request in held.calls.values())


def test_the_modality_is_named_where_the_benchmark_knows_it():
    from dataclasses import replace

    told = play(replace(case(), tags={"modality": "CT"})).calls["expert 1#1"].text
    assert "specialist for CT" in told
    assert "<" not in told.partition("Reply in exactly")[0]


@pytest.mark.parametrize(
    "said",
    ["", "Critic 1: a", "Critic 1: a\nCritic 1: b", "Critic 1: a\nCritic 3: b", "Critic 1: a\nCritic 2:"],
)
def test_inquiries_that_are_none(said):
    with pytest.raises(Malformed):
        inquiries(said, 2)


def test_inquiries_in_any_order():
    assert inquiries("**Critic 2:** why\nnot?\n- critic 1: why?", 2) == ["why?", "why\nnot?"]
