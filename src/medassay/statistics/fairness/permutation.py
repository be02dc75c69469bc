"""What chance makes of groups that are alike: group labels exchanged between clusters.

The largest less the smallest of several noisy values is above 0 even where all are equal. How large it
then is, is seen by giving the groups' names to other people. A cluster's rows stay together: the group of
a cluster is exchanged with that of another; in a cluster that holds several groups (one question in four
languages) they are exchanged within it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes

PERMUTATIONS = 2000


def strata_of(codes: Codes, truth: NDArray[np.int8] | None) -> Codes:
    """For each row the stratum of its cluster: which truths are among its rows; one stratum without."""
    if truth is None:
        return np.zeros(len(codes), dtype=np.int64)
    count = int(codes.max()) + 1 if len(codes) else 0
    marks = np.zeros(count, dtype=np.int64)
    for bit, value in enumerate((0, 1, -1)):
        marks |= (np.bincount(codes[truth == value], minlength=count) > 0).astype(np.int64) << bit
    return marks[codes]


def relabelled(
    codes: Codes, groups: Codes, strata: Codes, rng: np.random.Generator, times: int
) -> tuple[Codes, Codes]:
    """Other groups for the same people.

    Args:
        codes: (n,) cluster of each row.
        groups: (n,) group of each row, from 0.
        strata: (n,) stratum of each row's cluster: clusters are exchanged within strata.
        rng: for the exchanges.
        times: P, how many.

    Returns:
        `units` (n,): rows of one cluster and group are one unit; `labels` (P, units): its group.
    """
    width = int(groups.max()) + 1
    _, first, units = np.unique(codes * np.int64(width) + groups, return_index=True, return_inverse=True)
    owner, label, stratum = codes[first], groups[first], strata[first]
    _, held = np.unique(owner, return_inverse=True)
    shared = np.bincount(held)[held] > 1
    labels = np.tile(label, (times, 1))
    for which in np.unique(stratum[~shared]):
        single = np.flatnonzero(~shared & (stratum == which))
        labels[:, single] = rng.permuted(labels[:, single], axis=1)
    for cluster in np.unique(held[shared]):
        several = np.flatnonzero(held == cluster)
        labels[:, several] = rng.permuted(labels[:, several], axis=1)
    return units, labels
