"""What an image looks like: 64 bits that find candidates, and a small grey picture for a second look.

The bits are the DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions"
(2010): grey, 32 x 32 pixels, two-dimensional DCT-II, the 8 x 8 coefficients from the second row and
column on, each one bit: above their median or not. They survive another encoding, size and brightness.

Radiographs of two people, and any two fundus photographs, can be as close as that. The second look
therefore takes away what the images of a set have in common, their mean picture, and correlates what is
left. `benchmarks/near_duplicates.py` measures both; docs/hygiene.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Floats = NDArray[np.float64]

SIDE = 32  # pixels of the grey picture, each way
_FLAT = 1.0  # grey levels: a picture that varies by less has nothing to correlate
_COMMON = 0.9  # of the mean picture is taken away: with all of it, a set of mere copies would be noise
_FEW = 4  # images: the mean of about so many is mostly the images themselves, and counts half


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The hash, 64 bits, and the grey picture, (32, 32) uint8."""

    bits: int
    grey: NDArray[np.uint8]


def look_of(picture: Picture) -> Look:
    """How a picture looks, whatever its size and mode."""
    import PIL.Image
    from scipy.fft import dctn

    grey = np.asarray(picture.convert("L").resize((SIDE, SIDE), PIL.Image.Resampling.BOX), dtype=np.uint8)
    low = dctn(grey.astype(np.float64), norm="ortho")[1:9, 1:9].ravel()
    return Look(int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big"), grey)


def hashes(looks: Sequence[Look]) -> NDArray[np.uint64]:
    """The bits of the looks, (n,) uint64."""
    return np.array([look.bits for look in looks], dtype=np.uint64)


def common(looks: Sequence[Look]) -> Floats:
    """What the pictures have in common: their weighted mean, (1024,), to be passed to `correlations`."""
    if not looks:
        return np.zeros(SIDE * SIDE)
    total = np.zeros(SIDE * SIDE)
    for start in range(0, len(looks), 4096):
        total += _unit(_stack(looks[start : start + 4096])).sum(axis=0)
    weighted: Floats = total * (_COMMON / (len(looks) + _FEW))
    return weighted


def correlations(one: Sequence[Look], other: Sequence[Look], shared: Floats) -> Floats:
    """How alike pictures are, pair by pair, once what they all share is taken away; -1..1, (n,).

    A flat picture (all of one grey) is like a flat one of the same grey (1) and like nothing else (0).
    """
    if not one:
        return np.zeros(0)
    a, b = _stack(one), _stack(other)
    flat_a, flat_b = (x.std(axis=1) < _FLAT for x in (a, b))
    same_grey = np.abs(a.mean(axis=1) - b.mean(axis=1)) < _FLAT
    alike: Floats = (_scaled(_unit(a) - shared) * _scaled(_unit(b) - shared)).sum(axis=1)
    return np.where(flat_a | flat_b, (flat_a & flat_b & same_grey).astype(np.float64), alike)


def _stack(looks: Sequence[Look]) -> Floats:
    return np.stack([look.grey.ravel() for look in looks]).astype(np.float64)


def _unit(rows: Floats) -> Floats:
    return _scaled(rows - rows.mean(axis=1, keepdims=True))


def _scaled(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled
