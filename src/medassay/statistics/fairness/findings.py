"""What a comparison of groups found, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["differs", "not shown", "not compared", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of people: how many, and whether there are enough to compare."""

    name: str
    n: int
    n_clusters: int
    positives: int
    negatives: int
    compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A group's value, and how far it is from the mean of the other groups' values.

    `low` and `high` bound the value alone (95 %); `difference_low` and `difference_high` bound the difference
    together with those of all other groups (95 % for all at once). None where no honest interval exists.
    """

    group: str
    value: float
    n: int
    n_clusters: int
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One number over all groups, beside what it is where groups are alike.

    `low` and `high` follow from simultaneous intervals of all pairs and may reach 0. `expected` and `p` are
    from exchanging groups between clusters; p is the chance of a value as unfair as this.
    """

    name: str
    title: str
    value: float
    expected: float | None
    p: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified:
    """One quantity in all groups that have enough rows for it; `left_out` are the others, with the reason."""

    name: str
    title: str
    contrasts: tuple[Contrast, ...]
    gap: Gap | None
    worst: str | None
    verdict: Verdict
    method: str  # of the intervals of differences
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The expected calibration error of a group, beside what perfect probabilities of so many rows show."""

    group: str
    value: float
    expected: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """All that was compared between the groups of one attribute."""

    attribute: str
    groups: tuple[Group, ...]
    quantities: tuple[Quantified, ...]
    summaries: tuple[Gap, ...]
    calibration: tuple[Calibration, ...]
    notes: tuple[str, ...]
