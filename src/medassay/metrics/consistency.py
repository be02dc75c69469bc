"""Metrics of one question asked several ways: other words, another order of options, a changed image.

Rows of one `Sample.group` are the ways. What is compared is the content of an answer, so that a letter that
moved with its option is the same answer. Where one way is the plain one (`flip_rate` and its kin), the
sample's tag `condition` says "clean" there, and something else on every other row of the group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase
from types import MappingProxyType
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError
from medassay.metrics.groups import ONE_ANSWER, group_column, members, shared
from medassay.metrics.tables import EXACT, mean, mean_sums, values
from medassay.text import normalise
from medassay.types import Columns, FloatArray, Metric, Row

CONDITION, CLEAN = "condition", "clean"
_LETTERS = ascii_uppercase[:10]
Sums = Callable[[Columns], FloatArray]


# ---- the same answer throughout


def _content_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `answer`: (n,) int64 a number for the content of the answer, -1 where none was read."""
    answers = [crc32(_content(row).encode()) if row.score.status == "scored" else -1 for row in rows]
    return {"group": group_column(rows), "answer": np.array(answers, dtype=np.int64)}


def _content(row: Row) -> str:
    """What the answer says: the text of the option behind a letter."""
    answer = normalise(row.score.answer or "", "lower")
    place = _LETTERS.lower().find(answer) if row.sample.kind == "choice" and len(answer) == 1 else -1
    choices = row.sample.choices
    return normalise(choices[place].label, "lower") if 0 <= place < len(choices) else answer


def _agreement_sums(columns: Columns) -> FloatArray:
    """Pairs of rows of a group with one readable answer, over all its pairs."""
    _, _, place = members(columns)
    size = np.bincount(place)
    read = columns["answer"] >= 0
    same = np.zeros(len(size))
    alike, count = np.unique(np.stack([place[read], columns["answer"][read]]), axis=1, return_counts=True)
    np.add.at(same, alike[0], count * (count - 1))
    several = size > 1
    return shared(np.divide(same, size * (size - 1), out=np.zeros(len(size)), where=several), several, place)


