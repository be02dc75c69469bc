"""One quantity in all groups: values, differences that hold together, the gap and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from medassay.statistics.bootstrap import generator
from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.fairness import summaries
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.enough import lacking, scarce
from medassay.statistics.fairness.findings import Contrast, Gap, Quantified, Verdict
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import Quantity
from medassay.statistics.fairness.simultaneous import Family, family
from medassay.statistics.fairness.single import interval_of
from medassay.statistics.intervals import TAIL
from medassay.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The rows of groups that are large enough."""

    people: People
    groups: Codes
    names: tuple[str, ...]
    seed: str

    def part(self, group: int, quantity: Quantity) -> People:
        """The rows of a group that take part in a quantity."""
        return self.people.choose(np.flatnonzero((self.groups == group) & quantity.rows(self.people)))


def quantified(quantity: Quantity, held: Sorted, chance: Chance, *, incomplete: bool) -> Quantified:
    """The values of all groups that have enough rows for this quantity, their differences and gap.

    Args:
        quantity: what is compared.
        held: the rows of groups that are large enough.
        chance: exchanges of these groups.
        incomplete: whether rows have failed, so that there is no verdict.
    """
    parts = [held.part(k, quantity) for k in range(len(held.names))]
    short = [lacking(quantity, part) for part in parts]
    taken = [k for k, reason in enumerate(short) if not reason]
    left_out = tuple((held.names[k], reason) for k, reason in enumerate(short) if reason)
    if len(taken) < 2:
        return Quantified(
            name=quantity.name,
            title=quantity.title,
            contrasts=(),
            gap=None,
            worst=None,
            verdict="not compared",
            left_out=left_out,
        )
    parts, names = [parts[k] for k in taken], [held.names[k] for k in taken]
    values = np.array([quantity.value(part) for part in parts])
    influences = _influences(quantity, parts)
    against = _rest(len(parts))
    differences = against @ values
    together, pairs = _families(influences, against, held.seed)
    contrasts = tuple(
        _contrast(quantity, name, part, values[k], (differences[k], together, k))
        for k, (name, part) in enumerate(zip(names, parts, strict=True))
    )
    gap = _gap(quantity, values, pairs, chance.gaps(quantity, taken))
    return Quantified(
        name=quantity.name,
        title=quantity.title,
        contrasts=contrasts,
        gap=gap,
        worst=_worst(quantity, names, values),
        verdict="incomplete" if incomplete else _verdict(contrasts, gap),
        left_out=left_out,
        notes=(
            *scarce(quantity, dict(zip(names, parts, strict=True))),
            *(("a group's rows all agree: no interval of differences",) if together is None else ()),
        ),
    )


def _influences(quantity: Quantity, parts: Sequence[People]) -> FloatArray:
    """(C, K): what each cluster adds to the value of each group."""
    everyone = np.unique(np.concatenate([part.codes for part in parts]))
    return np.stack(
        [
            cluster_totals(quantity.influence(part), np.searchsorted(everyone, part.codes), len(everyone))
            for part in parts
        ],
        axis=1,
    )


def _rest(count: int) -> FloatArray:
    """(K, K): each group less the mean of the others."""
    others: FloatArray = np.full((count, count), -1 / (count - 1))
    np.fill_diagonal(others, 1.0)
    return others


def _families(
    influences: FloatArray, against: FloatArray, seed: str
) -> tuple[Family | None, tuple[Family, list[tuple[int, int]]] | None]:
    """The family of groups against the rest, and that of all pairs of groups."""
    if (np.abs(influences).max(axis=0) < 1e-12).any():
        return None, None  # a group without any variation has no standard error to go by
    draws = generator(f"{seed} fairness", np.arange(len(influences)))
    together = family(influences @ against.T, draws)
    pairs = list(combinations(range(influences.shape[1]), 2))
    a, b = (influences[:, [pair[side] for pair in pairs]] for side in (0, 1))
    every = family(a - b, draws)
    return together, (every, pairs) if every else None


def _contrast(
    quantity: Quantity, name: str, part: People, value: float, found: tuple[float, Family | None, int]
) -> Contrast:
    difference, together, k = found
    low, high = interval_of(quantity, part) or (None, None)
    widest = quantity.high - quantity.low
    reach = together.quantile * together.errors[k] if together else None
    return Contrast(
        group=name,
        value=float(value),
        n=part.n,
        n_clusters=len(np.unique(part.codes)),
        low=low,
        high=high,
        difference=float(difference),
        difference_low=None if reach is None else float(max(difference - reach, -widest)),
        difference_high=None if reach is None else float(min(difference + reach, widest)),
    )


def _gap(
    quantity: Quantity,
    values: FloatArray,
    pairs: tuple[Family, list[tuple[int, int]]] | None,
    chance: FloatArray,
) -> Gap:
    """The largest less the smallest value, bounded by the intervals of all pairs at once."""
    value = float(np.ptp(values))
    low = high = None
    if pairs is not None:
        every, members = pairs
        apart = np.array([abs(values[a] - values[b]) for a, b in members])
        reach = every.quantile * every.errors
        low = max(0.0, float((apart - reach).max()))
        high = min(float((apart + reach).max()), quantity.high - quantity.low)
    expected, p = summaries.against(value, chance)
    return Gap(
        name=f"{quantity.name}_gap",
        title=f"{quantity.title} gap",
        value=value,
        expected=expected,
        p=p,
        low=low,
        high=high,
    )


def _worst(quantity: Quantity, names: Sequence[str], values: FloatArray) -> str | None:
    """The group that is served worst; None where neither high nor low is."""
    ill = {"high": -values, "low": values, "zero": np.abs(values), "one": np.abs(values - 1)}
    return names[int(np.argmax(ill[quantity.wanted]))] if quantity.wanted in ill else None


def _verdict(contrasts: Sequence[Contrast], gap: Gap) -> Verdict:
    bounds = [(c.difference_low, c.difference_high) for c in contrasts]
    apart = any(low is not None and high is not None and not low <= 0 <= high for low, high in bounds)
    return "differs" if apart and gap.p is not None and gap.p < 2 * TAIL else "not shown"
