"""One quantity in all groups: values, differences that hold together, the gap and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medassay.statistics.clusters import Codes
from medassay.statistics.fairness import summaries
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.differences import Joint, joint, rest
from medassay.statistics.fairness.enough import lacking, scarce
from medassay.statistics.fairness.findings import Contrast, Gap, Quantified, Verdict
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import Quantity
from medassay.statistics.fairness.single import interval_of
from medassay.statistics.intervals import TAIL, Interval
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
            method="none",
            left_out=left_out,
        )
    parts, names = [parts[k] for k in taken], [held.names[k] for k in taken]
    values = np.array([quantity.value(part) for part in parts])
    differences, found = rest(len(parts)) @ values, joint(quantity, parts, values, held.seed)
    contrasts = tuple(
        _contrast(
            quantity,
            name,
            part,
            values[k],
            (differences[k], (float(found.low[k]), float(found.high[k])) if found else None),
        )
        for k, (name, part) in enumerate(zip(names, parts, strict=True))
    )
    gap = _gap(quantity, values, found, chance.gaps(quantity, taken))
    return Quantified(
        name=quantity.name,
        title=quantity.title,
        contrasts=contrasts,
        gap=gap,
        worst=_worst(quantity, names, values),
        verdict="incomplete" if incomplete else _verdict(contrasts, gap),
        left_out=left_out,
        method=found.method if found else "none",
        notes=(
            *scarce(quantity, dict(zip(names, parts, strict=True))),
            *(("a group's rows all agree: no interval of differences",) if found is None else ()),
        ),
    )


def _contrast(
    quantity: Quantity, name: str, part: People, value: float, reach: tuple[float, Interval | None]
) -> Contrast:
    difference, together = reach
    low, high = interval_of(quantity, part) or (None, None)
    return Contrast(
        group=name,
        value=float(value),
        n=part.n,
        n_clusters=len(np.unique(part.codes)),
        low=low,
        high=high,
        difference=float(difference),
        difference_low=together[0] if together else None,
        difference_high=together[1] if together else None,
    )


def _gap(quantity: Quantity, values: FloatArray, found: Joint | None, chance: FloatArray) -> Gap:
    value = float(np.ptp(values))
    expected, p = summaries.against(value, chance)
    return Gap(
        name=f"{quantity.name}_gap",
        title=f"{quantity.title} gap",
        value=value,
        expected=expected,
        p=p,
        low=found.gap[0] if found else None,
        high=found.gap[1] if found else None,
    )


def _worst(quantity: Quantity, names: Sequence[str], values: FloatArray) -> str | None:
    """The group that is served worst; None where neither high nor low is."""
    ill = {"high": -values, "low": values, "zero": np.abs(values), "one": np.abs(values - 1)}
    return names[int(np.argmax(ill[quantity.wanted]))] if quantity.wanted in ill else None


def _verdict(contrasts: Sequence[Contrast], gap: Gap) -> Verdict:
    bounds = [(c.difference_low, c.difference_high) for c in contrasts]
    apart = any(low is not None and high is not None and not low <= 0 <= high for low, high in bounds)
    return "differs" if apart and gap.p is not None and gap.p < 2 * TAIL else "not shown"
