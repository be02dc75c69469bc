"""Intervals that hold together: what a family costs, and that interval and p cannot contradict each other."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from medassay.statistics.together import Family, member

DRAWN = np.random.default_rng(0).standard_normal((8, 20_000))


def test_one_alone_has_students_interval_and_p():
    one = member(1.8, 1.0, 19, 1.8 + DRAWN[0] * 7)  # the scale of the draws does not matter
    assert one is not None
    family = Family.of([one])
    low, high = one.interval(family.critical(0.05))
    reach = scipy.stats.t.isf(0.025, 19)
    assert (low, high) == pytest.approx((1.8 - reach, 1.8 + reach), abs=0.06)
    assert family.p(one) == pytest.approx(2 * scipy.stats.t.sf(1.8, 19), abs=0.01)


def test_independent_ones_cost_what_sidak_says_and_copies_nothing():
    eight = [member(0.0, 1.0, 10_000, drawn) for drawn in DRAWN]
    same = [member(0.0, 1.0, 10_000, DRAWN[0])] * 8
    sidak = scipy.stats.norm.isf((1 - 0.95 ** (1 / 8)) / 2)
    assert Family.of([one for one in eight if one]).critical(0.05) == pytest.approx(sidak, abs=0.05)
    assert Family.of([one for one in same if one]).critical(0.05) == pytest.approx(1.96, abs=0.05)


@given(st.floats(-4, 4), st.integers(3, 200), st.integers(0, 6))
def test_the_interval_excludes_zero_where_p_says_so(value, freedom, others):
    members = [member(value, 1.0, freedom, value + DRAWN[0]), *(member(0, 1, 50, d) for d in DRAWN[1:others])]
    family = Family.of([one for one in members if one])
    one = members[0]
    assert one is not None
    low, high = one.interval(family.critical(0.05))
    assert (low > 0 or high < 0) == (family.p(one) < 0.05)


def test_what_does_not_vary_or_is_often_undefined_is_no_member():
    assert member(0.0, 1.0, 9, np.zeros(50)) is None
    assert member(0.0, None, 9, DRAWN[0]) is None
    holes = np.where(np.arange(20_000) % 10 == 0, np.nan, DRAWN[0])
    assert member(0.0, 1.0, 9, holes) is None
