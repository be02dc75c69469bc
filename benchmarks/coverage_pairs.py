"""Intervals of two systems on the same rows, simulated: one difference, families, failed rows, AUROC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import sqrt
from typing import Literal

import numpy as np
from simulated import CORRELATION, Simulated, clusters_of, shares

from medassay.metrics import METRICS
from medassay.statistics import Comparison, compare, compare_all
from medassay.statistics.bounded import bounded, taken
from medassay.statistics.contrasts import Contrast, contrasts
from medassay.statistics.paired import conclude
from medassay.types import Metric, Response, Row, Sample, Score, Target

DRAWS = 1000
GAIN = 0.05
FAILED = 0.02

Sides = tuple[list[Row], list[Row]]


def gap(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """The paired difference of two systems that find the same clusters hard, the first 5 points better."""
    return held(compare(*sides(mean, GAIN, count, rng), METRICS["accuracy"], seed="coverage 1"), GAIN)


def ranked_gap(area: float, positives: int, rng: np.random.Generator) -> Simulated:
    """The paired difference of two AUROCs, the first 3 points better; as `coverage.ranking` draws them."""
    from scipy.special import ndtri

    count = 6 * positives
    codes = np.repeat(np.arange(count), 2)
    truth = codes < positives
    shared = (
        rng.standard_normal(len(codes)) * sqrt(0.5) + (rng.standard_normal(count) * sqrt(CORRELATION))[codes]
    )
    rows = []
    for mean in (area + 0.03, area):
        own = rng.standard_normal(len(codes)) * sqrt(0.5 - CORRELATION)
        score = shared + own + truth * ndtri(mean) * sqrt(2)
        sure = 1 / (1 + np.exp(-score))
        rows.append(
            [
                row(i, int(c), 1.0, gold="yes" if t else "no", sure=float(p))
                for i, (c, t, p) in enumerate(zip(codes, truth, sure, strict=True))
            ]
        )
    (pair,) = contrasts(rows[0], rows[1], METRICS["auroc"], seed="coverage 1")
    return held(conclude(pair, np.empty(0)), 0.03)  # in closed form: nothing is drawn


def held(found: Comparison, truth: float) -> Simulated:
    """A comparison as it is printed."""
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return Simulated(truth, interval, "unreliable" in found.note)


def family(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """Whether all six intervals of a family hold their truth: two benchmarks, whole and in halves."""
    return together(compare_all(members([sides(mean, GAIN, count, rng) for _ in "ab"]), draws=DRAWS))


def bounded_family(mean: float, count: int, rng: np.random.Generator) -> Simulated:
    """The same where one row in fifty has failed on a side (`--bound-failed`)."""
    metric = METRICS["accuracy"]
    pairs = [sides(mean, GAIN, count, rng) for _ in "ab"]
    lost = [tuple(failing(side, rng) for side in pair) for pair in pairs]
    extremes: tuple[tuple[Literal["wrong", "right"], Literal["wrong", "right"]], ...]
    extremes = (("wrong", "right"), ("right", "wrong"))
    left_out, worst, best = (
        compare_all(members(each), draws=DRAWS)
        for each in (
            lost,
            *(
                [(list(taken(a, metric, of_a)), list(taken(b, metric, of_b))) for a, b in lost]
                for of_a, of_b in extremes
            ),
        )
    )
    return together([bounded(*each) for each in zip(left_out, worst, best, strict=True)])


def failing(rows: Iterable[Row], rng: np.random.Generator) -> list[Row]:
    """The rows, some of which have failed."""
    return [replace(row, score=Score(status="failed")) if rng.random() < FAILED else row for row in rows]


def members(pairs: Sequence[Sides], metric: Metric = METRICS["accuracy"]) -> list[Contrast]:
    """Pairs on as many benchmarks, whole and in halves."""
    return [
        one
        for number, (a, b) in enumerate(pairs)
        for one in contrasts(a, b, metric, seed=str(number), by=[["half"]], margin=None)
    ]


def together(found: Sequence[Comparison]) -> Simulated:
    """As one number: the truth is 0 where all intervals hold the gain, else 1."""
    missed = any(one.low is None or one.high is None or not one.low <= GAIN <= one.high for one in found)
    return Simulated(float(missed), (-0.5, 0.5), any("unreliable" in one.note for one in found))


def sides(mean: float, gain: float, count: int, rng: np.random.Generator) -> Sides:
    """The rows of two systems."""
    codes = clusters_of(count, rng)
    hard = 0.5 * shares(mean, count, rng)[codes] + 0.5 * mean
    rights = (rng.random(len(codes)) < hard + gain / 2, rng.random(len(codes)) < hard - gain / 2)
    a, b = ([row(i, int(c), float(x)) for i, (c, x) in enumerate(zip(codes, r, strict=True))] for r in rights)
    return a, b


def claims(count: int, runs: int) -> float:
    """The share of comparisons of two equal systems whose verdict is that one is better."""
    return float(np.mean([claim(count, np.random.default_rng(seed)) for seed in range(runs)]))


def claim(count: int, rng: np.random.Generator) -> bool:
    """Whether two equal systems, which find the same clusters hard, are called different."""
    found = compare(*sides(0.7, 0.0, count, rng), METRICS["accuracy"], seed="coverage 1")
    return found.verdict in {"A better", "B better"}


def row(i: int, cluster: int, right: float, gold: str = "yes", sure: float | None = None) -> Row:
    """A yes/no row that is right or not, or sure of yes."""
    sample = Sample(
        id=str(i),
        kind="yes/no",
        question="?",
        target=Target(texts=(gold,)),
        cluster=str(cluster),
        tags={"half": str(cluster % 2)},
    )
    probs = None if sure is None else (sure, 1 - sure)
    return Row(
        sample=sample,
        response=Response(probs=probs),
        score=Score(status="scored", values={"accuracy": right}),
    )
