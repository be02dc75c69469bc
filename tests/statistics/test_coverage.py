"""A share of benchmarks/coverage.py: intervals without a warning hold the truth about as often as said."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

RUNS = 250
SLACK = 0.036
"""2.6 standard errors of a share of .95 in 250 runs."""


@pytest.fixture(scope="module")
def coverage():
    path = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
    spec = spec_from_file_location("coverage_of_intervals", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        yield module


@pytest.mark.parametrize(
    ("simulate", "truth", "clusters"),
    [("proportion", 0.7, 50), ("proportion", 0.97, 500), ("ranking", 0.9, 50), ("ranking", 0.95, 100)],
)
def test_intervals_without_a_warning_hold_the_truth(coverage, simulate, truth, clusters):
    found, warned, quiet, none = coverage.cell(
        lambda rng: getattr(coverage, simulate)(truth, clusters, rng), RUNS
    )
    assert warned < 0.2
    assert none == 0
    assert quiet > 0.93 - SLACK
    assert found == pytest.approx(quiet, abs=0.05)


@pytest.mark.parametrize(
    ("simulate", "truth", "clusters"), [("proportion", 0.9, 49), ("ranking", 0.99, 100), ("ranking", 0.7, 20)]
)
def test_where_it_is_not_known_there_is_a_warning(coverage, simulate, truth, clusters):
    *_, warned, _, none = coverage.cell(lambda rng: getattr(coverage, simulate)(truth, clusters, rng), 40)
    assert warned > 0.8
    assert none == 0


def test_below_ten_positive_clusters_there_is_no_interval_of_a_ranking(coverage):
    assert coverage.cell(lambda rng: coverage.ranking(0.9, 9, rng), 20)[-1] == 1
