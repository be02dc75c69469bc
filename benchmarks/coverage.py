"""How often our 95 % intervals hold the truth: python benchmarks/coverage.py [RUNS] [SECTION...].

Sections: proportion, mean, macro, ranking, parts, kappa, gap, ranked-gap, family, bounded-family, claims.
Clusters of 1 to 8 rows with an intraclass correlation of .2; AUROC of two normal distributions, two rows to a
cluster, positives of the same spread as negatives or of 1.5 times it. "warned" is the share of intervals
printed with a warning, "unwarned" the coverage of the others, which is to lie between .93 and .98: cells in
which it does not are listed at the end. docs/statistics.md holds the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from math import sqrt

import numpy as np
from coverage_pairs import bounded_family, claims, family, gap, ranked_gap
from simulated import CORRELATION, FEWEST_UNWARNED, Cell, Simulated, cell, clusters_of, shares, verdict

from medassay.metrics import METRICS
from medassay.statistics.agreement import against
from medassay.statistics.bootstrap import draws_of, job
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.parts import parted
from medassay.statistics.uncertainty import Uncertainty, of_draws, of_proportion, of_ranking

DRAWS = 1000


def printed(truth: float, found: Uncertainty, clusters: int) -> Simulated:
    """As an estimate prints it: few clusters are warned of beside what the method itself says."""
    warned = clusters < FEW_CLUSTERS or any("unreliable" in note or "agree" in note for note in found.notes)
    return Simulated(truth, found.interval, warned)


def proportion(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Right or wrong, Korn-Graubard."""
    codes = clusters_of(count, rng)
    right = (rng.random(len(codes)) < shares(mean, count, rng)[codes]).astype(float)
    return printed(mean, of_proportion(METRICS["accuracy"], {"value": right}, codes), count)


def drawn(
    name: str, columns: dict[str, np.ndarray], codes: np.ndarray, rng: np.random.Generator
) -> Uncertainty:
    """The percentile interval of the cluster bootstrap."""
    count = int(codes.max()) + 1
    work = job(METRICS[name], columns, codes)
    return of_draws(np.concatenate([work(counts) for counts in draws_of(rng, count, DRAWS, 0)]), count)


