"""The cluster bootstrap: what is drawn, and that sums and rows come to the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.statistics.cases import ERROR, EVERY, auroc_metric, mean_of

from medassay.statistics import bootstrap
from medassay.statistics.bootstrap import draws_of, generator, job, percentile, resample, weigh
from medassay.statistics.clusters import clustered_error
from medassay.types import Metric

CODES = np.array([0, 0, 0, 1, 2, 2, 4])
VALUES = {"value": np.array([1.0, 0, 1, 1, 0, 0, 1])}


def by_rows(metric: Metric) -> Metric:
    """The same metric, computed from weighted rows."""
    return replace(metric, sums=None, finish=None, compute=lambda c, w: weigh(metric, c, w))


def test_each_draw_takes_as_many_clusters_as_there_are_whatever_the_block(monkeypatch: pytest.MonkeyPatch):
    whole = np.concatenate(list(draws_of(generator("x 1", CODES), 5, 100, 5)))
    assert whole.shape == (100, 5)
    assert (whole.sum(axis=1) == 5).all()
    monkeypatch.setattr(bootstrap, "_BLOCK", 35)
    parts = list(draws_of(generator("x 1", CODES), 5, 100, 5))
    assert len(parts) == 15
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_generator_depends_on_the_seed_and_the_clusters_alone():
    first = generator("vqa 1", np.arange(9)).integers(1 << 40)
    assert first == generator("vqa 1", np.arange(9)).integers(1 << 40)
    assert first != generator("vqa 2", np.arange(9)).integers(1 << 40)
    assert first != generator("vqa 1", np.arange(10)).integers(1 << 40)


def test_totals_of_clusters_give_what_weighted_rows_give():
    metric = mean_of("accuracy")
    jobs = [job(metric, VALUES, CODES), job(by_rows(metric), VALUES, CODES)]
    by_cluster, by_row = resample(jobs, generator("x", CODES), 5, 300, len(CODES))
    assert np.isfinite(by_cluster).sum() > 250
    np.testing.assert_allclose(by_cluster, by_row)


def test_a_metric_without_a_way_is_refused():
    metric = Metric(name="nothing", kinds=EVERY, columns=lambda rows: {})
    with pytest.raises(ValueError, match="nothing"):
        weigh(metric, {}, np.ones((1, 3)))


def test_the_spread_of_the_draws_is_the_clustered_error():
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(200), 5)
    values = (rng.random(1000) < 0.3 + 0.6 * rng.random(200)[codes]).astype(float)
    drawn = resample(
        [job(mean_of("accuracy"), {"value": values}, codes)], generator("x", codes), 200, 2000, 0
    )
    assert drawn.shape == (1, 2000)
    assert drawn.std() == pytest.approx(clustered_error(values, codes), rel=0.06)


def test_a_draw_without_a_class_is_undefined_and_without_warning():
    columns = {
        "truth": np.array([0, 0, 1, 0]),
        "probs": np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [1, 0]]),
    }
    (drawn,) = resample([job(auroc_metric(), columns, np.arange(4))], generator("x", CODES), 4, 500, 4)
    undefined = np.isnan(drawn).mean()
    assert undefined == pytest.approx(0.75**4 + 0.25**4, abs=0.08)
    assert percentile(drawn) is None


def test_percentiles():
    values = np.arange(1001.0)
    assert percentile(values) == pytest.approx((25, 975))
    assert percentile(values, 0.05) == pytest.approx((50, 950))
    assert percentile(np.where(values < 40, np.nan, values)) is not None
    assert percentile(np.where(values < 60, np.nan, values)) is None
    assert percentile(np.ones(100)) is None


def test_no_jobs_draw_nothing():
    rng = generator("x", CODES)
    assert resample([], rng, 5, 100, 0).shape == (0, 100)
    assert rng.integers(1 << 40) == generator("x", CODES).integers(1 << 40)


def test_terms_left_out_of_a_ratio_are_left_out_of_its_draws():
    columns = {"error": np.array([2.0, np.nan, 4.0])}
    assert weigh(ERROR, columns, np.array([[1.0, 1, 1], [1, 5, 0]])) == pytest.approx([3, 2])
