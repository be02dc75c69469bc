"""The intermediate way of MDAgents: recruited experts discuss the case, and a moderator answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from medassay.solvers.agents.agent import Agent
from medassay.solvers.agents.grammars import Opinion, sections
from medassay.solvers.agents.mdagents_forms import Expert, note, recruited
from medassay.solvers.agents.table import Asking, Table
from medassay.solvers.agents.texts import mdagents as say
from medassay.types import Turns

COOL = 0.1
"""The temperature of the summary."""

Inbox = list[tuple[int, str]]
"""The messages that an expert has not read yet, each with the place of who wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """How many experts discuss a case, for how many rounds of so many turns, and how warm they are."""

    n: int
    rounds: int
    turns: int
    temperature: float

    def lead(self, table: Table) -> Turns:
        """Recruit, hear opinions, let them be discussed until all agree or nobody speaks, and moderate."""
        experts = yield from self._recruit(table)
        agents = [self._agent(table, place, expert) for place, expert in enumerate(experts)]
        agents, opinions = yield from self._opine(table, agents, [say.OPEN] * self.n)
        summaries: list[str] = []
        letters: list[str] = []
        for _ in range(self.rounds):
            if table.agree([opinion.answer for opinion in opinions]):
                break
            summaries.append((yield from _summarise(table, agents, opinions, letters)))
            agents, inboxes, letters = yield from self._talk(table, experts, agents, summaries[-1])
            if not letters:
                break
            words = [say.REVISE.format(inbox=_shown(*held, experts)) for held in enumerate(inboxes)]
            agents, opinions = yield from self._opine(table, agents, words)
        held = say.MODERATE.format(
            summaries="".join(say.STANDING.format(summary=summary) for summary in summaries),
            opinions=_opinions(agents, opinions),
        )
        [final] = yield [table.agent("moderator", say.MODERATOR).asked(held, temperature=0)]
        return table.closed(final)

    def _recruit(self, table: Table) -> Asking[list[Expert]]:
        recruiter = table.agent("recruiter", say.RECRUITER)
        asked = recruiter.asked(say.RECRUIT.format(n=self.n), temperature=self.temperature)
        [(experts, _)] = yield from table.hear([asked], partial(recruited, n=self.n))
        return experts

    def _agent(self, table: Table, place: int, expert: Expert) -> Agent:
        words = say.EXPERT.format(number=place + 1, n=self.n, role=expert.role, expertise=expert.expertise)
        return table.agent(_name(place, expert), words)

    def _opine(
        self, table: Table, agents: Sequence[Agent], words: Sequence[str]
    ) -> Asking[tuple[list[Agent], list[Opinion]]]:
        asked = [
            agent.asked(told, temperature=self.temperature, to="experts")
            for agent, told in zip(agents, words, strict=True)
        ]
        return (yield from table.opine(agents, asked))

    def _talk(
        self, table: Table, experts: Sequence[Expert], agents: Sequence[Agent], summary: str
    ) -> Asking[tuple[list[Agent], list[Inbox], list[str]]]:
        """Let the experts write to each other until nobody does, or the turns are over.

        Returns:
            The agents who remember it, what each has still to read, and all that was written.
        """
        names = "\n".join(f"{place + 1}. {expert.role}" for place, expert in enumerate(experts))
        standing, inboxes = say.STANDING.format(summary=summary), _empty(experts)
        letters: list[str] = []
        for _ in range(self.turns):
            asked = [
                agent.asked(
                    say.TALK.format(
                        standing=standing,
                        inbox=_shown(place, inboxes[place], experts),
                        experts=names,
                        number=place + 1,
                    ),
                    temperature=self.temperature,
                    to="experts",
                )
                for place, agent in enumerate(agents)
            ]
            heard = yield from table.hear(asked, partial(note, n=self.n))
            agents = [
                a.after(request, text) for a, request, (_, text) in zip(agents, asked, heard, strict=True)
            ]
            standing, inboxes, before = "", _empty(experts), len(letters)
            for place, (written, _) in enumerate(heard):
                for to in written.to:
                    if to != place:
                        inboxes[to].append((place, written.message))
                if set(written.to) - {place}:
                    letters.append(say.TAGGED.format(role=agents[place].role, text=written.message))
            if len(letters) == before:
                break
        return list(agents), inboxes, letters


def _summarise(
    table: Table, agents: Sequence[Agent], opinions: Sequence[Opinion], letters: Sequence[str]
) -> Asking[str]:
    """Where the discussion stands, from the last opinions and what was written since the last summary."""
    messages = say.MESSAGES.format(messages="\n\n".join(letters)) if letters else ""
    words = say.SUMMARISE.format(opinions=_opinions(agents, opinions), messages=messages)
    asked = table.agent("summariser", say.SUMMARISER).asked(words, temperature=COOL, to="experts")
    headings = ("Key knowledge", "Analysis", "Disagreement")
    [(_, text)] = yield from table.hear([asked], partial(sections, headings=headings))
    return text.strip()


def _opinions(agents: Sequence[Agent], opinions: Sequence[Opinion]) -> str:
    held = zip(agents, opinions, strict=True)
    return "\n\n".join(say.TAGGED.format(role=agent.role, text=opinion) for agent, opinion in held)


def _shown(place: int, inbox: Inbox, experts: Sequence[Expert]) -> str:
    """What an expert finds in its inbox: first what was written by the one to whom it reports."""
    leader = experts[place].leader
    letters = [
        (say.LEADER_FIRST if writer == leader else say.TAGGED).format(
            role=_name(writer, experts[writer]), text=text
        )
        for writer, text in sorted(inbox, key=lambda letter: letter[0] != leader)
    ]
    return say.INBOX.format(messages="\n\n".join(letters)) if letters else ""


def _empty(experts: Sequence[Expert]) -> list[Inbox]:
    return [[] for _ in experts]


def _name(place: int, expert: Expert) -> str:
    return f"expert {place + 1} ({expert.role})"
