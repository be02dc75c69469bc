"""People made up for the tests."""

import numpy as np

from medassay.statistics.fairness import People


def people(n=240, *, seed=0, per_cluster=2, strength=1.5, worse=None, threshold=0.5):
    """Rows of three groups by patient; in group `worse` the probabilities say nothing."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n) // per_cluster
    group = codes % 3
    truth = rng.integers(0, 2, n).astype(np.int8)
    score = rng.normal(size=n) + strength * (truth - 0.5) * (group != worse)
    return of(codes, truth, 1 / (1 + np.exp(-score)), threshold), group


def of(codes, truth, prob, threshold=0.5):
    """Rows with decisions by a threshold."""
    truth, prob = np.asarray(truth, np.int8), np.asarray(prob, float)
    decision = (prob >= threshold).astype(np.int8)
    none = np.zeros(len(truth), bool)
    return People(
        codes=np.asarray(codes),
        truth=truth,
        decision=decision,
        prob=prob,
        right=(decision == truth).astype(float),
        unparsed=none,
        refused=none,
    )