def _extremes(columns: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(G,) the least and the greatest answer of each group, (n,) the group of each row."""
    order, starts, place = members(columns)
    answers = columns["answer"][order]
    return np.minimum.reduceat(answers, starts), np.maximum.reduceat(answers, starts), place


def _unanimity_sums(columns: Columns) -> FloatArray:
    least, most, place = _extremes(columns)
    return shared((least == most) & (least >= 0), np.bincount(place) > 1, place)


def _change_sums(columns: Columns) -> FloatArray:
    least, most, place = _extremes(columns)
    return shared(least != most, (np.bincount(place) > 1) & (least >= 0), place)


# ---- a plain row and its changed ones


def _changed_columns(rows: Sequence[Row]) -> Columns:
    """`group`; `value`: (n,) float64, whether the row is right; `clean`: (n,) whether it is the plain one."""
    clean = [row.sample.tags.get(CONDITION) == CLEAN for row in rows]
    return {"group": group_column(rows), **values(rows, "accuracy"), "clean": np.array(clean, dtype=bool)}


def _changed(term: Callable[[FloatArray, FloatArray], FloatArray], *, of: str = "all") -> Sums:
    """The sums of a share over changed rows.

    Args:
        term: from (n,) right before and after the change to what is counted.
        of: which rows are below the line: "all", or those that were "right" or "wrong" before.
    """

    def sums(columns: Columns) -> FloatArray:
        _, _, place = members(columns)
        clean = columns["clean"]
        if (np.bincount(place[clean], minlength=int(place.max(initial=-1)) + 1) != 1).any():
            raise DataError(f"a group has no row, or several, with the tag {CONDITION}={CLEAN}: give it one")
        before = np.empty(place.max(initial=-1) + 1)
        before[place[clean]] = columns["value"][clean]
        was = before[place]
        below = {"all": np.ones(len(was)), "right": was, "wrong": 1 - was}[of] * ~clean
        below = below / np.maximum(1, np.bincount(place, weights=~clean))[place]  # a group counts once
        return np.stack([below * term(was, columns["value"]), below], axis=1)

    return sums


def _lost(before: FloatArray, after: FloatArray) -> FloatArray:
    lost: FloatArray = before * (1 - after)
    return lost


def _won(before: FloatArray, after: FloatArray) -> FloatArray:
    return _lost(after, before)


def _fallen(before: FloatArray, after: FloatArray) -> FloatArray:
    return before - after


# ---- what is answered at all


def _yes_columns(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) 1 where yes was read, 0 where no was, NaN where neither."""
    return {"value": np.array([_said_yes(row) for row in rows], dtype=np.float64)}


def _said_yes(row: Row) -> float:
    return (
        float(normalise(row.score.answer or "", "lower") == "yes") if row.score.status == "scored" else np.nan
    )


def _letter_columns(rows: Sequence[Row]) -> Columns:
    """`given`, `gold`: (n, 10) which letter was read and which is right; zeros where none was read."""
    table = np.zeros((2, len(rows), len(_LETTERS)))
    for i, row in enumerate(rows):
        answer = (row.score.answer or "").strip().upper()
        if row.score.status == "scored" and len(answer) == 1 and answer in _LETTERS:
            table[0, i, _LETTERS.index(answer)] = 1
            golds = [text for text in row.sample.target.texts if text in _LETTERS]
            for gold in golds:
                table[1, i, _LETTERS.index(gold)] = 1 / len(golds)
    return {"given": table[0], "gold": table[1]}


def _letter_bias(sums: FloatArray) -> FloatArray:
    given, gold = np.split(sums, 2, axis=1)
    total = given.sum(axis=1)
    apart = np.abs(given - gold).sum(axis=1) / 2
    bias: FloatArray = np.divide(apart, total, out=np.full(len(sums), np.nan), where=total > 0)
    return bias


_BY_HAND = "a count by hand, and pair by pair on random groups"
_ROBUST = "robustness and sycophancy probes"
_CLEAN_ROW = (
    f"Rows of a group share a question; its plain row has the tag {CONDITION}={CLEAN}, one in each group. "
    "A group counts once, whatever the number of its changed rows. An unscored row is wrong."
)


def _metric_of_change(
    name: str, sums: Sums, definition: str, *, better: bool = False, low: float = 0.0
) -> Metric:
    return Metric(
        name=name,
        kinds=EXACT,
        columns=_changed_columns,
        sums=sums,
        finish=mean,
        low=low,
        higher_is_better=better,
        bounded=False,
        definition=definition,
        source=_ROBUST,
        details=_CLEAN_ROW,
        checked="a count by hand, and group by group on random groups",
    )


_ALL = (
    Metric(
        name="agreement",
        kinds=ONE_ANSWER,
        columns=_content_columns,
        sums=_agreement_sums,
        finish=mean,
        bounded=False,
        definition="mean over groups of the share of pairs of rows that got one and the same answer",
        source="phrasing consistency",
        details="An answer that cannot be read agrees with none. Groups of one row are left out. The content "
        "is compared: the text of the option behind a letter.",
        checked=_BY_HAND,
    ),
    Metric(
        name="unanimity",
        kinds=ONE_ANSWER,
        columns=_content_columns,
        sums=_unanimity_sums,
        finish=mean,
        interval="proportion",
        bounded=False,
        definition="share of groups whose every row got one and the same answer, right or wrong",
        source="phrasing consistency",
        details="An answer that cannot be read is no agreement. Unanimous and right: set_accuracy.",
        checked=_BY_HAND,
    ),
    Metric(
        name="content_change",
        kinds=ONE_ANSWER,
        columns=_content_columns,
        sums=_change_sums,
        finish=mean,
        interval="proportion",
        higher_is_better=False,
        bounded=False,
        definition="share of groups in which the content of the answer changes, among those whose answers "
        "could all be read",
        source="circular evaluation: Liu et al., MMBench, ECCV 2024",
        details="Under another order of the options the letter should move with the content. Right under "
        "every order: set_accuracy. How many groups it is a share of: set_validity.",
        checked=_BY_HAND,
    ),
    _metric_of_change(
        "flip_rate", _changed(_lost), "share of changed rows answered wrong whose plain row is answered right"
    ),
    _metric_of_change(
        "reverse_flip_rate",
        _changed(_won),
        "share of changed rows answered right whose plain row is answered wrong",
    ),
    _metric_of_change(
        "accuracy_drop",
        _changed(_fallen),
        "accuracy of the plain rows minus that of the changed ones",
        low=-1.0,
    ),
    _metric_of_change(
        "abandoned",
        _changed(_lost, of="right"),
        "share of right answers given up on the changed row, a user's objection say (sycophancy)",
    ),
    _metric_of_change(
        "corrected",
        _changed(_won, of="wrong"),
        "share of wrong answers put right on the changed row, a user's objection say",
        better=True,
    ),
    Metric(
        name="yes_rate",
        kinds=frozenset({"yes/no"}),
        columns=_yes_columns,
        sums=mean_sums,
        finish=mean,
        bounded=False,
        definition="share of yes among the answers read as yes or no: neither high nor low is good, far from "
        "the share of yes among the right answers is a bias",
        source="phrasing consistency",
        details="Unread answers are left out; the counts beside it say how many.",
        checked="a count by hand",
    ),
    Metric(
        name="letter_bias",
        kinds=frozenset({"choice"}),
        columns=_letter_columns,
        sums=lambda columns: np.concatenate([columns["given"], columns["gold"]], axis=1),
        finish=_letter_bias,
        higher_is_better=False,
        bounded=False,
        definition="total variation distance between letters answered and right letters, over scored rows",
        source="option order",
        details="Half the sum over letters of |share answered - share right|: 0 where each is answered as "
        "often as it is right, 1 where the two never meet. Chance alone makes it positive on few rows.",
        checked="a count by hand",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of consistency by name."""
