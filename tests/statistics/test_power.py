"""What test sets can show: the published formulas by hand, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from medassay.statistics.power import (
    design_effect_of,
    detectable,
    half_width,
    rows_for_equivalence,
    rows_needed,
)

# n, rows per cluster, and in points: half-width naive and clustered, detectable difference likewise, at
# accuracy .6, .2 discordant and intraclass correlation .2 (computed once, apart from this code).
TABLE = [
    (150, 1, 7.8, 7.8, 10.2, 10.2),
    (251, 1.2, 6.1, 6.2, 7.9, 8.1),
    (416, 4.3, 4.7, 6.1, 6.1, 7.9),
    (451, 2.2, 4.5, 5.0, 5.9, 6.6),
    (1061, 11.1, 2.9, 5.1, 3.8, 6.7),
    (1752, 1, 2.3, 2.3, 3.0, 3.0),
    (2000, 1, 2.1, 2.1, 2.8, 2.8),
    (3004, 17.8, 1.8, 3.7, 2.3, 4.8),
    (3000, 2.5, 1.8, 2.0, 2.3, 2.6),
    (3362, 3.9, 1.7, 2.1, 2.2, 2.7),
    (6719, 6719 / 858, 1.2, 1.8, 1.5, 2.4),
    (33430, 1, 0.5, 0.5, 0.7, 0.7),
    (88996, 1.1, 0.3, 0.3, 0.4, 0.4),
]


@pytest.mark.parametrize(("n", "size", "width", "clustered", "difference", "between"), TABLE)
def test_the_table_of_known_sets(n, size, width, clustered, difference, between):
    effect = 1 + (size - 1) * 0.2
    found = [half_width(0.6, n), half_width(0.6, n, effect), detectable(0.2, n), detectable(0.2, n, effect)]
    assert [100 * one for one in found] == pytest.approx([width, clustered, difference, between], abs=0.051)


@given(st.floats(0.005, 0.2), st.floats(0.05, 0.5), st.floats(1, 5))
def test_rows_needed_inverts_what_is_detectable(difference, discordant, effect):
    n = rows_needed(difference, discordant, effect)
    assert (
        detectable(discordant, n, effect)
        <= difference
        < detectable(discordant, max(1, n - 1), effect) * 1.001
    )


def test_unequal_clusters_cost_more_than_equal_ones():
    assert design_effect_of([4] * 10, 0.2) == pytest.approx(1.6)
    assert design_effect_of([1] * 10 + [30], 0.2) == pytest.approx(1 + (910 / 40 - 1) * 0.2)
    assert design_effect_of([1] * 7, 0.9) == 1


def test_a_detectable_difference_is_found_four_times_in_five():
    n, share, difference = 800, 0.2, detectable(0.2, 800)
    rng = np.random.default_rng(0)
    draws = rng.multinomial(n, [(share + difference) / 2, (share - difference) / 2, 1 - share], size=4000)
    errors = np.sqrt((draws[:, 0] + draws[:, 1]) - (draws[:, 0] - draws[:, 1]) ** 2 / n)
    assert np.mean((draws[:, 0] - draws[:, 1]) / errors > 1.96) == pytest.approx(0.8, abs=0.02)


def test_equal_systems_are_found_equivalent_four_times_in_five():
    share, margin = 0.2, 0.03
    n = rows_for_equivalence(margin, share)
    error = np.sqrt(share / n)
    reach = (margin - scipy.stats.norm.ppf(0.95) * error) / error
    assert 2 * scipy.stats.norm.cdf(reach) - 1 == pytest.approx(0.8, abs=0.001)
