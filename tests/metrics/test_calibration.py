from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.metrics.calibration import (
    bin_sums,
    brier,
    equal_mass,
    equal_width,
    expected_error,
    log_loss,
    maximum_error,
    reliability,
)
from medassay.types import FloatArray


def predictions(n: int, classes: int = 4, seed: int = 0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Probabilities (n, K), truths (n,), and the confidences and hits of the most probable class."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.ones(classes), n)
    truth = np.array([rng.choice(classes, p=p**0.5 / (p**0.5).sum()) for p in probs])
    return probs, truth, np.stack([probs.max(axis=1), probs.argmax(axis=1) == truth])


def test_bins_of_equal_mass_are_the_parts_of_the_sorted_rows() -> None:
    _, _, (confidence, right) = predictions(300)
    order = np.argsort(confidence)
    gaps = [
        abs(confidence[part].mean() - right[part].mean()) for part in np.array_split(order, 15)
    ]  # 20 rows each
    sums = bin_sums(confidence, right, equal_mass(confidence, 15), 15).sum(axis=0, keepdims=True)
    assert expected_error(sums)[0] == pytest.approx(np.mean(gaps))
    assert maximum_error(sums)[0] == pytest.approx(max(gaps))
    table = reliability(confidence, right)
    assert [line.n for line in table] == [20] * 15
    assert sum(abs(line.confidence - line.accuracy) * line.n for line in table) / 300 == pytest.approx(
        np.mean(gaps)
    )
    assert all(a.highest < b.lowest for a, b in pairwise(table))


@pytest.mark.parametrize("seed", range(3))
def test_bins_of_equal_width_are_those_of_torchmetrics(seed: int) -> None:
    torch = pytest.importorskip("torch", reason="torch absent")
    classification = pytest.importorskip("torchmetrics.classification", reason="torchmetrics absent")
    probs, truth, (confidence, right) = predictions(500, seed=seed)
    theirs = classification.MulticlassCalibrationError(num_classes=4, n_bins=10, norm="l1")
    theirs.update(torch.tensor(probs), torch.tensor(truth))
    sums = bin_sums(confidence, right, equal_width(confidence, 10), 10).sum(axis=0, keepdims=True)
    assert expected_error(sums)[0] == pytest.approx(float(theirs.compute()), abs=1e-6)


@given(st.lists(st.sampled_from([0.1, 0.5, 0.5, 0.9]), min_size=1, max_size=40), st.randoms())
def test_equal_confidences_share_a_bin_whatever_the_order(items: list[float], random: Random) -> None:
    confidence = np.array(items)
    held = equal_mass(confidence, 5)
    assert held.min() >= 0
    assert held.max() < 5
    for level in set(items):
        assert len(set(held[confidence == level].tolist())) == 1
    order = list(range(len(items)))
    random.shuffle(order)
    assert (equal_mass(confidence[order], 5) == held[order]).all()


def test_rows_without_confidence_are_in_no_bin() -> None:
    confidence, right = np.array([0.9, np.nan]), np.array([1.0, 0.0])
    sums = bin_sums(confidence, right, np.zeros(2, dtype=np.int64), 2)
    assert expected_error(sums[:1]) == pytest.approx([0.1])
    assert np.isnan(expected_error(sums[1:])[0])
    assert np.isnan(maximum_error(sums[1:])[0])
    assert [line.n for line in reliability(confidence, right)] == [1]


def test_brier_and_log_loss_are_those_of_scikit_learn() -> None:
    from sklearn import metrics

    probs, truth, _ = predictions(200)
    whole = truth.astype(np.int64)
    assert log_loss(probs, whole).mean() == pytest.approx(metrics.log_loss(truth, probs))
    by_hand = np.mean(
        [sum((p - (k == t)) ** 2 for k, p in enumerate(row)) for row, t in zip(probs, truth, strict=True)]
    )
    assert brier(probs, whole).mean() == pytest.approx(by_hand)
    two = np.stack([1 - probs[:, 0], probs[:, 0]], axis=1)
    yes = (truth == 0).astype(np.int64)
    assert brier(two, yes).mean() == pytest.approx(metrics.brier_score_loss(yes, two[:, 1]))
    padded = np.pad(two, ((0, 0), (0, 2)), constant_values=np.nan)
    assert brier(padded, yes) == pytest.approx(brier(two, yes))


def test_certain_errors_cost_what_the_clip_says() -> None:
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx([-np.log(1e-7)])
    assert np.isnan(log_loss(np.array([[np.nan, np.nan]]), np.array([1]))[0])
    assert np.isnan(brier(np.array([[np.nan, np.nan]]), np.array([1]))[0])
