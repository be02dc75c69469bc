"""What the simulations of coverage share: clusters that hang together, and how often intervals hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from medassay.statistics.intervals import Interval

CORRELATION = 0.2


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
