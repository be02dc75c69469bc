"""Near-duplicate images without comparing all with all.

Two hashes of 64 bits that differ in at most 10 differ in at most 2 bits in one of their four quarters (the
pigeonhole principle). So the quarters are looked up in a table, with every change of up to two bits, and
only what is found there is compared whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from medassay.hygiene.perceptual import Look, common, correlations, hashes

RADIUS = 10  # bits: the largest distance at which two images are compared by their pixels
ALIKE = 0.9  # correlation from which two images are taken for one

_BANDS, _WIDTH = 4, 16
_AT_ONCE = 2_000_000  # candidates that are held at a time
_PICTURES = 4096  # pairs of grey pictures that are held at a time
_BITS_OF = np.array([value.bit_count() for value in range(2**_WIDTH)], dtype=np.uint8)

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Near:
    """Two images that are nearly one: by key, the distance of their hashes and their correlation."""

    first: str
    second: str
    distance: int
    correlation: float


def near_duplicates(first: Mapping[str, Look], second: Mapping[str, Look]) -> list[Near]:
    """The pairs of an image of `first` and one of `second` under another key, the most alike first.

    With the same mapping twice every pair comes once.
    """
    one, other = list(first), list(second)
    shared = common([*first.values(), *(look for key, look in second.items() if key not in first)])
    rows, columns, apart = within(hashes(list(first.values())), hashes(list(second.values())), RADIUS)
    places = {key: place for place, key in enumerate(one)}
    itself = np.array([places.get(key, -1) for key in other], dtype=np.intp)[columns]
    wanted = rows < itself if one == other else rows != itself
    rows, columns, apart = rows[wanted], columns[wanted], apart[wanted]
    found: list[Near] = []
    for start in range(0, len(rows), _PICTURES):
        part = slice(start, start + _PICTURES)
        pairs = [(one[i], other[j]) for i, j in zip(rows[part], columns[part], strict=True)]
        alike = correlations([first[a] for a, _ in pairs], [second[b] for _, b in pairs], shared)
        found += [
            Near(*pair, int(bits), float(value))
            for pair, bits, value in zip(pairs, apart[part], alike, strict=True)
            if value >= ALIKE
        ]
    return sorted(found, key=lambda near: (-near.correlation, near.first, near.second))


def within(
    first: NDArray[np.uint64], second: NDArray[np.uint64], radius: int
) -> tuple[Indices, Indices, NDArray[np.uint8]]:
    """The index pairs whose hashes differ in at most `radius` bits, in order, and in how many they differ.

    Args:
        first: (n,) hashes.
        second: (m,) hashes.
        radius: at most 11: so few bits leave a quarter with at most 2.

    Returns:
        Indices into `first`, indices into `second`, distances; each (k,), no pair twice.
    """
    if not 0 <= radius < 3 * _BANDS:
        raise ValueError(f"the radius is 0 to {3 * _BANDS - 1}, not {radius}")
    found = [np.zeros((2, 0), dtype=np.intp)]
    for band in range(_BANDS):
        for rows, columns in _candidates(_quarter(first, band), _quarter(second, band), radius // _BANDS):
            close = distance(first[rows], second[columns]) <= radius
            found.append(np.stack([rows[close], columns[close]]))
    rows, columns = np.unique(np.concatenate(found, axis=1), axis=1)
    return rows, columns, distance(first[rows], second[columns])


def distance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """In how many bits hashes differ, pair by pair."""
    apart = np.ascontiguousarray(one ^ other).view(np.uint16).reshape(-1, _BANDS)
    total: NDArray[np.uint8] = _BITS_OF[apart].sum(axis=1, dtype=np.uint8)
    return total


def _quarter(bits: NDArray[np.uint64], band: int) -> Indices:
    return ((bits >> np.uint64(band * _WIDTH)) & np.uint64(2**_WIDTH - 1)).astype(np.intp)


def _candidates(first: Indices, second: Indices, tolerance: int) -> Iterator[tuple[Indices, Indices]]:
    """Index pairs whose quarters differ in at most `tolerance` bits, some at a time."""
    order = np.argsort(second, kind="stable")
    starts = np.searchsorted(second[order], np.arange(2**_WIDTH + 1))
    for mask in _masks(tolerance):
        wanted = first ^ mask
        low = starts[wanted]
        counts = starts[wanted + 1] - low
        yield from _expanded(low, counts, order)


def _masks(tolerance: int) -> Iterator[int]:
    for changed in range(tolerance + 1):
        for places in combinations(range(_WIDTH), changed):
            yield sum(1 << place for place in places)


def _expanded(low: Indices, counts: Indices, order: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Every row with each of its places in the table: `counts` of them from `low` on."""
    filled = np.flatnonzero(counts)
    ends = np.cumsum(counts[filled])
    start = 0
    while start < len(filled):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        rows = np.repeat(filled[start:stop], counts[filled[start:stop]])
        offsets = np.arange(len(rows)) - np.repeat(
            ends[start:stop] - counts[filled[start:stop]] - before, counts[filled[start:stop]]
        )
        yield rows, order[low[rows] + offsets]
        start = stop
