"""Which failures can pass, how long to wait for it, and in which words they are told."""

from __future__ import annotations

import email.utils
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds
_PASSING = frozenset({408, 409, 425, 429})
_OVERLOADED = frozenset({429, 502, 503, 504, 529})
_FINAL_FOR_ALL = frozenset({401, 402, 403, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no answer.

    `passing`: asking again can help. `overloaded`: it is the server's load. `for_all`: every other request
    would fail for the same reason. `wait`: seconds that the server asked for.
    """

    kind: str
    words: str
    passing: bool = False
    overloaded: bool = False
    for_all: bool = False
    wait: float | None = None


def of_status(status: int, code: str, words: str, headers: Mapping[str, str]) -> Trouble:
    """What an HTTP status says. Money that has run out comes as 429 and does not pass."""
    spent = code in {"insufficient_quota", "billing_hard_limit_reached"}
    return Trouble(
        kind=f"server {status}",
        words=words,
        passing=not spent and (status in _PASSING or status >= 500),
        overloaded=not spent and (status in _OVERLOADED or status >= 500),
        for_all=spent or status in _FINAL_FOR_ALL,
        wait=asked_wait(headers),
    )


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After (RFC 9110: seconds or a date) or of `retry-after-ms`; None without."""
    given = headers.get("retry-after-ms")
    if given is not None and re.fullmatch(r"\d{1,12}", given.strip()):
        return int(given) / 1000
    given = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(given))
    except ValueError:
        moment = email.utils.parsedate_tz(given)
        return max(0.0, email.utils.mktime_tz(moment) - time.time()) if moment else None


def pause(attempt: int, trouble: Trouble, draw: random.Random) -> float:
    """Seconds to wait after the attempt of that number (from 0).

    Twice as long each time, drawn from the upper half so that requests that failed together do not come
    back together; never less than the server asked for.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
    drawn = draw.uniform(longest / 2, longest)
    return drawn if trouble.wait is None else trouble.wait + draw.uniform(0, FIRST_WAIT)
