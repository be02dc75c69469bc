"""Which solved cases are shown for a case: never its own, nor any of its patient or its images."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from medassay.errors import DataError
from medassay.solvers.context import Context, Solved
from medassay.solvers.nearness import Ranking
from medassay.solvers.strangers import apart
from medassay.types import Case, Kind, fingerprint

_ALIKE: dict[Kind, str] = dict.fromkeys(("closed", "yes/no", "open"), "in words")
"""Kinds that only the right answer may tell apart: examples of just the one that is asked would tell it."""


def exemplars(order: Ranking, k: int, case: Case) -> list[Solved]:
    """The k cases to show for a case, the first in order last: next to the question.

    They are of the case's kind (closed, yes/no and open questions are one), of patients and images that are
    neither the case's nor each other's.

    Raises:
        DataError: there are fewer than k.
    """
    found = list(islice(_apart(order, case), k))
    if len(found) < k:
        raise DataError(f"{case.id}: {len(found)} examples of other patients and images, fewer than {k}")
    return found[::-1]


def _apart(order: Ranking, case: Case) -> Iterator[Solved]:
    shown = [case]
    for solved, _ in order(case):
        if _kind(solved.case) == _kind(case) and all(apart(solved.case, other) for other in shown):
            shown.append(solved.case)
            yield solved


def drawn(context: Context, among: Sequence[Solved]) -> Ranking:
    """In an order drawn for each case, by the seed and its id; none is nearer than another."""
    return lambda case: ((among[place], 0.0) for place in _permutation(len(among), context.seed, case))


def by_class(context: Context) -> Ranking:
    """As drawn, one of each answer before the second of any, whatever is right here."""
    order = drawn(context, context.examples())

    def ranked(case: Case) -> Iterator[tuple[Solved, float]]:
        before: defaultdict[str, int] = defaultdict(int)
        turns = []
        for solved, _ in order(case):
            turns.append((before[solved.answer.lower()], solved))
            before[solved.answer.lower()] += 1
        return ((solved, 0.0) for _, solved in sorted(turns, key=lambda turn: turn[0]))

    return ranked


def _kind(case: Case) -> str:
    return _ALIKE.get(case.kind, case.kind)


def _permutation(n: int, seed: int, case: Case) -> list[int]:
    return random.Random(fingerprint([seed, case.id])).sample(range(n), n)  # noqa: S311  no secret
