"""The values that groups have under exchanged labels, the same exchanges for every quantity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from medassay.statistics.bootstrap import generator
from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.permutation import PERMUTATIONS, relabelled, strata_of
from medassay.statistics.fairness.quantities import Quantity
from medassay.types import FloatArray

_BLOCK = 1 << 21  # numbers held at once


class Chance:
    """Exchanges of the groups of clusters, drawn once: among clusters of the same truths, and among all."""

    def __init__(self, *, people: People, groups: Codes, width: int, seed: str) -> None:
        """Draw the exchanges.

        Args:
            people: the rows of all compared groups.
            groups: (n,) group of each, from 0.
            width: K, the number of groups.
            seed: of the exchanges.
        """
        self.people, self.groups, self.width = people, groups, width
        self._drawn = {
            given: relabelled(
                people.codes,
                groups,
                strata_of(people.codes, people.truth if given else None),
                generator(f"{seed} permutation", np.unique(people.codes)),
                PERMUTATIONS,
            )
            for given in (True, False)
        }
        self._held: dict[str, FloatArray] = {}

    def observed(self, quantity: Quantity) -> FloatArray:
        """(K,) values of the groups as they are."""
        rows = np.flatnonzero(quantity.rows(self.people))
        weights = (self.groups[rows] == np.arange(self.width)[:, None]).astype(np.float64)
        return quantity.values(self.people.choose(rows), weights)

    def values(self, quantity: Quantity) -> FloatArray:
        """(P, K) values of the groups under each exchange."""
        if quantity.name not in self._held:
            self._held[quantity.name] = self._exchanged(quantity)
        return self._held[quantity.name]

    def gaps(self, quantity: Quantity, groups: Sequence[int]) -> FloatArray:
        """(P,) the largest less the smallest value of some groups."""
        found: FloatArray = np.ptp(self.values(quantity)[:, list(groups)], axis=1)
        return found

    def _exchanged(self, quantity: Quantity) -> FloatArray:
        rows = np.flatnonzero(quantity.rows(self.people))
        units, labels = self._drawn[quantity.given_truth]
        people, units = self.people.choose(rows), units[rows]
        if quantity.mean_of is not None:
            return self._means(quantity.mean_of(people), units, labels)
        found = np.empty((len(labels), self.width))
        size = max(1, _BLOCK // max(people.n, 1))
        for start in range(0, len(labels), size):
            block = labels[start : start + size][:, units]
            for k in range(self.width):
                found[start : start + size, k] = quantity.values(people, (block == k).astype(np.float64))
        return found

    def _means(self, each: FloatArray, units: Codes, labels: Codes) -> FloatArray:
        """As the general way, from sums over units: rows are not seen again."""
        count = labels.shape[1]
        terms = cluster_totals(np.stack([each, np.ones_like(each)], axis=1), units, count)
        found = np.empty((len(labels), self.width))
        for k in range(self.width):
            sums = (labels == k).astype(np.float64) @ terms
            found[:, k] = np.divide(
                sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0
            )
        return found
