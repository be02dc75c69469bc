"""Replies that must have a form: read, asked again with what is wrong, at most twice; never guessed at."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from medassay.solvers.messages import continued
from medassay.types import Request, Response

T = TypeVar("T")
RETRIES = 2

AGAIN = (
    "Your reply cannot be used: {problem}. Reply again, exactly in the form asked for. Tries left: {left}."
)
"""The number makes each try a question of its own, also where the reply before it was the same again."""


class Malformed(ValueError):
    """A reply that is not in the form it should have. Its message says why, and is shown to the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[T]):
    """The last reply to a request with what was read in it: None, and the problem, where nothing could be."""

    value: T | None
    response: Response
    problem: str = ""


def read_all(
    requests: Sequence[Request], grammar: Callable[[str], T], *, retries: int = RETRIES
) -> Generator[list[Request], Sequence[Response], list[Reply[T]]]:
    """Ask all requests together; those whose reply cannot be read are asked again, together.

    To be used in a solver as `replies = yield from read_all(...)`. What to do where a reply stays unreadable
    is the scheme's: it says so in `Response.fallback`.

    Args:
        requests: what is asked.
        grammar: reads a reply; raises `Malformed` where it cannot.
        retries: how often a request is asked again at most.

    Returns:
        The replies, in the order of the requests.
    """
    held: dict[int, Reply[T]] = {}
    asking = dict(enumerate(requests))
    for left in range(retries, -1, -1):
        responses = yield list(asking.values())
        held |= {place: _read(response, grammar) for place, response in zip(asking, responses, strict=True)}
        asking = {
            place: continued(
                requests[place], reply.response.text, AGAIN.format(problem=reply.problem, left=left)
            )
            for place, reply in held.items()
            if reply.problem
        }
        if not asking or not left:
            break
    return [held[place] for place in range(len(requests))]


def _read(response: Response, grammar: Callable[[str], T]) -> Reply[T]:
    try:
        return Reply(value=grammar(response.text), response=response)
    except Malformed as error:
        return Reply(value=None, response=response, problem=str(error))
