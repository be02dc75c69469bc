"""Replies that must have a form: read, asked again with what is wrong, at most twice; never guessed at."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from medassay.solvers.messages import continued
from medassay.types import Request, Response

T = TypeVar("T")
RETRIES = 2

AGAIN = "Your reply cannot be used: {problem}. Reply again, in exactly the form that was asked for."


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

    Each try shows all that was replied before: asked the same again, a greedy model would repeat itself.
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
    for _ in range(retries + 1):
        responses = yield list(asking.values())
        held |= {place: _read(response, grammar) for place, response in zip(asking, responses, strict=True)}
        asking = {
            place: continued(request, held[place].response.text, AGAIN.format(problem=held[place].problem))
            for place, request in asking.items()
            if held[place].problem
        }
        if not asking:
            break
    return [held[place] for place in range(len(requests))]


def _read(response: Response, grammar: Callable[[str], T]) -> Reply[T]:
    try:
        return Reply(value=grammar(response.text), response=response)
    except Malformed as error:
        return Reply(value=None, response=response, problem=str(error))
