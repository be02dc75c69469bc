"""FairMedFM's numbers against its own package."""

import warnings

import fairmedfm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.metrics.fairmedfm import oracle_threshold, segmentation_summary, summary


@st.composite
def judged(draw):
    """Labels of both classes in each of two to four groups, probabilities with ties."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups, places = draw(st.integers(2, 4)), draw(st.sampled_from([1, 2, 6]))
    size = draw(st.integers(2, 20)) * groups
    group = np.arange(size) % groups
    label = rng.integers(0, 2, size)
    label[:groups], label[groups : 2 * groups] = 0, 1
    prob = np.round(np.clip(rng.random(size) * 0.7 + 0.3 * label * rng.random(size), 0, 1), places)
    return label, prob, group


@settings(max_examples=150, deadline=None)
@given(judged())
def test_summary_equals_the_package(case):
    label, prob, group = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = fairmedfm.evaluate(label, prob, {"g": group.astype(str)}).summary.iloc[0]
    ours = summary(label, prob, group)
    for name, value in ours.items():
        assert value == pytest.approx(float(theirs[name]), abs=1e-9), name


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_segmentation_equals_the_package(seed, groups):
    rng = np.random.default_rng(seed)
    dice, group = rng.random(8 * groups), np.arange(8 * groups) % groups
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = fairmedfm.evaluate_segmentation({"g": group.astype(str)}, dice=dice).summary.iloc[0]
    for name, value in segmentation_summary(dice, group).items():
        assert value == pytest.approx(float(theirs[name]), abs=1e-9), name


def test_the_strict_threshold_turns_the_row_at_it_round():
    label, prob, group = np.array([0, 1, 0, 1]), np.array([0.1, 0.6, 0.2, 0.9]), np.array([0, 0, 1, 1])
    assert oracle_threshold(label, prob) == 0.6
    assert summary(label, prob, group)["overall-acc"] == 0.75
    assert summary(label, prob, group, strict_threshold=False)["overall-acc"] == 1.0
