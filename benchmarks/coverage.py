"""How often our 95 % intervals hold the truth: python benchmarks/coverage.py [RUNS].

Proportions: beta-binomial clusters of 1 to 8 rows, intraclass correlation .2. AUROC: two normal
distributions, two rows to a cluster that share a fifth of their variance. Means of fractions: the same
clusters. Below 20 clusters an interval carries a warning; below 10 positive clusters AUROC has none. Last,
how often two equal systems are called different.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from math import nan, sqrt

import numpy as np

from medassay.metrics import METRICS
from medassay.statistics import auroc, compare
from medassay.statistics.bootstrap import draws_of, percentile
from medassay.statistics.clusters import cluster_totals, clustered_error
from medassay.statistics.intervals import Interval, korn_graubard
from medassay.types import Response, Row, Sample, Score, Target

CORRELATION = 0.2
Simulated = tuple[float, Interval | None]
"""The truth, and an interval for it."""


def clusters_of(count: int, rng: np.random.Generator) -> np.ndarray:
    """The cluster of each row."""
    return np.repeat(np.arange(count), rng.integers(1, 9, size=count))


def shares(mean: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """A probability per cluster, beta distributed."""
    total = 1 / CORRELATION - 1
    return rng.beta(mean * total, (1 - mean) * total, size=count)


def proportion(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Right or wrong, Korn-Graubard."""
    codes = clusters_of(count, rng)
    right = (rng.random(len(codes)) < shares(mean, count, rng)[codes]).astype(float)
    error = clustered_error(right, codes)
    return mean, korn_graubard(float(right.mean()), error, len(right), count)


def drawn(values: np.ndarray, codes: np.ndarray, count: int, rng: np.random.Generator) -> Interval | None:
    """The percentile interval of the cluster bootstrap of a mean."""
    totals, sizes = cluster_totals(values, codes, count), np.bincount(codes, minlength=count)
    blocks = [(counts @ totals) / (counts @ sizes) for counts in draws_of(rng, count, 1000, 0)]
    return percentile(np.concatenate(blocks))


def naive(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Right or wrong, percentiles: what Korn-Graubard replaces."""
    codes = clusters_of(count, rng)
    right = (rng.random(len(codes)) < shares(mean, count, rng)[codes]).astype(float)
    return mean, drawn(right, codes, count, rng)


def fractions(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Scores of many values, percentiles."""
    codes = clusters_of(count, rng)
    centre = shares(mean, count, rng)[codes]
    return mean, drawn(rng.beta(1 + 4 * centre, 5 - 4 * centre) * 1.5 - 0.25, codes, count, rng)


def ranking(area: float, positives: int, rng: np.random.Generator) -> Simulated:
    """AUROC with this many positive clusters and five times as many negative ones."""
    from scipy.special import ndtri

    count = 6 * positives
    codes = np.repeat(np.arange(count), 2)
    truth = (codes < positives).astype(int)
    noise = rng.standard_normal(len(codes)) * sqrt(1 - CORRELATION)
    score = noise + (rng.standard_normal(count) * sqrt(CORRELATION))[codes] + truth * ndtri(area) * sqrt(2)
    ranked = auroc.problems(truth, np.stack([-score, score], axis=1), codes)
    return area, auroc.interval(auroc.area(ranked))


def cell(simulate: Callable[[np.random.Generator], Simulated], runs: int) -> tuple[float, float, float]:
    """Coverage and mean width of the intervals given, and the share of runs without one."""
    held, widths = [], []
    for seed in range(runs):
        truth, interval = simulate(np.random.default_rng(seed))
        if interval is not None:
            held.append(interval[0] <= truth <= interval[1])
            widths.append(interval[1] - interval[0])
    if not held:
        return nan, nan, 1.0
    return float(np.mean(held)), float(np.mean(widths)), 1 - len(held) / runs


TABLE: dict[
    str, tuple[Callable[[float, int, np.random.Generator], Simulated], tuple[float, ...], tuple[int, ...]]
] = {
    "proportion, Korn-Graubard": (proportion, (0.5, 0.9, 0.97, 0.99), (10, 20, 60, 100, 500)),
    "proportion, percentile bootstrap (not used)": (naive, (0.5, 0.9, 0.97, 0.99), (10, 20, 60, 100, 500)),
    "mean of fractions, percentile bootstrap": (fractions, (0.5, 0.8), (10, 20, 60, 100, 500)),
    "AUROC, Obuchowski on the logit scale (positive clusters)": (
        ranking,
        (0.5, 0.7, 0.9, 0.95, 0.99),
        (8, 10, 20, 50, 100),
    ),
}


def claims(count: int, runs: int) -> float:
    """The share of comparisons of two equal systems whose verdict is that one is better."""
    return float(np.mean([claim(count, np.random.default_rng(seed)) for seed in range(runs)]))


def claim(count: int, rng: np.random.Generator) -> bool:
    """Whether two equal systems, which find the same clusters hard, are called different."""
    codes = clusters_of(count, rng)
    sides = [rng.random(len(codes)) < 0.5 * shares(0.7, count, rng)[codes] + 0.15 for _ in range(2)]
    rows = (
        [row(i, int(c), float(x)) for i, (c, x) in enumerate(zip(codes, side, strict=True))] for side in sides
    )
    found = compare(*rows, METRICS["accuracy"], seed="coverage 1")
    return found.verdict in {"A better", "B better"}


def row(i: int, cluster: int, right: float) -> Row:
    """A yes/no row that is right or not."""
    sample = Sample(
        id=str(i), kind="yes/no", question="?", target=Target(texts=("yes",)), cluster=str(cluster)
    )
    score = Score(status="scored", values={"accuracy": right})
    return Row(sample=sample, response=Response(), score=score)


def main(runs: int = 1000) -> None:
    """Print a table per method."""
    for title, (simulate, truths, counts) in TABLE.items():
        print(f"\n{title}\n{'truth':>7}{'clusters':>10}{'coverage':>10}{'width':>8}{'none':>7}")
        for truth in truths:
            for count in counts:
                coverage, width, none = cell(partial(simulate, truth, count), runs)
                print(f"{truth:>7}{count:>10}{coverage:>10.3f}{width:>8.3f}{none:>7.1%}", flush=True)
    print(f"\ntwo equal systems called different\n{'clusters':>17}{'share':>10}")
    for count in (10, 20, 60, 200):
        print(f"{count:>17}{claims(count, runs):>10.3f}", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
