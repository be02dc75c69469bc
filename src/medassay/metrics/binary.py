"""Rows as questions of two classes: what was true, what was decided, how probable it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any

from medassay.errors import UsageError
from medassay.metrics.answers import YES_NO, classes
from medassay.metrics.tables import EXACT
from medassay.text import normalise
from medassay.types import Row

_CLASSED = frozenset({"yes/no", "label"})
_NOT = -1


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows with one class as the positive one; None: no row is a question of two classes."""

    positive: str | None

    def truth(self, row: Row) -> int:
        """1 or 0; -1 where the positive class is not among the row's."""
        if self.positive not in _names(row):
            return _NOT
        return int(normalise(row.sample.target.texts[0], "lower") == self.positive)

    def prob(self, row: Row) -> float:
        """Of the positive class; NaN without probabilities."""
        names = _names(row)
        if self.positive not in names or row.response.probs is None or row.score.status != "scored":
            return float("nan")
        return float(row.response.probs[names.index(self.positive)])

    def describe(self, row: Row, threshold: float | None) -> dict[str, Any]:
        """`truth`, `decision`, `prob` and `right` of a row that did not fail.

        With a threshold, rows that have a probability are decided by it, and where there are two classes
        are right by it.
        """
        truth, prob = self.truth(row), self.prob(row)
        by_threshold = threshold is not None and not isnan(prob)
        if truth == _NOT or row.score.status != "scored":
            decision = _NOT
        elif threshold is not None and by_threshold:
            decision = int(prob >= threshold)
        else:
            decision = int(normalise(row.score.answer or "", "lower") == self.positive)
        right = float(decision == truth) if by_threshold and len(_names(row)) == 2 else _right(row)
        return {"truth": truth, "decision": decision, "prob": prob, "right": right}


def reader_of(rows: Callable[[], Iterable[Row]], positive: str | None) -> Reader:
    """The reader for a run.

    Args:
        rows: streams the rows of the run.
        positive: the positive class. None: "yes" where there are questions of yes or no; else, where all
            labelled rows have the same two classes, the second by the alphabet; else there is none.

    Raises:
        UsageError: the class is on no row.
    """
    lists = {tuple(sorted(names)) for row in rows() if (names := _names(row))}
    offered = {name for names in lists for name in names}
    if positive is not None:
        wanted = normalise(positive, "lower")
        if wanted not in offered:
            known = ", ".join(sorted(offered)) or "none"
            raise UsageError(f"no row has the class {positive!r}: they are {known}")
        return Reader(wanted)
    if any(names == tuple(sorted(YES_NO)) for names in lists):
        return Reader("yes")
    return Reader(next(iter(lists))[1] if len(lists) == 1 and len(next(iter(lists))) == 2 else None)


def _names(row: Row) -> tuple[str, ...]:
    if row.sample.kind not in _CLASSED:
        return ()
    return tuple(normalise(name, "lower") for name in classes(row.sample))


def _right(row: Row) -> float:
    """The row's accuracy; 0 where no answer was read; NaN where it has none."""
    if row.sample.kind not in EXACT:
        return float("nan")
    return 0.0 if row.score.status != "scored" else row.score.values.get("accuracy", float("nan"))
