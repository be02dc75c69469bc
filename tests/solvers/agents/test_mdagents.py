"""MDAgents in full: the three ways, the hand-overs, who reads what, and the calls of the reference."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.solvers.agents.kit import Play, opinion
from tests.solvers.kit import case, context

from medassay.errors import UsageError
from medassay.solvers.agents.mdagents_forms import Expert, Note, note, organised, recruited
from medassay.solvers.grammar import Malformed
from medassay.workflows.solving import resolve_solver

SUMMARY = "Key knowledge: {t}\nAnalysis: mixed.\nDisagreement: its size."


def experts(*leaders, roles=("X-ray reader", "surgeon", "neurologist", "oncologist", "nurse")):
    named = [
        {"role": role, "expertise": f"knows {role} things {{t}}", "reports_to": leader}
        for role, leader in zip(roles, leaders, strict=False)
    ]
    return json.dumps(named)


THREE = experts("none", "X-ray reader", "none")
LINES = {
    "triage": "intermediate",
    "recruiter": THREE,
    "expert": opinion("yes"),
    "expert 3": opinion("no"),
    "summariser": SUMMARY,
    "moderator": "yes",
}


def written(to, answer="yes"):
    """An opinion, a message, the opinion again; and so on."""
    return [opinion(answer), *[json.dumps({"to": to, "message": "look {t}"}), opinion(answer)] * 5]


def talk(word="mdagents:experts=3", **lines):
    return Play(word, case(), {**LINES, **lines})


@pytest.mark.parametrize("said", ["basic", "Basic.", "**basic**"])
def test_a_basic_case_is_answered_by_one(said):
    play = Play("mdagents", case(), {"triage": said, "clinician": "yes"})
    assert play.roles == ["triage", "clinician"]
    assert play.temperatures == [0, 0]
    assert play.read["clinician#1"] == set()
    assert (play.response.text, play.response.fallback) == ("yes", "")


@pytest.mark.parametrize("said", ["not basic but 3)", "", "basic or intermediate", "I cannot say."])
def test_a_triage_that_cannot_be_read_is_taken_for_intermediate_and_said_to_be(said):
    play = talk(triage=said, **{"expert 3": opinion("yes")})
    assert play.roles[:4] == ["triage"] * 3 + ["recruiter"]
    assert play.response.fallback.startswith("triage: it is not one of the words")
    assert play.response.fallback.endswith("taken for intermediate")
    assert play.response.text == "yes"


def test_experts_who_agree_at_once_go_to_the_moderator():
    play = talk(**{"expert 3": opinion("yes")})
    assert len(play.calls) == 3 + 3
    assert play.temperatures == [0, 0.7, 0.7, 0.7, 0.7, 0]
    assert [len(requests) for requests in play.rounds] == [1, 1, 3, 1]
    assert play.read["moderator#1"] == {"expert 1#1", "expert 2#1", "expert 3#1"}
    assert (play.response.text, play.response.agreement) == ("yes", 1)


def test_silence_in_the_first_turn_still_gives_the_moderator_every_opinion():
    play = talk(
        **{
            "expert": [opinion("yes"), "nothing"],
            "expert 3": [opinion("no"), "Nothing."],
        }
    )
    assert [len(requests) for requests in play.rounds] == [1, 1, 3, 1, 3, 1]
    assert play.read["moderator#1"] == {"expert 1#1", "expert 2#1", "expert 3#1", "summariser#1"}
    assert play.response.agreement == pytest.approx(2 / 3)


def test_experts_who_never_agree_talk_for_all_rounds():
    play = talk("mdagents:experts=3,rounds=2", **{"expert": written([3]), "expert 3": written([1], "no")})
    assert len(play.calls) == 3 + 3 + 2 * (1 + 3 * 2)
    assert len(play.rounds) == 4 + 3 * 2
    assert play.temperatures == [0, 0.7, *[0.7] * 3, *[0.1, *[0.7] * 6] * 2, 0]


def test_who_reads_what():
    """Expert 3 writes to experts 1 and 2, who read it in their next call; everything else by the table."""
    play = talk(
        "mdagents:experts=3,rounds=2",
        **{
            "expert": [opinion("yes"), "nothing", opinion("yes"), "nothing"],
            "expert 3": [
                opinion("no"),
                json.dumps({"to": [1, 2], "message": "look {t}"}),
                opinion("no"),
                "nothing",
            ],
        },
    )
    read = play.read
    before = {"recruiter#1"}  # what it says of an expert is in that expert's system message
    first = {f"expert {n}#1" for n in (1, 2, 3)}
    assert read["triage#1"] == read["recruiter#1"] == set()
    assert read["expert 1#1"] == before
    assert read["summariser#1"] == first
    assert read["expert 1#2"] == before | {"expert 1#1", "summariser#1"}
    assert read["expert 1#3"] == read["expert 1#2"] | {"expert 3#2"}
    assert read["expert 2#3"] == before | {"expert 2#1", "summariser#1", "expert 3#2"}
    assert read["expert 3#3"] == before | {"expert 3#1", "expert 3#2", "summariser#1"}
    second = {f"expert {n}#3" for n in (1, 2, 3)}
    assert read["summariser#2"] == second | {"expert 3#2"}
    assert read["moderator#1"] == second | {"summariser#1", "summariser#2"}
    unread = set(play.calls) - {step for steps in play.read.values() for step in steps}
    assert unread == {
        "triage#1",  # the code reads it
        "expert 1#2",  # without a token: it said nothing
        "expert 2#2",
        "expert 1#4",
        "expert 2#4",
        "expert 3#4",
        "moderator#1",
    }
    assert all(request.images == case().images for request in play.calls.values())


def test_the_message_of_a_leader_comes_first_and_is_to_be_answered_first():
    """Expert 3 reports to expert 2: what that one wrote stands before what expert 1 wrote."""
    play = talk(
        recruiter=experts("none", None, "surgeon"),
        **{"expert": written([3]), "expert 3": [opinion("no"), "nothing", opinion("yes")]},
    )
    told = str(play.calls["expert 3#3"].messages[-1].parts[-1])
    leader = told.index("[expert 2 (surgeon), to whom you report: answer this first]")
    assert leader < told.index("[expert 1 (X-ray reader)]")


def test_more_turns_let_messages_be_answered_within_the_round():
    lines = {
        "expert": [opinion("yes"), "nothing", "nothing", opinion("yes")],
        "expert 1": [
            opinion("yes"),
            json.dumps({"to": [3], "message": "why {t}?"}),
            "nothing",
            opinion("yes"),
        ],
        "expert 3": [
            opinion("no"),
            "nothing",
            json.dumps({"to": [1], "message": "because {t}"}),
            opinion("yes"),
        ],
    }
    play = talk("mdagents:experts=3,turns=2", **lines)
    read = play.read
    assert "expert 1#2" in read["expert 3#3"]
    assert "expert 3#3" in read["expert 1#4"]
    assert "expert 3#3" not in read["expert 2#4"]
    assert len(play.calls) == 3 + 3 + 1 + 3 * 3


@pytest.mark.parametrize(
    ("role", "said", "text"),
    [
        ("recruiter", "I would ask a surgeon and a nurse.", "direct"),
        ("expert 2", "It is large.", "yes"),
        ("summariser", "They differ.", "yes"),
    ],
)
def test_what_cannot_be_handed_over_is_asked_for_three_times_and_then_is_a_fallback(role, said, text):
    play = talk(fallback="direct", **{role: said})
    assert play.response.text == text
    assert play.response.fallback.startswith(role)
    assert sum(name.startswith(role) for name in play.roles) == 3


def test_a_message_to_nobody_known_is_asked_for_again():
    def turns(to):
        return json.dumps({"to": to, "message": "look"})

    play = talk(**{"expert": [opinion("yes"), "nothing"], "expert 3": [opinion("no"), turns([4]), "nothing"]})
    assert "a list of numbers from 1 to 3" in play.calls["expert 3#3"].text
    assert play.response.fallback == ""


TEAMS = json.dumps(
    [
        {
            "team": name,
            "goal": "find out {t}",
            "members": [{"role": f"{name[0]}{i}", "expertise": "knows"} for i in range(3)],
        }
        for name in ("Initial Assessment Team", "Imaging Team", "Final Review and Decision Team")
    ]
)


def test_teams_read_the_reports_before_theirs_and_the_decider_reads_all():
    play = Play(
        "mdagents",
        case(),
        {
            "triage": "advanced",
            "recruiter": TEAMS,
            "Initial": "{t}",
            "Imaging": "{t}",
            "Final": "{t}",
            "decider": "yes",
        },
    )
    assert len(play.calls) == 3 + 3 * 4
    assert [len(requests) for requests in play.rounds] == [1, 1, *[1, 2, 1] * 3, 1]
    assert play.temperatures == [0, *[0.7] * 13, 0]
    reports = [f"{team}, lead#2" for team in ("Initial Assessment Team", "Imaging Team")]
    reports.append("Final Review and Decision Team, lead#2")
    assert play.read["decider#1"] == set(reports)
    assert play.read["Imaging Team, lead#1"] == {"recruiter#1", reports[0]}
    assert play.read["Imaging Team, I1#1"] == {"Imaging Team, lead#1"}
    assert play.read[reports[1]] == {
        "recruiter#1",
        reports[0],
        "Imaging Team, lead#1",
        "Imaging Team, I1#1",
        "Imaging Team, I2#1",
    }
    assert play.read["Final Review and Decision Team, lead#1"] == {"recruiter#1", *reports[:2]}
    assert (play.response.text, play.response.fallback) == ("yes", "")


def test_a_fixed_complexity_saves_the_triage():
    assert Play("mdagents:triage=basic", case(), {"clinician": "yes"}).roles == ["clinician"]


def test_too_few_of_anything_are_refused():
    for option in ("experts=1", "rounds=0", "turns=0", "teams=1", "members=1"):
        with pytest.raises(UsageError, match="at least"):
            resolve_solver(f"mdagents:{option}").begin(context())


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("1. X-ray reader - reads - Hierarchy: Independent", "no JSON"),
        ('{"role": "a"}', "no JSON list"),
        (experts("none"), "1 entries and should have 2"),
        ('[{"role": "a", "expertise": "b"}, {"role": "c", "expertise": "d"}]', 'no "reports_to"'),
        (experts("none", "none", roles=("nurse", "Nurse")), "two experts are called 'nurse'"),
        (experts("none", "dentist"), "names 'dentist'"),
        (experts("surgeon", "X-ray reader"), "reports, in the end, to itself"),
        (experts("none", "none", roles=("nurse", " ")), '"role" should be a text'),
    ],
)
def test_a_recruiting_that_is_none(said, problem):
    with pytest.raises(Malformed, match=problem):
        recruited(said, 2)


def test_a_recruiting_that_is_one():
    fenced = "```json\n" + experts("none", "x-ray READER", roles=("X-ray reader", "nurse")) + "\n```"
    found = recruited(fenced, 2)
    assert [(expert.role, expert.leader) for expert in found] == [("X-ray reader", None), ("nurse", 0)]
    assert all(isinstance(expert, Expert) for expert in found)


@given(st.lists(st.none() | st.integers(0, 4), min_size=5, max_size=5))
def test_a_hierarchy_is_taken_exactly_where_nobody_is_above_himself(leaders):
    roles = ["a", "b", "c", "d", "e"]
    text = experts(*(None if place is None else roles[place] for place in leaders), roles=roles)

    def climbs(place):
        seen = set()
        while place is not None and place not in seen:
            seen.add(place)
            place = leaders[place]
        return place is None

    if all(climbs(place) for place in range(5)):
        assert [expert.leader for expert in recruited(text, 5)] == leaders
    else:
        with pytest.raises(Malformed, match="to itself"):
            recruited(text, 5)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda teams: teams[:2], "2 entries"),
        (lambda teams: [*teams, teams[1]], "4 entries"),
        (lambda teams: teams[::-1], "where the 'Initial Assessment Team' should be"),
        (lambda teams: [teams[0], teams[0], teams[2]], "two teams are called"),
        (lambda teams: [{**teams[0], "members": teams[0]["members"][:2]}, *teams[1:]], "2 entries"),
        (lambda teams: [{**teams[0], "members": "three nurses"}, *teams[1:]], "no JSON list"),
    ],
)
def test_teams_that_are_none(change, problem):
    with pytest.raises(Malformed, match=problem):
        organised(json.dumps(change(json.loads(TEAMS))), 3, 3)


@pytest.mark.parametrize("said", ["Nothing.", "nothing", '"nothing"'])
def test_to_say_nothing(said):
    assert note(said, 3) == Note()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I agree.",
        '{"to": [], "message": "a"}',
        '{"to": [0], "message": "a"}',
        '{"to": [true], "message": "a"}',
        '{"to": 1, "message": "a"}',
        '{"to": [1], "message": " "}',
        '{"to": [1]}',
        "[]",
    ],
)
def test_a_message_that_is_none(said):
    with pytest.raises(Malformed):
        note(said, 3)


def test_a_message_is_read_with_its_places():
    assert note('{"to": [3, 1, 3], "message": "look"}', 3) == Note(to=(2, 0), message="look")
