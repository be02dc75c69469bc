"""The two schemes of MedVLMBench as published: their prompts, their call patterns, and their mistakes."""

from dataclasses import replace

import pytest
from tests.solvers.agents.kit import Play
from tests.solvers.kit import case, texts

from medassay.benchmarks import BENCHMARKS
from medassay.protocols.medvlmbench.prompts import prompt
from medassay.registry import load_attribute
from medassay.solvers.agents.mdagents_medvlmbench import adaptive
from medassay.types import Message, Request, Where

# ---- MDAgent


def test_the_prompt_of_a_role_word_by_word():
    """The text of the reference, section 4, for the second and third role of the intermediate mode."""
    play = Play(
        "mdagents@medvlmbench:mode=intermediate", case("What is seen?", kind="open"), {"": "{t} "}, prompt
    )
    held = list(play.calls.values())
    [told] = texts(held[1])
    assert told == (
        "You are acting as the medical specialist in a medical multi-agent team.\n\n"
        "Use only the provided image and question.\n\n"
        "If the image is uncertain or insufficient, say so briefly and still provide the best supported "
        "answer.\n\n"
        "Task: Use the image and the prior team notes to propose the best answer with a short rationale.\n\n"
        "Question: What is seen?\n\n"
        "Prior team notes:\n{visual examiner#1}"
    )
    assert texts(held[2])[0].endswith(
        "Prior team notes:\n[visual examiner]\n{visual examiner#1} \n\n"
        "[medical specialist]\n{medical specialist#1}"
    )
    assert play.response.text == "{moderator#1} "


@pytest.mark.parametrize(
    ("mode", "last", "tags"),
    [
        ("basic", "primary clinician", []),
        ("intermediate", "moderator", ["visual examiner", "medical specialist", "skeptical reviewer"]),
        (
            "advanced",
            "chief moderator",
            ["triage plan", "visual findings", "differential diagnostician", "quality reviewer"],
        ),
    ],
)
def test_each_role_reads_all_before_it(mode, last, tags):
    play = Play(f"mdagents@medvlmbench:mode={mode}", case(), {"": "{t}"})
    steps = list(play.calls)
    assert len(steps) == len(tags) + 1
    assert steps[-1] == f"{last}#1"
    for place, step in enumerate(steps):
        assert play.read[step] == set(steps[:place])
        assert play.calls[step].images == case().images
        assert len(play.calls[step].messages) == 1
    found = [line[1:-1] for line in play.calls[steps[-1]].text.split("\n") if line.startswith("[")]
    assert found == tags
    assert set(play.temperatures) == {0}


@pytest.mark.parametrize(
    ("question", "mode"),
    [
        ("Is it large?", "basic"),
        ("Which? Answer choices: (a) left", "basic"),
        ("Answer the following question about the image with yes or no. Why?", "basic"),
        ("Say whether, yes or no, it is large", "basic"),
        ("Isolated or not, which lobe?", "intermediate"),
        ("Which unexplained lesion?", "advanced"),
        ("how many lesions", "advanced"),
        (" ".join(["word"] * 18), "advanced"),
        (" ".join(["word"] * 17), "intermediate"),
        ("Can you provide a medical report for this image?", "basic"),
    ],
)
def test_the_keywords(question, mode):
    assert adaptive(question) == mode


def counted(samples):
    modes = [adaptive(prompt(sample.case).text) for sample in samples]
    return tuple(modes.count(mode) for mode in ("basic", "intermediate", "advanced"))


@pytest.mark.parametrize(
    ("name", "folder", "variant", "modes"),
    [("vqa-rad", "vqa_rad", "mevf", (272, 167, 12)), ("slake", "slake", "en", (361, 633, 67))],
)
def test_the_rule_gives_the_table_of_the_reference(shared_data, name, folder, variant, modes):
    where = Where(root=shared_data / folder, variant=variant, pictures=False)
    assert counted(load_attribute(BENCHMARKS[name]).load(where)) == modes


# ---- UCAgent


