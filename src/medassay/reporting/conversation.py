"""How an answer came about, where it took more than one call: who said what to whom, round by round."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from medassay.reporting import words
from medassay.types import Response, Step

MAX_SAID = 2000
"""Characters of one reply that are shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """One reply; what was cut from it is counted in characters."""

    role: str
    to: str
    text: str
    cut: int
    cost: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The rounds of a scheme, each with its title and what was said; `broke` is why it fell back, or ""."""

    summary: str
    rounds: tuple[tuple[str, tuple[Said, ...]], ...]
    broke: str
    behind: str


def conversation(response: Response) -> Conversation | None:
    """The conversation behind a response; None where it was one call, judged or not."""
    calls = [step for step in response.trace if step.round]
    if not calls:
        return None
    rounds = groupby(response.trace, key=lambda step: step.round)
    taken = f"{words.count(sum(step.usage.input_tokens for step in calls))} tokens in"
    taken += f", {words.count(sum(step.usage.output_tokens for step in calls))} out"
    behind = (
        "" if response.agreement is None else f"{response.agreement:.0%} of the voices are behind the answer"
    )
    return Conversation(
        summary=f"{words.count(len(calls))} calls, {taken}",
        rounds=tuple((_title(number), tuple(map(_said, steps))) for number, steps in rounds),
        broke=words.printable(response.fallback),
        behind=behind,
    )


def _title(number: int) -> str:
    return f"Round {number}" if number else "After the answer"


def _said(step: Step) -> Said:
    text = words.printable(step.text)
    usage, seconds = step.usage, words.number(step.seconds)
    return Said(
        role=words.printable(step.role),
        to=words.printable(step.to),
        text=text[:MAX_SAID],
        cut=max(0, len(text) - MAX_SAID),
        cost=f"{words.count(usage.input_tokens)} in, {words.count(usage.output_tokens)} out, {seconds} s",
    )
