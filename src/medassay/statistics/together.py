"""Intervals and p-values of several numbers that hold together: max-T over draws of clusters.

The largest standardised deviation over a family in each draw says how far the largest goes by chance
(Westfall and Young 1993). What is drawn with the same clusters moves together and counts once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medassay.statistics.bootstrap import MOST_UNDEFINED, ROUNDING
from medassay.statistics.intervals import Interval
from medassay.types import FloatArray


@dataclass(frozen=True, slots=True)
class Member:
    """A number that draws can move: its error, and how far each draw lies from it."""

    value: float
    error: float
    freedom: int
    deviations: FloatArray  # (B,) absolute, in standard deviations of the draws

    @property
    def z(self) -> float:
        """The number on the normal scale: as rare as its t with that many degrees of freedom."""
        from scipy.special import ndtri, stdtr

        return -float(ndtri(stdtr(self.freedom, -abs(self.value) / self.error)))

    def interval(self, critical: float, widest: float = math.inf) -> Interval:
        """As far to each side as the critical value of the normal scale reaches on that of t.

        Args:
            critical: see `Family.critical`.
            widest: what the number cannot exceed to either side of 0.
        """
        from scipy.special import ndtr, stdtrit

        reach = -float(stdtrit(self.freedom, ndtr(-critical))) * self.error
        return max(self.value - reach, -widest), min(self.value + reach, widest)


def member(value: float, error: float | None, freedom: int, drawn: FloatArray) -> Member | None:
    """A number with (B,) draws of it (NaN: undefined); None where none differs or too many are undefined.

    Args:
        value: on all clusters.
        error: its standard error over clusters.
        freedom: the degrees of freedom of that error.
        drawn: its values over drawn clusters.
    """
    defined = np.isfinite(drawn)
    if error is None or not error > ROUNDING or defined.mean() < 1 - MOST_UNDEFINED:
        return None
    spread = float(drawn[defined].std(ddof=1))
    if not spread > ROUNDING or not math.isfinite(value):
        return None
    deviations = np.where(defined, np.abs(drawn - value) / spread, 0.0)
    return Member(value=value, error=error, freedom=freedom, deviations=deviations)


@dataclass(frozen=True, slots=True)
class Family:
    """(B,) largest deviations over all members, in falling order."""

    largest: FloatArray

    @classmethod
    def of(cls, members: Sequence[Member]) -> Family:
        """The family of at least one member, each with as many draws."""
        return cls(np.sort(np.max([one.deviations for one in members], axis=0))[::-1])

    def critical(self, level: float) -> float:
        """The smallest value that at most `level` of the draws (the observed one among them) reach."""
        count = len(self.largest)
        return float(self.largest[min(max(0, math.floor(level * (count + 1)) - 1), count - 1)])

    def p(self, one: Member) -> float:
        """The share of draws, the observed one among them, whose largest deviation reaches the member's."""
        return (1 + int(np.count_nonzero(self.largest >= one.z))) / (len(self.largest) + 1)
