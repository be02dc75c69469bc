"""The table at which the agents of one case sit: what they ask, how they are heard, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from medassay.solvers.agents.agent import Agent
from medassay.solvers.agents.grammars import Opinion, opinion
from medassay.solvers.context import Context
from medassay.solvers.grammar import Reply, read_all
from medassay.solvers.voting import vote
from medassay.types import Case, Request, Response, Solver, Turns

T = TypeVar("T")
Asking = Generator[Sequence[Request], Sequence[Response], T]
"""A part of a scheme that asks, to be used with `yield from`."""


class Broken(Exception):
    """A role's reply stayed unreadable, or a step has nothing to go on; the message says which and why."""


class Table:
    """One case with its question, and the answers of its agents so far, by role; of a reply its answer alone.

    It is made anew whenever a scheme is walked through a case, so it holds nothing of another case.
    """

    def __init__(self, context: Context, case: Case, question: Request) -> None:
        self.context, self.case, self.question = context, case, question
        self.answers: dict[str, Response] = {}

    def agent(self, role: str, system: str = "") -> Agent:
        """A new agent, who knows nothing yet."""
        return Agent(role=role, question=self.question, system=system)

    def hear(self, requests: Sequence[Request], grammar: Callable[[str], T]) -> Asking[list[tuple[T, str]]]:
        """Ask all together; what each reply says in its form, and the whole reply.

        Raises:
            Broken: a reply cannot be read, asked again twice.
        """
        replies = yield from read_all(requests, grammar)
        return _all_read(requests, replies)

    def opine(
        self, agents: Sequence[Agent], requests: Sequence[Request]
    ) -> Asking[tuple[list[Agent], list[Opinion]]]:
        """Ask the agents for their opinions, each by its request; the agents who remember, and the opinions.

        Who declines has no voice; the answers of the others are kept in `answers`.

        Raises:
            Broken: a reply cannot be read, asked again twice; the others' answers are kept all the same.
        """
        replies = yield from read_all(requests, self.reads_opinion)
        for request, reply in zip(requests, replies, strict=True):
            if reply.value is not None:
                self.answers.pop(request.role, None)
                if reply.value.answer:
                    self.answers[request.role] = replace(reply.response, text=reply.value.answer)
        heard = _all_read(requests, replies)
        after = [agent.after(r, text) for agent, r, (_, text) in zip(agents, requests, heard, strict=True)]
        return after, [held for held, _ in heard]

    def reads_opinion(self, text: str) -> Opinion:
        """The grammar of opinions on this case."""
        return opinion(text, self.context, self.case)

    def agree(self, answers: Sequence[str]) -> bool:
        """Whether all answers say the same; one that was declined agrees with none."""
        first, *rest = answers
        return all(self.context.agree(self.case, first, other) for other in rest)

    def closed(self, response: Response, broke: str = "") -> Response:
        """The end of a scheme: its answer, with how many of the voices are behind it, and why it broke."""
        voices = [held.text for held in self.answers.values()]
        behind = sum(self.context.agree(self.case, response.text, voice) for voice in voices)
        return replace(response, agreement=behind / len(voices) if voices else None, fallback=broke)

    def fall_back(self, reason: str) -> Turns:
        """The majority of the answers so far; where there are none, the question asked once."""
        answers = list(self.answers.values())
        if answers:
            found = vote(self.context, self.case, [held.text for held in answers])
            return self.closed(answers[found.winner or 0], reason)
        [response] = yield [replace(self.question, role="fallback")]
        return replace(response, fallback=reason)


def _all_read(requests: Sequence[Request], replies: Sequence[Reply[T]]) -> list[tuple[T, str]]:
    """What each reply says, and the whole of it.

    Raises:
        Broken: one could not be read.
    """
    heard = []
    for request, reply in zip(requests, replies, strict=True):
        if reply.value is None:
            raise Broken(f"{request.role}: {reply.problem}")
        heard.append((reply.value, reply.response.text))
    return heard


def seated(scheme: Callable[[Table], Turns], context: Context) -> Solver:
    """The solver that leads a scheme through each case; where it breaks it falls back and says why."""
    return partial(_led, scheme, context)


def _led(scheme: Callable[[Table], Turns], context: Context, case: Case, request: Request) -> Turns:
    table = Table(context, case, request)
    try:
        return (yield from scheme(table))
    except Broken as broken:
        return (yield from table.fall_back(str(broken)))