def fraction(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Scores of many values, percentiles."""
    codes = clusters_of(count, rng)
    centre = shares(mean, count, rng)[codes]
    columns = {"value": rng.beta(1 + 4 * centre, 5 - 4 * centre) * 1.5 - 0.25}
    return printed(mean, drawn("token_f1", columns, codes, rng), count)


def guesses(skill: float, count: int, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Five classes, a half as common each as the one before; a cluster that is hard is hard in all rows."""
    codes = clusters_of(count, rng)
    truth = rng.choice(5, size=len(codes), p=np.array([16, 8, 4, 2, 1]) / 31)
    right = rng.random(len(codes)) < shares(skill, count, rng)[codes]
    guess = np.where(right, truth, rng.integers(5, size=len(codes)))
    columns = {
        "truth": truth,
        "guess": guess,
        "classes": np.full(len(codes), 5),
        "list": np.zeros(len(codes), dtype=np.int64),
    }
    return columns, codes


def macro(skill: float, count: int, rng: np.random.Generator) -> Simulated:
    """Macro F1, percentiles; the truth is that of 20,000 clusters."""
    if skill not in MACRO:
        columns, codes = guesses(skill, 20_000, np.random.default_rng(1))
        MACRO[skill] = float(job(METRICS["macro_f1"], columns, codes)(np.ones((1, 20_000)))[0])
    columns, codes = guesses(skill, count, rng)
    return printed(MACRO[skill], drawn("macro_f1", columns, codes, rng), count)


MACRO: dict[float, float] = {}


def ranking(area: float, positives: int, rng: np.random.Generator, spread: float = 1.0) -> Simulated:
    """AUROC with this many positive clusters and five times as many negative ones."""
    from scipy.special import ndtri

    count = 6 * positives
    codes = np.repeat(np.arange(count), 2)
    truth = (codes < positives).astype(int)
    noise = rng.standard_normal(len(codes)) * sqrt(1 - CORRELATION)
    noise += (rng.standard_normal(count) * sqrt(CORRELATION))[codes]
    score = np.where(truth == 1, spread, 1) * noise + truth * ndtri(area) * sqrt(1 + spread**2)
    found = of_ranking(METRICS["auroc"], {"truth": truth, "probs": np.stack([-score, score], axis=1)}, codes)
    return printed(area, found, FEW_CLUSTERS)


def parts(gain: float, count: int, rng: np.random.Generator) -> Simulated:
    """The gap between two parts, where a cluster has rows in both."""
    codes = clusters_of(count, rng)
    inside = (rng.random(len(codes)) < 0.4).astype(float)
    right = rng.random(len(codes)) < 0.9 * shares(0.6, count, rng)[codes] + gain * inside
    found = parted(right.astype(float), inside, codes).gap
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return Simulated(gain, interval, count < FEW_CLUSTERS)


def kappa(skill: float, count: int, rng: np.random.Generator) -> Simulated:
    """Kappa of a judge against labels; the truth is that of 100,000 clusters."""
    if skill not in KAPPA:
        large = against(*verdicts(skill, 100_000, np.random.default_rng(1)), seed="").kappa
        KAPPA[skill] = large.value or 0.0
    found = against(*verdicts(skill, count, rng), seed="coverage 1").kappa
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return Simulated(KAPPA[skill], interval, count < FEW_CLUSTERS)


KAPPA: dict[float, float] = {}


def verdicts(skill: float, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, what a judge says, and clusters; both hang together within them."""
    codes = clusters_of(count, rng)
    truth = rng.random(len(codes)) < shares(0.7, count, rng)[codes]
    agrees = rng.random(len(codes)) < shares(skill, count, rng)[codes]
    return truth.astype(float), (truth == agrees).astype(float), codes


COUNTS = (10, 20, 50, 100, 200, 500)
Simulate = Callable[[float, int, np.random.Generator], Simulated]
TABLE: dict[str, list[tuple[str, Simulate, tuple[float, ...], tuple[int, ...]]]] = {
    "proportion": [("proportion, Korn-Graubard", proportion, (0.5, 0.7, 0.9, 0.95, 0.97, 0.99), COUNTS)],
    "mean": [("mean of fractions, cluster bootstrap", fraction, (0.5, 0.8, 0.95), COUNTS)],
    "macro": [("macro F1 of 5 classes, cluster bootstrap", macro, (0.5, 0.8), COUNTS)],
    "ranking": [
        (
            f"AUROC, positives {spread} times as spread (positive clusters)",
            partial(ranking, spread=spread),
            (0.5, 0.7, 0.9, 0.95, 0.97, 0.99),
            (5, 10, 20, 50, 100, 200),
        )
        for spread in (1.0, 1.5)
    ],
    "parts": [("gap between two parts of the rows, Student", parts, (0.0, 0.1), COUNTS)],
    "kappa": [("kappa of a judge, cluster bootstrap", kappa, (0.85, 0.95), COUNTS)],
    "gap": [("paired difference of accuracies", gap, (0.6, 0.9), COUNTS)],
    "ranked-gap": [
        ("paired difference of AUROCs (positive clusters)", ranked_gap, (0.7, 0.9), (10, 20, 50, 100))
    ],
    "family": [("all of 6 differences at once, max-T", family, (0.6, 0.9), (20, 50, 100, 200))],
    "bounded-family": [
        ("all of 6 at once whatever the failed rows", bounded_family, (0.6, 0.9), (20, 50, 100, 200))
    ],
}


def main(runs: int = 1000, *sections: str) -> None:
    """Print a table per method, then the cells whose intervals without a warning miss what is wanted."""
    cells: list[Cell] = []
    for section in sections or (*TABLE, "claims"):
        for title, simulate, truths, counts in TABLE.get(section, ()):
            print(f"\n{title}")
            print(f"{'truth':>7}{'clusters':>10}{'coverage':>10}{'warned':>8}{'unwarned':>10}{'none':>7}")
            for truth in truths:
                for count in counts:
                    coverage, warned, quiet, none = cell(partial(simulate, truth, count), runs)
                    figures = f"{coverage:>10.3f}{warned:>8.0%}{quiet:>10.3f}{none:>7.0%}"
                    print(f"{truth:>7}{count:>10}{figures}", flush=True)
                    if (1 - warned) * (1 - none) >= FEWEST_UNWARNED:
                        unwarned = round((1 - warned) * (1 - none) * runs)
                        cells.append(Cell(f"{title} {truth} of {count}", unwarned, quiet))
        if section == "claims":
            print(f"\ntwo equal systems called different\n{'clusters':>17}{'share':>10}")
            for count in (10, 20, 60, 200):
                print(f"{count:>17}{claims(count, runs):>10.3f}", flush=True)
    print(verdict(cells))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, *sys.argv[2:])
