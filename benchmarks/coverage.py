"""How often our 95 % intervals hold the truth: python benchmarks/coverage.py [RUNS] [SECTION...].

Sections: proportion, mean, macro, ranking, gap, family, claims. Clusters of 1 to 8 rows with an intraclass
correlation of .2; AUROC of two normal distributions, two rows to a cluster, positives of the same spread as
negatives or of 1.5 times it. "warned" is the share of intervals printed with a warning, "unwarned" the
coverage of the others, which is to lie between .93 and .98: cells where it does not are listed at the end.
docs/statistics.md holds the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import nan, sqrt

import numpy as np

from medassay.metrics import METRICS
from medassay.statistics import compare, compare_all
from medassay.statistics.bootstrap import draws_of, job
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.contrasts import Contrast, contrasts
from medassay.statistics.intervals import Interval
from medassay.statistics.uncertainty import Uncertainty, of_draws, of_proportion, of_ranking
from medassay.types import Response, Row, Sample, Score, Target

CORRELATION = 0.2
DRAWS = 1000


@dataclass(frozen=True)
class Simulated:
    """The truth, an interval for it, and whether it was printed with a warning."""

    truth: float
    interval: Interval | None
    warned: bool


def clusters_of(count: int, rng: np.random.Generator) -> np.ndarray:
    """The cluster of each row."""
    return np.repeat(np.arange(count), rng.integers(1, 9, size=count))


def shares(mean: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """A probability per cluster, beta distributed."""
    total = 1 / CORRELATION - 1
    return rng.beta(mean * total, (1 - mean) * total, size=count)


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


def gap(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """The paired difference of two systems that find the same clusters hard, the first 5 points better."""
    found = compare(*sides(mean, 0.05, count, rng), METRICS["accuracy"], seed="coverage 1")
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return Simulated(0.05, interval, "unreliable" in found.note)


def family(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Whether all six intervals of a family hold their truth: two benchmarks, whole and in halves."""
    members = [
        one
        for seed in "ab"
        for one in contrasts(
            *sides(mean, 0.05, count, rng), METRICS["accuracy"], seed=seed, by=[["half"]], margin=None
        )
    ]
    return together(members)


def together(members: list[Contrast]) -> Simulated:
    """As one number: the truth is 0 where all intervals hold .05, else 1."""
    found = compare_all(members, draws=DRAWS)
    missed = any(one.low is None or one.high is None or not one.low <= 0.05 <= one.high for one in found)
    return Simulated(float(missed), (-0.5, 0.5), any("unreliable" in one.note for one in found))


def sides(mean: float, gain: float, count: int, rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """The rows of two systems."""
    codes = clusters_of(count, rng)
    hard = 0.5 * shares(mean, count, rng)[codes] + 0.5 * mean
    rights = (rng.random(len(codes)) < hard + gain / 2, rng.random(len(codes)) < hard - gain / 2)
    a, b = ([row(i, int(c), float(x)) for i, (c, x) in enumerate(zip(codes, r, strict=True))] for r in rights)
    return a, b


def cell(
    simulate: Callable[[np.random.Generator], Simulated], runs: int
) -> tuple[float, float, float, float]:
    """Coverage and the share warned of the intervals given, coverage of the unwarned, share without one."""
    found = [simulate(np.random.default_rng(seed)) for seed in range(runs)]
    given = [one for one in found if one.interval is not None]
    if not given:
        return nan, nan, nan, 1.0
    held = np.array([one.interval[0] <= one.truth <= one.interval[1] for one in given if one.interval])
    warned = np.array([one.warned for one in given])
    quiet = float(held[~warned].mean()) if not warned.all() else nan
    return float(held.mean()), float(warned.mean()), quiet, 1 - len(given) / runs


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
    "gap": [("paired difference of accuracies", gap, (0.6, 0.9), COUNTS[:-1])],
    "family": [("all of 6 differences at once, max-T", family, (0.6, 0.9), (20, 50, 100, 200))],
}


def claims(count: int, runs: int) -> float:
    """The share of comparisons of two equal systems whose verdict is that one is better."""
    return float(np.mean([claim(count, np.random.default_rng(seed)) for seed in range(runs)]))


def claim(count: int, rng: np.random.Generator) -> bool:
    """Whether two equal systems, which find the same clusters hard, are called different."""
    found = compare(*sides(0.7, 0.0, count, rng), METRICS["accuracy"], seed="coverage 1")
    return found.verdict in {"A better", "B better"}


def row(i: int, cluster: int, right: float) -> Row:
    """A yes/no row that is right or not."""
    sample = Sample(
        id=str(i),
        kind="yes/no",
        question="?",
        target=Target(texts=("yes",)),
        cluster=str(cluster),
        tags={"half": str(cluster % 2)},
    )
    score = Score(status="scored", values={"accuracy": right})
    return Row(sample=sample, response=Response(), score=score)


WANTED = (0.93, 0.98)
FEWEST_UNWARNED = 0.05
"""Cells with a smaller share of intervals without a warning are not judged by these."""


@dataclass(frozen=True)
class Cell:
    """The unwarned intervals of a cell: how many, and how often they hold the truth."""

    name: str
    unwarned: int
    coverage: float

    @property
    def outside(self) -> bool:
        """Whether the share lies outside what is wanted."""
        return not WANTED[0] <= self.coverage <= WANTED[1]

    @property
    def surely(self) -> bool:
        """Whether it does so by more than two of its standard errors."""
        nearest = WANTED[0] if self.coverage < WANTED[0] else WANTED[1]
        return abs(self.coverage - nearest) > 2 * sqrt(nearest * (1 - nearest) / self.unwarned)


def verdict(cells: list[Cell]) -> str:
    """The cells without a warning that do not hold what is promised."""
    outside = [cell for cell in cells if cell.outside]
    said = [f"{cell.name} {cell.coverage:.3f} of {cell.unwarned}" for cell in outside if cell.surely]
    within = [f"{cell.name} {cell.coverage:.3f} of {cell.unwarned}" for cell in outside if not cell.surely]
    return (
        f"\nunwarned and outside .93 to .98 by more than two standard errors: {'; '.join(said) or 'none'}"
        f"\noutside by less: {'; '.join(within) or 'none'}"
    )


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
