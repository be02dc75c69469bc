"""What one test set can show under stated assumptions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medassay.errors import UsageError
from medassay.statistics.power import (
    design_effect_of,
    detectable,
    half_width,
    rows_for_equivalence,
    rows_needed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is taken to be so: of two models, and of two rows of one cluster."""

    accuracy: float = 0.6
    discordant: float = 0.2
    correlation: float = 0.2
    difference: float | None = None
    margin: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            UsageError: a share outside 0 to 1, or a difference above the share of discordant rows.
        """
        if not (0 < self.accuracy < 1 and 0 < self.discordant <= 1 and 0 <= self.correlation <= 1):
            raise UsageError("--accuracy, --discordant and --rho are shares between 0 and 1")
        if self.difference is not None and not 0 < self.difference <= self.discordant:
            raise UsageError(
                f"a difference of {self.difference} cannot be where only {self.discordant} of the rows differ"
            )
        if self.margin is not None and not 0 < self.margin < 1:
            raise UsageError("--margin is a difference of accuracies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What one set of rows can show. Where `clusters` is None only the naive is known.

    `half_width` is of the 95 % interval of one accuracy, `detectable` the smallest paired difference found
    with 80 % probability; `naive` as if rows were independent. `rows_needed` and `clusters_needed`, in
    clusters like these, are for the difference and, as `_equivalent`, for the margin that was asked about.
    """

    benchmark: str
    slice: str
    n: int
    clusters: int | None
    largest: int | None
    design_effect: float | None
    half_width_naive: float
    half_width: float | None
    detectable_naive: float
    detectable: float | None
    rows_needed: int | None = None
    clusters_needed: int | None = None
    rows_equivalent: int | None = None
    clusters_equivalent: int | None = None
    note: str = ""


def power_of(
    benchmark: str, name: str, n: int, assumed: Assumed, *, sizes: Sequence[int] = (), note: str = ""
) -> Power:
    """What n rows in clusters of these sizes can show; without `sizes`, as far as that is known."""
    effect = design_effect_of(sizes, assumed.correlation) if sizes else None
    known = 1.0 if effect is None else effect
    share, per_cluster = assumed.discordant, n / len(sizes) if sizes else math.nan
    needed = None if assumed.difference is None else rows_needed(assumed.difference, share, known)
    equal = None if assumed.margin is None else rows_for_equivalence(assumed.margin, share, known)
    return Power(
        benchmark=benchmark,
        slice=name,
        n=n,
        clusters=len(sizes) or None,
        largest=max(sizes, default=None),
        design_effect=effect,
        half_width_naive=half_width(assumed.accuracy, n),
        half_width=None if effect is None else half_width(assumed.accuracy, n, effect),
        detectable_naive=detectable(share, n),
        detectable=None if effect is None else detectable(share, n, effect),
        rows_needed=needed,
        clusters_needed=math.ceil(needed / per_cluster) if needed and sizes else None,
        rows_equivalent=equal,
        clusters_equivalent=math.ceil(equal / per_cluster) if equal and sizes else None,
        note=note,
    )
