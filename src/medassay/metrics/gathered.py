"""Curves and tables of a run that no single number holds, gathered while its rows pass."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from medassay.metrics.classes import class_columns, named
from medassay.metrics.classification import CLASSES
from medassay.metrics.confidence import SURE
from medassay.metrics.selection import selective_columns
from medassay.metrics.selective import curves
from medassay.text import normalise
from medassay.types import Row

_BATCH = 1024
_STEPS = 50
_MOST_CLASSES, _MOST_TABLES = 20, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """The share of wrong answers, `risk`, among the surest `coverage` of the rows; both in [0, 1]."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """What was answered where what was right, for one list of classes.

    `counts[i][j]`: rows of class i that were answered j; the last column holds those in which no class was
    read. Failed rows are in none.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def n(self) -> int:
        """The rows."""
        return sum(map(sum, self.counts))


@dataclass(slots=True)
class Sorted:
    """How sure each judged row was and whether it was wrong: 16 bytes of each with probabilities are kept."""

    _confidence: array[float] = field(default_factory=lambda: array("d"))
    _wrong: array[float] = field(default_factory=lambda: array("d"))
    _unsure: Counter[tuple[float, float]] = field(default_factory=Counter)  # rows without probabilities

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for batch in _batches(rows):
            judged = [row for row in batch if _is_judged(row)]
            columns = selective_columns([row for row in judged if row.response.probs is not None])
            self._confidence.frombytes(columns["confidence"].astype(np.float64).tobytes())
            self._wrong.frombytes(columns["wrong"].astype(np.float64).tobytes())
            self._unsure.update(_unsure(row) for row in judged if row.response.probs is None)
            yield from batch

    def curve(self) -> tuple[Risk, ...]:
        """The risk-coverage curve at 50 even steps of coverage; empty where no row has probabilities.

        Rows without come last, as in `aurc`; between the ends of a step of equal confidence the errors rise
        evenly, as in `accuracy_at_coverage` (Geifman and El-Yaniv, NeurIPS 2017).
        """
        if not self._confidence:
            return ()
        rest = np.array(list(self._unsure.elements()), dtype=np.float64).reshape(-1, 2)
        confidence, wrong = np.append(self._confidence, rest[:, 0]), np.append(self._wrong, rest[:, 1])
        (curve,) = curves(confidence, wrong, np.ones((1, len(wrong))))
        wanted = np.arange(1, _STEPS + 1) / _STEPS * curve.total
        lost = np.interp(wanted, np.append(0.0, curve.covered), np.append(0.0, curve.wrong))
        return tuple(
            Risk(coverage=float(k / curve.total), risk=float(e / k))
            for k, e in zip(wanted, lost, strict=True)
        )


@dataclass(slots=True)
class Confused:
    """Answers by what was right, where the answer is a class and the classes are not too many to read."""

    _counts: Counter[tuple[tuple[str, ...], int, int]] = field(default_factory=Counter)

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for batch in _batches(rows):
            sorted_names = ((row, tuple(sorted(named(row)))) for row in batch)
            held = [(row, names) for row, names in sorted_names if _of_classes(row, names)]
            columns = class_columns([row for row, _ in held])
            places = zip(columns["truth"].tolist(), columns["guess"].tolist(), strict=True)
            self._counts.update((names, *place) for (_, names), place in zip(held, places, strict=True))
            yield from batch

    def tables(self) -> tuple[Confusion, ...]:
        """A table for each list of classes that several rows share, at most 6, the most rows first."""
        lists = dict.fromkeys(names for names, _, _ in self._counts)
        tables = [self._table(names) for names in lists]
        shared = [table for table in tables if table.n > 1]
        return tuple(sorted(shared, key=lambda table: -table.n)[:_MOST_TABLES])

    def _table(self, names: tuple[str, ...]) -> Confusion:
        places = (*range(len(names)), -1)
        counts = (tuple(self._counts[names, i, j] for j in places) for i in range(len(names)))
        return Confusion(classes=names, counts=tuple(counts))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _is_judged(row: Row) -> bool:
    """Whether right and wrong are known: of a kind with one right class, judged by a value of 0 or 1."""
    if row.sample.kind not in SURE or row.score.status == "failed":
        return False
    return row.score.status != "scored" or "accuracy" in row.score.values


def _unsure(row: Row) -> tuple[float, float]:
    """The confidence of a row without probabilities, 0 or -1 without an answer, and whether it is wrong."""
    if row.score.status != "scored":
        return -1.0, 1.0
    return 0.0, 1.0 - row.score.values["accuracy"]


def _of_classes(row: Row, names: tuple[str, ...]) -> bool:
    if row.sample.kind not in CLASSES or row.score.status == "failed":
        return False
    return 2 <= len(names) <= _MOST_CLASSES and normalise(row.sample.target.texts[0], "lower") in names
