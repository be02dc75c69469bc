"""Metrics of samples that are scored together (`Sample.group`): confusing pairs, variants of one question.

Every row of a group carries the group's value and the share of the group that the row is, so that a group
counts once, whatever its size, and a weighting of whole groups is a weighting of rows. A row without a
group is a group of its own. The column `group` tells the statistics which rows belong together: a group
of which a row has failed is left out whole, and no slice may cut one apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
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
    names = [f"group {r.sample.group}" if r.sample.group else f"sample {r.sample.id}" for r in rows]
    digests = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
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


def _sums(columns: Columns, name: str, merge: np.ufunc) -> FloatArray:
    """(n, 2): the value of the row's group, and 1, both over the size of the group."""
    found, place, size = _members(columns)
    held = merge.reduceat(columns[name][np.argsort(place, kind="stable")], found).astype(np.float64)
    terms: FloatArray = np.stack([held[place], np.ones(len(place))], axis=1) / size[place, None]
    return terms


def _members(columns: Columns) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Where each group begins among the rows sorted by group, (n,) the group of each row, the sizes."""
    _, place, size = np.unique(columns["group"], return_inverse=True, return_counts=True)
    return np.cumsum(size) - size, place, size


def _validity_sums(columns: Columns) -> FloatArray:
    return _sums({**columns, "valid": columns["answer"] >= 0}, "valid", np.minimum)


def _confusion_sums(columns: Columns) -> FloatArray:
    """(n, 2) as `_sums`; zeros for the rows of groups that are single or not answered throughout."""
    found, place, size = _members(columns)
    answers = columns["answer"][np.argsort(place, kind="stable")]
    least, most = np.minimum.reduceat(answers, found), np.maximum.reduceat(answers, found)
    counted = (size > 1) & (least >= 0)
    held = np.stack([counted & (least == most), counted], axis=1) / size[:, None]
    terms: FloatArray = held[place]
    return terms


_ALL = (
    Metric(
        name="set_accuracy",
        kinds=EXACT,
        columns=_accuracy_columns,
        sums=partial(_sums, name="value", merge=np.multiply),
        finish=mean,
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
        bounded=False,
        definition="share of groups with one and the same answer to every row, among those whose answers "
        "could all be read (Sepehri et al. 2024); guesses between two options agree in half of all pairs",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of groups by name."""
