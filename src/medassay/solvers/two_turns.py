"""Reasoning first, then the letter: the two turns in which MedXpertQA's authors ask."""

from __future__ import annotations

from string import ascii_uppercase

from medassay.solvers.messages import continued
from medassay.types import Case, Request, Turns


def two_turns(case: Case, request: Request) -> Turns:
    """Ask as the request does, then for the letter alone; the second response is the answer.

    A question without options is asked for its answer in the same words.
    """
    [reasoned] = yield [request]
    among = f"among A through {ascii_uppercase[len(case.choices) - 1]}, " if case.choices else ""
    [response] = yield [continued(request, reasoned.text, f"Therefore, {among}the answer is")]
    return response
