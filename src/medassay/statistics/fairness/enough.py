"""When a group has too few people to be compared, and when its interval is not to be relied on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import Quantity
from medassay.statistics.clusters import FEW_CLUSTERS

FEWEST_ROWS = 30
"""A group with fewer rows is listed, not compared."""

FEWEST_OF_A_CLASS = 10
<<<<<<< HEAD
"""Clusters of each class that a group needs where it counts, and of each outcome lest it be warned of."""
=======
"""Clusters of each class that a group needs where the class counts, and of each outcome for no warning."""
>>>>>>> fairness


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


def scarce(quantity: Quantity, parts: Mapping[str, People]) -> tuple[str, ...]:
    """Groups whose intervals rest on few clusters, or on few of one outcome."""
    notes = []
    for name, part in parts.items():
        count = len(np.unique(part.codes))
        if count < FEW_CLUSTERS:
            notes.append(f"{name}: {count} clusters, interval unreliable")
        elif quantity.proportion and quantity.mean_of is not None:
            outcome = quantity.mean_of(part) > 0
            fewest = min(len(np.unique(part.codes[outcome])), len(np.unique(part.codes[~outcome])))
            if fewest < FEWEST_OF_A_CLASS:
                notes.append(f"{name}: {fewest} clusters of the rarer outcome, interval unreliable")
    return tuple(notes)
