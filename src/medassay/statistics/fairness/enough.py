"""When a group has too few people to be compared, and when its interval is not to be relied on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from medassay.statistics.auroc import is_rough
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import AUROC, Quantity

FEWEST_ROWS = 30
"""A group with fewer rows is listed, not compared."""

FEWEST_OF_A_CLASS = 10
"""Clusters of each class that a group needs where the class counts, and of each outcome for no warning."""


def lacking(quantity: Quantity, part: People) -> str:
    """Why a group is not compared in this quantity; "" where it is.

    Args:
        quantity: what would be compared.
        part: the group's rows that take part.
    """
    classes = {"positives": (1,), "negatives": (0,), "both": (1, 0), "rows": ()}[quantity.needs]
    for value in classes:
        held = len(np.unique(part.codes[part.truth == value]))
        if held < FEWEST_OF_A_CLASS:
            return f"{held} {'positive' if value else 'negative'} clusters, fewer than {FEWEST_OF_A_CLASS}"
    if not classes and part.n < FEWEST_ROWS:
        return f"{part.n} rows, fewer than {FEWEST_ROWS}"
    return "" if np.isfinite(quantity.value(part)) else "undefined: its probabilities part the classes"


def rare(quantity: Quantity, part: People) -> bool:
    """Whether a proportion has too few clusters of one outcome for a standard error to be believed."""
    if not quantity.proportion or quantity.mean_of is None:
        return False
    outcome = quantity.mean_of(part) > 0
    held = (len(np.unique(part.codes[outcome])), len(np.unique(part.codes[~outcome])))
    return min(held) < FEWEST_OF_A_CLASS


def resting(quantity: Quantity, part: People) -> int:
    """How many clusters a group's value rests on: of the rarer class where both count.

    Args:
        quantity: what is compared.
        part: the group's rows that take part.
    """
    classes = [part.truth == 1, part.truth == 0] if quantity.needs == "both" else [np.full(part.n, True)]
    return min(len(np.unique(part.codes[mask])) for mask in classes)


def scarce(quantity: Quantity, parts: Mapping[str, People]) -> tuple[str, ...]:
    """Groups whose intervals rest on few clusters, or on hardly one out of order."""
    notes = []
    for name, part in parts.items():
        count = resting(quantity, part)
        of = " of the rarer class" if quantity.needs == "both" else ""
        if count < FEW_CLUSTERS:
            notes.append(f"{name}: {count} clusters{of}, interval unreliable")
        elif quantity is AUROC and is_rough(quantity.value(part), count):
            notes.append(f"{name}: hardly a cluster out of order, interval unreliable")
    return tuple(notes)
