"""How far reviewers agree with each other and with the scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np

from medassay.statistics.agreement import kappa_rate, rate
from medassay.view.index import verdicts
from medassay.view.reviews import Review, latest
from medassay.view.shown import Shown

_WORD = {"right": 1, "wrong": 0}
SCORER = "the scorer"


def agreement(run: Shown, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """Each reviewer against the scorer, then each pair of them, on the rows that both judged.

    Rows called right or wrong count; bad questions and unsure ones do not. The scorer's word on a row
    without a judgement (unparsed, refused, failed) is wrong, as in the accuracy; a row that no value of its
    own decides has none. Kappa is Cohen's with a 95 % interval over clusters.

    Raises:
        DataError: the rows are damaged, or not there yet.
    """
    said = _by_reviewer(reviews)
    if not said or run.rows is None:
        return []
    table = run.rows.columns(("id", "cluster", "status", "values"))
    ids = table["id"].to_pylist()
    _, right = verdicts(table, run.marks)
    right[table["status"].to_numpy(zero_copy_only=False) != "scored"] = 0
    scored = {name: int(one) for name, one in zip(ids, right, strict=True) if one >= 0}
    cluster = dict(zip(ids, table["cluster"].to_pylist(), strict=True))
    pairs = [(SCORER, name) for name in said] + list(combinations(said, 2))
    sides: Mapping[str, Mapping[str, int]] = {**said, SCORER: scored}
    return [{"first": a, "second": b, **_pair(sides[a], sides[b], cluster)} for a, b in pairs]


def _by_reviewer(reviews: Sequence[Review]) -> dict[str, dict[str, int]]:
    said: dict[str, dict[str, int]] = {}
    for review in latest(reviews):
        if review.verdict in _WORD:
            said.setdefault(review.reviewer, {})[review.id] = _WORD[review.verdict]
    return dict(sorted(said.items()))


def _pair(one: Mapping[str, int], other: Mapping[str, int], cluster: Mapping[str, str]) -> dict[str, Any]:
    both = sorted(one.keys() & other.keys())
    first = np.array([one[name] for name in both], dtype=np.float64)
    second = np.array([other[name] for name in both], dtype=np.float64)
    _, codes = np.unique([cluster.get(name, name) for name in both], return_inverse=True)
    return {
        "n": len(both),
        "clusters": int(codes.max()) + 1 if both else 0,
        "agreement": asdict(rate((first == second).astype(np.float64), codes)) if both else None,
        "kappa": asdict(kappa_rate(first, second, codes, seed="reviews")) if both else None,
    }
