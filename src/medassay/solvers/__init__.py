"""Ways of reaching an answer. A solver yields requests, is sent their responses, and returns one.

A solver is pure in what it is sent: a killed run replays it against the store. It never meets a failure:
where one of its requests failed the engine ends it, and asks again on the next run.
"""

from __future__ import annotations

from medassay.types import Case, Request, Turns


def direct(_case: Case, request: Request) -> Turns:
    """Ask once; the response is the answer."""
    [response] = yield [request]
    return response


SOLVERS = {
    "direct": "medassay.solvers:direct",
    "blind": "medassay.solvers.blind:blind",
    "two-turns": "medassay.solvers.two_turns:two_turns",
}
"""The built-in solvers by name."""
