"""Reasoning first, then the letter: the two turns in which MedXpertQA's authors ask."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase

from medassay.types import Case, Message, Request, Turns


def two_turns(case: Case, request: Request) -> Turns:
    """Ask as the request does, then for the letter alone; the second response is the answer.

    A question without options is asked for its answer in the same words.
    """
    [reasoned] = yield [request]
    among = f"among A through {ascii_uppercase[len(case.choices) - 1]}, " if case.choices else ""
    follow_up = (
        Message(role="assistant", parts=(reasoned.text.strip(),)),
        Message(role="user", parts=(f"Therefore, {among}the answer is",)),
    )
    [response] = yield [replace(request, messages=(*request.messages, *follow_up))]
    return response
