"""Obuchowski-Rockette against what MRMCaov prints for Van Dyke et al. 1993, and against a jackknife.

The figures are those of github.com/brian-j-smith/MRMCaov, docs/jss/MRMCaov.tex. The ratings are not shipped;
with them `figures` gives these covariances, all digits that are printed.
"""

from __future__ import annotations

import numpy as np
import pytest

from medassay.errors import UsageError
from medassay.statistics.operating.calls import Calls
from medassay.statistics.operating.readers import against_readers, between_tests, figures, one_test

# Empirical AUC of five readers with two treatments.
VAN_DYKE = np.array(
    [
        [0.919645732689211, 0.858776167471820, 0.903864734299517, 0.973107890499195, 0.829790660225443],
        [0.947826086956522, 0.905314009661836, 0.921739130434783, 0.999355877616747, 0.929951690821256],
    ]
)


def covariance_of(first, second, third, variance=0.0007921325):
    """The (10, 10) matrix with Cov1, Cov2 and Cov3 where they belong."""
    same_test = np.full((5, 5), second) + np.eye(5) * (variance - second)
    other_test = np.full((5, 5), third) + np.eye(5) * (first - third)
    return np.block([[same_test, other_test], [other_test, same_test]])


def test_two_tests_are_those_of_mrmcaov():
    found = between_tests(VAN_DYKE, covariance_of(0.0003420090, 0.0003395265, 0.0002358497))
    assert found.value == pytest.approx(-0.04380032, abs=1e-7)
    assert found.mean_square == pytest.approx(0.0005510306, abs=1e-9)
    assert found.error == pytest.approx(0.0206825, abs=1e-7)
    assert found.freedom == pytest.approx(15.06611, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((-0.0878671960, 0.0002665519), abs=1e-7)
    assert found.p == pytest.approx(0.05123303, abs=1e-6)


@pytest.mark.parametrize(
    ("row", "second", "freedom", "low", "high"),
    [(0, 0.0004775239, 12.59597, 0.8253461, 0.9687280), (1, 0.0002015292, 12.56530, 0.8942155, 0.9874592)],
)
def test_one_test_is_that_of_mrmcaov(row, second, freedom, low, high):
    covariance = np.full((5, 5), second) + np.eye(5) * 1e-4
    found = one_test(VAN_DYKE[row], covariance)
    assert found.freedom == pytest.approx(freedom, abs=1e-3)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


def drawn(seed, readers=4, n=120):
    rng = np.random.default_rng(seed)
    truth = (np.arange(n) % 2).astype(np.int8)
    case = rng.normal(size=n)
    return [
        Calls(
            truth=truth,
            prob=(rating := case + truth + rng.normal(size=n)),
            call=(rating > 0.5).astype(np.int8),
            codes=np.arange(n),
        )
        for _ in range(readers + 1)
    ]


@pytest.mark.parametrize("measure", ["auroc", "sensitivity", "specificity"])
def test_covariances_are_those_of_a_jackknife(measure):
    tests = drawn(3)
    _, covariance = figures(measure, tests)
    n = len(tests[0].truth)
    left_out = np.array([figures(measure, [t.choose(np.arange(n) != i) for t in tests])[0] for i in range(n)])
    jackknife = (n - 1) / n * (left_out - left_out.mean(0)).T @ (left_out - left_out.mean(0))
    assert covariance == pytest.approx(jackknife, rel=0.06, abs=2e-5)


def test_a_model_like_the_readers_is_rarely_told_from_them():
    told = sum(
        not (found := against_readers(*figures("auroc", drawn(seed)))).low < 0 < found.high
        for seed in range(150)
    )
    assert told <= 16  # 5 % of 150 are 7.5; 16 or more come by chance in one of 200


def test_one_reader_is_no_sample_and_one_class_has_no_area():
    with pytest.raises(UsageError, match="at least two"):
        against_readers(np.array([0.9, 0.8]), np.eye(2))
    tests = drawn(0)
    with pytest.raises(UsageError, match="both classes"):
        figures("auroc", [t.choose(t.truth == 1) for t in tests])
