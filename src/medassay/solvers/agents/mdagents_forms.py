"""What the recruiter and the experts of MDAgents hand over, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medassay import codec
from medassay.solvers.agents.grammars import distinct, entries, json_list, unfenced, words_of
from medassay.solvers.agents.texts import mdagents as say
from medassay.solvers.grammar import Malformed

_INDEPENDENT = ("", "none", "null", "independent")
_SILENT = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """A recruited expert; `leader` is the place of the one to whom it reports, None of an independent one."""

    role: str
    expertise: str
    leader: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team with its goal; its first member leads it."""

    name: str
    goal: str
    members: tuple[Expert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A message to others, by their places, which count from 0; to nobody from who has nothing to say."""

    to: tuple[int, ...] = ()
    message: str = ""


def recruited(text: str, n: int) -> list[Expert]:
    """So many experts of different roles, and who leads whom.

    Raises:
        Malformed: it is no such list, or an expert reports to nobody known, or in the end to itself.
    """
    held = json_list(text, ("role", "expertise", "reports_to"), n)
    roles = [words_of(entry, "role") for entry in held]
    distinct(roles, "experts")
    leaders = [_leader(entry["reports_to"], roles) for entry in held]
    for place in range(n):
        above, steps = leaders[place], 0
        while above is not None and steps <= n:
            above, steps = leaders[above], steps + 1
        if above is not None:
            raise Malformed(f"{roles[place]!r} reports, in the end, to itself")
    return [
        Expert(role=role, expertise=words_of(entry, "expertise"), leader=leader)
        for role, entry, leader in zip(roles, held, leaders, strict=True)
    ]


def organised(text: str, n: int, members: int) -> list[Team]:
    """So many teams of so many members, the first and the last of which are compulsory.

    Raises:
        Malformed: it is no such list, or names or roles within a team are not distinct.
    """
    held = json_list(text, ("team", "goal", "members"), n)
    teams = [
        Team(name=words_of(e, "team"), goal=words_of(e, "goal"), members=_members(e, members)) for e in held
    ]
    distinct([team.name for team in teams], "teams")
    for team, name in ((teams[0], say.FIRST_TEAM), (teams[-1], say.LAST_TEAM)):
        if team.name.lower() != name.lower():
            raise Malformed(f"there is a team {team.name!r} where the {name!r} should be")
    return teams


def note(text: str, n: int) -> Note:
    """A message to some of the n experts, or the word "nothing".

    Raises:
        Malformed: it is neither, or is addressed to somebody who is not there.
    """
    if text.strip(" \n.\"'").lower() == _SILENT:
        return Note()
    try:
        held = codec.loads(unfenced(text))
    except ValueError as error:
        raise Malformed(f"it is neither the word {_SILENT} nor JSON ({error})") from error
    if not isinstance(held, dict) or held.keys() != {"to", "message"}:
        raise Malformed('it is no JSON object with "to" and "message"')
    to = held["to"]
    if not isinstance(to, list) or not to or not all(type(i) is int and 1 <= i <= n for i in to):
        raise Malformed(f'"to" should be a list of numbers from 1 to {n}')
    return Note(to=tuple(dict.fromkeys(i - 1 for i in to)), message=words_of(held, "message"))


def _leader(named: object, roles: list[str]) -> int | None:
    if named is None or (isinstance(named, str) and named.strip().lower() in _INDEPENDENT):
        return None
    lowered = [role.lower() for role in roles]
    if not isinstance(named, str) or named.strip().lower() not in lowered:
        raise Malformed(f'"reports_to" names {named!r}, who is none of the experts')
    return lowered.index(named.strip().lower())


def _members(entry: Mapping[str, Any], n: int) -> tuple[Expert, ...]:
    held = entries(entry["members"], ("role", "expertise"), n)
    members = tuple(Expert(role=words_of(e, "role"), expertise=words_of(e, "expertise")) for e in held)
    distinct([member.role for member in members], "members of a team")
    return members
