"""Exchanges of groups between clusters, and the intervals that hold together."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve
from tests.statistics.fairness.kit import people

from medassay.statistics.fairness.permutation import relabelled, strata_of
from medassay.statistics.fairness.threshold import best_youden


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_clusters_stay_whole_and_strata_keep_their_groups(seed):
    rng = np.random.default_rng(seed)
    codes = np.sort(rng.integers(0, 20, 60))
    truth = rng.integers(0, 2, 60).astype(np.int8)
    group = (codes % 3).copy()
    strata = strata_of(codes, truth)
    units, labels = relabelled(codes, group, strata, rng, 8)
    for each in labels[:, units]:
        for cluster in np.unique(codes):
            assert len(np.unique(each[codes == cluster])) == 1
        for stratum in np.unique(strata):
            here = np.unique(codes[strata == stratum], return_index=True)[1]
            chosen = np.flatnonzero(strata == stratum)[here]
            assert sorted(each[chosen]) == sorted(group[chosen])


def test_clusters_of_several_groups_are_exchanged_within():
    codes, group = np.repeat(np.arange(30), 2), np.tile([0, 1], 30)
    units, labels = relabelled(codes, group, np.zeros(60, int), np.random.default_rng(0), 50)
    pairs = labels[:, units].reshape(50, 30, 2)
    assert (pairs.sum(axis=2) == 1).all()
    assert 0.4 < pairs[:, :, 0].mean() < 0.6


def test_the_threshold_is_that_of_the_roc_curve():
    held, _ = people(seed=4)
    fpr, tpr, cuts = roc_curve(held.truth, held.prob, drop_intermediate=False)
    assert best_youden(held.truth, held.prob) == cuts[np.argmax(tpr - fpr)]
