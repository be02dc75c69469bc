"""Metrics of samples that are scored together (`Sample.group`): confusing pairs, variants of one question.

Every row of a group carries the group's value and the share of the group that the row is, so that a group
counts once, whatever its size, and a weighting of whole groups is a weighting of rows. A row without a
group is a group of its own. The column `group` tells the statistics which rows belong together: a group
of which a row has failed is left out whole, and no slice may cut one apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from medassay.metrics.tables import EXACT, mean, values
from medassay.text import normalise
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_ONE_ANSWER: frozenset[Kind] = frozenset({"choice", "yes/no", "label"})


def _groups(rows: Sequence[Row]) -> NDArray[np.uint64]:
    """(n,) the group of each row, hashed."""
    return hashed(f"group {r.sample.group}" if r.sample.group else f"sample {r.sample.id}" for r in rows)


def hashed(names: Iterable[str]) -> NDArray[np.uint64]:
    """(n,) a number for each name, the same wherever the name stands."""
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


def _accuracy_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `value`: (n,) float64, whether the row is right."""
    return {"group": _groups(rows), **values(rows, "accuracy")}


def _answer_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `answer`: (n,) int64 a number for what was answered, -1 for rows that are not scored."""
    answers = [_answer(row) if row.score.status == "scored" else -1 for row in rows]
    return {"group": _groups(rows), "answer": np.array(answers, dtype=np.int64)}


def _answer(row: Row) -> int:
    return crc32(normalise(row.score.answer or "", "lower").encode())


def _members(columns: Columns) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(n,) the rows sorted by group, (G,) where each group begins among them, (n,) the group of each row."""
    _, place, size = np.unique(columns["group"], return_inverse=True, return_counts=True)
    return np.argsort(place, kind="stable"), np.cumsum(size) - size, place


def _shared(value: NDArray[Any], counted: NDArray[Any], place: NDArray[Any]) -> FloatArray:
    """(n, 2): the value of the row's group and 1, both over the size of the group; zeros if not counted.

    Args:
        value: (G,) of each group.
        counted: (G,) whether it takes part.
        place: (n,) the group of each row.
    """
    held = np.stack([np.where(counted, value, 0.0), counted], axis=1) / np.bincount(place)[:, None]
    terms: FloatArray = held[place]
    return terms


def _accuracy_sums(columns: Columns) -> FloatArray:
    order, starts, place = _members(columns)
    all_right = np.multiply.reduceat(columns["value"][order], starts)
    return _shared(all_right, np.ones(len(starts), dtype=bool), place)


def _validity_sums(columns: Columns) -> FloatArray:
    order, starts, place = _members(columns)
    valid = np.minimum.reduceat(columns["answer"][order], starts) >= 0
    return _shared(valid, np.ones(len(starts), dtype=bool), place)


def _confusion_sums(columns: Columns) -> FloatArray:
    order, starts, place = _members(columns)
    answers = columns["answer"][order]
    least, most = np.minimum.reduceat(answers, starts), np.maximum.reduceat(answers, starts)
    return _shared(least == most, (np.bincount(place) > 1) & (least >= 0), place)


def _accuracy_chance(columns: Columns, chances: FloatArray) -> float:
    """All guesses of a group are right: the product of their chances."""
    return float(mean(_accuracy_sums({**columns, "value": chances}).sum(axis=0, keepdims=True))[0])


def _confusion_chance(columns: Columns, chances: FloatArray) -> float:
    """All s guesses of a group agree, each between k options: k / k^s, over the groups that count."""
    order, starts, place = _members(columns)
    size = np.bincount(place)
    agree = np.multiply.reduceat(chances[order], starts) ** ((size - 1) / size)
    terms = _shared(agree, _confusion_sums(columns)[order][starts, 1] > 0, place)
    return float(mean(terms.sum(axis=0, keepdims=True))[0])


_ALL = (
    Metric(
        name="set_accuracy",
        kinds=EXACT,
        columns=_accuracy_columns,
        sums=_accuracy_sums,
        finish=mean,
        chance=_accuracy_chance,
        interval="proportion",
        definition="share of groups whose every row is answered right; unscored rows are wrong "
        "(MediConfusion's set accuracy: Sepehri et al. 2024)",
    ),
    Metric(
        name="set_validity",
        kinds=_ONE_ANSWER,
        columns=_answer_columns,
        sums=_validity_sums,
        finish=mean,
        interval="proportion",
        definition="share of groups whose every answer could be read: what confusion is a share of",
    ),
    Metric(
        name="confusion",
        kinds=_ONE_ANSWER,
        columns=_answer_columns,
        sums=_confusion_sums,
        finish=mean,
        interval="proportion",
        higher_is_better=False,
        chance=_confusion_chance,
        bounded=False,
        definition="share of groups with one and the same answer to every row, among those whose answers "
        "could all be read (Sepehri et al. 2024)",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of groups by name."""
