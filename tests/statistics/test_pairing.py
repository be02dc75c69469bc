"""Rows of two runs brought together."""

from __future__ import annotations

import random

import pytest
from tests.statistics.cases import row

from medassay.errors import DataError
from medassay.statistics.pairing import pairs


def names(found):
    return sorted((pair.a.sample.id, pair.b.sample.id, pair.missing) for pair in found)


@pytest.mark.parametrize("seed", range(5))
def test_every_sample_meets_its_partner_in_any_order(seed: int):
    rows = [row(str(i)) for i in range(30)]
    rng = random.Random(seed)
    left, right = rng.sample(rows, 25), rng.sample(rows, 20)
    held_a, held_b = ({each.sample.id for each in side} for side in (left, right))
    found = names(pairs(left, right))
    assert [a for a, _, _ in found] == [b for _, b, _ in found] == sorted(held_a | held_b)
    assert {a for a, _, missing in found if missing == "a"} == held_b - held_a
    assert {a for a, _, missing in found if missing == "b"} == held_a - held_b


def test_a_missing_row_is_wrong():
    (pair,) = pairs([row("1")], [])
    assert (pair.missing, pair.a.score.status, pair.b.score.status) == ("b", "scored", "unparsed")
    (pair,) = pairs([], [row("1")])
    assert (pair.missing, pair.a.score.status, pair.b.score.status) == ("a", "unparsed", "scored")


def test_runs_in_the_same_order_are_not_held():
    def endless():
        i = 0
        while True:
            yield row(str(i := i + 1))

    found = pairs(endless(), endless())
    for i in range(1, 50):
        assert next(found).a.sample.id == str(i)


def test_a_sample_twice_is_refused():
    with pytest.raises(DataError, match="sample 1 is there twice"):
        list(pairs([row("1"), row("1")], [row("2"), row("3")]))
