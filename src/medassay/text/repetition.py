"""Whether a model got stuck repeating itself."""

from __future__ import annotations

TAIL = 100  # characters at the end of the text
TIMES = 20  # oftener than this is a loop


def repetitive(text: str) -> bool:
    """Whether the last 100 characters stand more than 20 times in the text, one behind or beside another.

    Places do not overlap, so a loop is at least 2,100 characters long.
    """
    tail = text[-TAIL:]
    return len(text) > TAIL * TIMES and bool(tail.strip()) and text.count(tail) > TIMES
