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

_MEDICONFUSION = "Sepehri et al., MediConfusion, arXiv:2409.15477"
ONE_ANSWER: frozenset[Kind] = frozenset({"choice", "yes/no", "label"})


def group_column(rows: Sequence[Row]) -> NDArray[np.uint64]:
    """(n,) the group of each row, hashed."""
    return hashed(f"group {r.sample.group}" if r.sample.group else f"sample {r.sample.id}" for r in rows)


def hashed(names: Iterable[str]) -> NDArray[np.uint64]:
    """(n,) a number for each name, the same wherever the name stands."""
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


def _accuracy_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `value`: (n,) float64, whether the row is right."""
    return {"group": group_column(rows), **values(rows, "accuracy")}


def _answer_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `answer`: (n,) int64 a number for what was answered, -1 for rows that are not scored."""
    answers = [_answer(row) if row.score.status == "scored" else -1 for row in rows]
    return {"group": group_column(rows), "answer": np.array(answers, dtype=np.int64)}


def _answer(row: Row) -> int:
    return crc32(normalise(row.score.answer or "", "lower").encode())


def members(columns: Columns) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(n,) the rows sorted by group, (G,) where each group begins among them, (n,) the group of each row."""
    _, place, size = np.unique(columns["group"], return_inverse=True, return_counts=True)
    return np.argsort(place, kind="stable"), np.cumsum(size) - size, place


def shared(value: NDArray[Any], counted: NDArray[Any], place: NDArray[Any]) -> FloatArray:
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
    order, starts, place = members(columns)
    all_right = np.multiply.reduceat(columns["value"][order], starts)
    return shared(all_right, np.ones(len(starts), dtype=bool), place)


def _validity_sums(columns: Columns) -> FloatArray:
    order, starts, place = members(columns)
    valid = np.minimum.reduceat(columns["answer"][order], starts) >= 0
    return shared(valid, np.ones(len(starts), dtype=bool), place)


def _confusion_sums(columns: Columns) -> FloatArray:
    order, starts, place = members(columns)
    answers = columns["answer"][order]
    least, most = np.minimum.reduceat(answers, starts), np.maximum.reduceat(answers, starts)
    return shared(least == most, (np.bincount(place) > 1) & (least >= 0), place)


def _precision_columns(rows: Sequence[Row]) -> Columns:
    """`group`, `value` as for accuracy, `answer` as for confusion."""
    return {**_accuracy_columns(rows), **_answer_columns(rows)}


def _precision_sums(columns: Columns) -> FloatArray:
    order, starts, place = members(columns)
    answers = columns["answer"][order]
    least, most = np.minimum.reduceat(answers, starts), np.maximum.reduceat(answers, starts)
    all_right = np.multiply.reduceat(columns["value"][order], starts)
    return shared(all_right, (least >= 0) & (least < most), place)


def _confused_sums(columns: Columns) -> FloatArray:
    order, starts, place = members(columns)
    answers = columns["answer"][order]
    least, most = np.minimum.reduceat(answers, starts), np.maximum.reduceat(answers, starts)
    several = np.bincount(place) > 1
    return shared((least == most) & (least >= 0), several, place)


def _accuracy_chance(columns: Columns, chances: FloatArray) -> float:
    """All guesses of a group are right: the product of their chances."""
    return float(mean(_accuracy_sums({**columns, "value": chances}).sum(axis=0, keepdims=True))[0])


def _confusion_chance(columns: Columns, chances: FloatArray) -> float:
    """All s guesses of a group agree, each between k options: k / k^s, over the groups that count."""
    order, starts, place = members(columns)
    size = np.bincount(place)
    agree = np.multiply.reduceat(chances[order], starts) ** ((size - 1) / size)
    terms = shared(agree, _confusion_sums(columns)[order][starts, 1] > 0, place)
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
        source=_MEDICONFUSION,
        details="Also: a question right together with its negation (ProbMed), right under every order of "
        "the options (circular evaluation), unanimous and right over all phrasings. Chance is the product of "
        "the chances of a group's rows.",
        checked="a direct count, group by group",
    ),
    Metric(
        name="set_validity",
        kinds=ONE_ANSWER,
        columns=_answer_columns,
        sums=_validity_sums,
        finish=mean,
        interval="proportion",
        definition="share of groups whose every answer could be read: what confusion is a share of",
        source=_MEDICONFUSION,
        details="An unparsed or refused row makes its group invalid.",
        checked="a direct count, group by group",
    ),
    Metric(
        name="confusion",
        kinds=ONE_ANSWER,
        columns=_answer_columns,
        sums=_confusion_sums,
        finish=mean,
        interval="proportion",
        higher_is_better=False,
        chance=_confusion_chance,
        bounded=False,
        definition="share of groups with one and the same answer to every row, among those whose answers "
        "could all be read (Sepehri et al. 2024)",
        source=_MEDICONFUSION,
        details="For pairs whose right answers differ: one answer for both has not seen the difference. Read "
        "it with set_validity; confusion_of_all has all groups below the line.",
        checked="a direct count, group by group",
    ),
    Metric(
        name="confusion_of_all",
        kinds=ONE_ANSWER,
        columns=_answer_columns,
        sums=_confused_sums,
        finish=mean,
        interval="proportion",
        higher_is_better=False,
        bounded=False,
        definition="share of groups with one and the same readable answer to every row, among all groups of "
        "two rows or more",
        source=_MEDICONFUSION,
        details="As confusion, but a group with an answer that cannot be read stays below the line.",
        checked="a direct count, group by group",
    ),
    Metric(
        name="set_precision",
        kinds=ONE_ANSWER,
        columns=_precision_columns,
        sums=_precision_sums,
        finish=mean,
        interval="proportion",
        bounded=False,
        definition="share of groups answered right throughout, among those whose answers could all be read "
        "and are not one and the same (MediConfusion's precision: Sepehri et al. 2024)",
        source=_MEDICONFUSION,
        details="How often a model that tells the images apart tells them apart the right way round. "
        "Undefined where every group is confused.",
        checked="a direct count, group by group",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of groups by name."""
