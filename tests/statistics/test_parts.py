"""Parts of a whole: they add up to it, and their errors are those of a regression."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from medassay.statistics.parts import corrected, parted

ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.floats(0, 1), st.integers(0, 5), st.booleans()), min_size=2, max_size=40
).map(lambda rows: [np.array(column) for column in zip(*rows, strict=True)])


@given(ROWS)
def test_the_parts_add_up_to_the_whole(rows):
    score, weight, codes, neither = rows
    found = parted(score.astype(float), weight, codes, neither)
    parts = (found.yes, found.no, found.neither)
    total = sum(part.n * (part.value or 0.0) for part in parts)
    assert sum(part.n for part in parts) == pytest.approx(found.whole.n)
    assert total == pytest.approx(found.whole.n * found.whole.value)


def test_the_gap_is_that_of_a_regression_with_clustered_errors():
    generator = np.random.default_rng(0)
    codes = np.repeat(np.arange(40), 5)
    weight = (generator.random(200) < 0.4).astype(float)
    score = (generator.random(200) < 0.5 + 0.2 * weight).astype(float)
    found = parted(score, weight, codes).gap
    fit = sm.OLS(score, sm.add_constant(weight)).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}, use_t=True
    )
    assert found.value == pytest.approx(fit.params[1])
    factor = np.sqrt(40 / 39)  # ours; statsmodels' own also divides by n - 2 parameters
    half = factor * (fit.conf_int()[1][1] - fit.params[1])
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=1e-6)


def test_an_empty_part_has_no_value():
    found = parted(np.array([1.0, 0.0]), np.zeros(2), np.arange(2))
    assert (found.yes.value, found.gap.value, found.no.value) == (None, None, 0.5)


def test_all_labels_give_the_parts_of_the_labels():
    generator = np.random.default_rng(1)
    score, truth = (generator.random((2, 300)) < 0.5).astype(float)
    found = corrected(score, generator.random(300), truth, np.arange(300))
    plain = parted(score, truth, np.arange(300))
    assert found.yes.value == pytest.approx(plain.yes.value)
    assert found.no.value == pytest.approx(plain.no.value)
    assert found.gap.high == pytest.approx(plain.gap.high)


def test_the_corrected_parts_add_up_to_the_whole_however_the_labels_were_drawn():
    generator = np.random.default_rng(3)
    score, truth = (generator.random((2, 200)) < 0.5).astype(float)
    label = np.where(np.arange(200) < 60, truth, np.nan)
    found = corrected(score, generator.random(200), label, np.arange(200), generator.random(200) + 0.1)
    assert found.yes.n + found.no.n == pytest.approx(200)
    assert found.yes.n * found.yes.value + found.no.n * found.no.value == pytest.approx(score.sum())


def test_a_stratified_draw_is_undone_by_its_weights():
    """Half of what the classifier calls no is yes, and ten times as many of those are asked."""
    generator, gaps = np.random.default_rng(4), []
    said = (np.arange(2000) < 1000).astype(float)
    truth = np.where(said == 1, 1.0, (np.arange(2000) % 2).astype(float))
    score = np.where(truth == 1, 0.8, 0.4)
    for _ in range(100):
        label = np.full(2000, np.nan)
        asked = np.concatenate(
            [generator.choice(1000, 20, replace=False), 1000 + generator.choice(1000, 200, replace=False)]
        )
        label[asked] = truth[asked]
        weighted = corrected(score, said, label, np.arange(2000), np.where(said == 1, 50.0, 5.0))
        gaps.append((weighted.yes.n, corrected(score, said, label, np.arange(2000)).yes.n))
    mean = np.mean(gaps, axis=0)
    assert mean[0] == pytest.approx(1500, abs=15)
    assert abs(mean[1] - 1500) > 100


def test_labels_undo_what_a_wrong_classifier_does_to_the_gap():
    """True parts .8 and .4; the classifier errs in 30 %: hard parts are nearer, corrected ones cover."""
    generator = np.random.default_rng(2)
    covered, shrunk = 0, list[float]()
    for _ in range(200):
        truth = generator.random(2000) < 0.5
        score = (generator.random(2000) < np.where(truth, 0.8, 0.4)).astype(float)
        said = np.where(generator.random(2000) < 0.3, ~truth, truth).astype(float)
        label = np.where(np.arange(2000) < 150, truth, np.nan)
        shrunk.append(parted(score, said, np.arange(2000)).gap.value or 0.0)
        gap = corrected(score, said, label, np.arange(2000)).gap
        covered += gap.low <= 0.4 <= gap.high
    assert np.mean(shrunk) == pytest.approx(0.16, abs=0.01)
    assert covered >= 180
