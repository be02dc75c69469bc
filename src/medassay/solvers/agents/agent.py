"""One agent of a scheme: its role, and all that it has read and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medassay.solvers.messages import instructed, roomy
from medassay.types import Message, Request

TOKENS = 512
"""Of one reply, unless the user or the prompt says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A role on one case. Frozen: to have spoken gives another agent.

    Attributes:
        role: its name in the trace.
        question: the benchmark's own request, with its images. An agent reads it with the first words that
            are said to it, so it and the images are in all of the agent's calls.
        system: who it is, for the system message.
        memory: what it has read and said since, the question among it; empty before its first call.
    """

    role: str
    question: Request
    system: str = ""
    memory: tuple[Message, ...] = ()

    def asked(self, words: str, *, temperature: float, to: str = "", replicate: int = 0) -> Request:
        """The request that says `words` to it. No agent ranks options: the request has no choices."""
        held = (*self.memory, Message(role="user", parts=(words,)))
        request = replace(self.question, messages=held) if self.memory else self._first(words)
        warm = replace(request.decoding, temperature=temperature)
        asked = replace(request, choices=(), decoding=warm, replicate=replicate, role=self.role, to=to)
        return roomy(asked, TOKENS)

    def after(self, asked: Request, reply: str) -> Agent:
        """The agent that remembers what it was asked and what it replied; of tries, the last alone."""
        said = Message(role="assistant", parts=(reply.strip() or "(no reply)",))
        return replace(self, memory=(*asked.messages, said))

    def _first(self, words: str) -> Request:
        messages = _led(self.question.messages, self.system) if self.system else self.question.messages
        return instructed(replace(self.question, messages=messages), words)


def _led(messages: Sequence[Message], words: str) -> tuple[Message, ...]:
    """The messages with the words in their system message, behind what stands there."""
    if messages[0].role != "system":
        return (Message(role="system", parts=(words,)), *messages)
    return (replace(messages[0], parts=(*messages[0].parts, f"\n\n{words}")), *messages[1:])