def said(answer, kind="yes/no", reasoning="{t}"):
    return f"#Question Type: {kind}\n#Reasoning: {reasoning}\n#Answer: {answer}"


TWO = "@ To Agent1 who reviews yes: why {t}?\n@ To Agent2 who reviews no: why not?"
LINES = {
    "expert": said("yes"),
    "senior": said("yes"),
    "critic": "#Flaws: {t}",
    "leader": [TWO, said("no")],
    "zero-shot": "yes, plainly",
}


def play(of=None, **lines):
    return Play("ucagents@medvlmbench", of or case(), {**LINES, **lines})


@pytest.mark.parametrize(
    ("lines", "temperatures", "text"),
    [
        ({}, [0.7, 0.7, 0.5], "yes"),
        ({"expert 2": said("no")}, [0.7, 0.7, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1], "no"),
        ({"senior": said("no")}, [0.7, 0.7, 0.5, 0.5, 0.1, 0], "yes, plainly"),
        ({"expert 1": "yes"}, [0.7, 0], "yes, plainly"),
    ],
)
def test_the_published_call_patterns(lines, temperatures, text):
    """A senior who dissents faces one critic, and the leader asks one: never the two that it must."""
    if "senior" in lines:
        lines = {**lines, "leader": "@ To Agent1 who reviews yes: why?"}
    held = play(**lines)
    assert held.temperatures == temperatures
    assert held.response.text == text
    assert bool(held.response.fallback) == (temperatures[-1] == 0)


def test_the_leader_reads_no_critique_and_decides_without_the_case():
    held = play(case("Is the lesion large?"), **{"expert 2": said("no")})
    assert held.read["leader#1"] == {"expert 1#1", "expert 2#1"}
    assert "Critic Expert 1: yes\nCritic Expert 2: no" in held.calls["leader#1"].text
    assert held.read["leader#2"] == {"critic 1#2", "critic 2#2"}
    assert "lesion" not in held.calls["leader#2"].text
    assert held.read["critic 1#2"] == {"expert 1#1", "expert 2#1", "critic 1#1", "leader#1"}
    assert held.calls["leader#2"].images


@pytest.mark.parametrize(
    ("written", "kind", "read"),
    [
        ("A small nodule", "multi-choice", "A"),
        ("I think yes", "yes/no", "yes"),
        ("a small nodule", "open", "a small nodule"),
        ("yes, a nodule", "open / yes/no / multi-choice", "yes"),
        ("B", "none of these", "B"),
        ("no", "", "no"),
        ("left lung", "", "left lung"),
    ],
)
def test_the_published_parser(written, kind, read):
    assert play(expert=said(written, kind), senior=said(written, kind)).response.text == read


def test_the_first_answer_in_a_reasoning_is_taken_for_the_answer():
    held = play(expert=said("no", reasoning="Answer: yes is what I thought at first"))
    assert held.response.text == "yes"


def test_open_answers_are_the_same_only_as_equal_strings():
    lines = {"expert": said("left lung", "open"), "expert 2": said("Left lung", "open")}
    assert len(play(case("Which?", kind="open"), **lines).calls) == 8


@pytest.mark.parametrize(
    "leader",
    [
        "@ To Agent1: why?\n@ To Agent: why not?",
        "@ To Agent1: why?\n@ To Agent3: why not?",
        "Why?",
        [TWO, "None of the critiques convinces."],
    ],
)
def test_whatever_raises_is_one_plain_question_and_counted_as_a_fallback(leader):
    held = play(**{"expert 2": said("no"), "leader": leader})
    assert held.roles[-1] == "zero-shot"
    assert held.response.text == "yes, plainly"
    assert held.response.fallback.startswith("leader: ")


def test_a_plain_question_is_the_benchmarks_own_request():
    asked = Request(messages=(Message(role="user", parts=("Is it?",)),))
    held = Play("ucagents@medvlmbench", case(), {**LINES, "expert": ""}, lambda _: asked)
    assert replace(held.calls["zero-shot#1"], role="model") == asked
