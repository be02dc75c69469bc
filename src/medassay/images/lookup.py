"""Lookup tables of DICOM: modality and VOI (PS3.3 C.11.1, C.11.2) and palettes (C.7.6.3.1.5).

Written here because pydicom 3.0 holds the index in the type of the table, so that one of more than 256
entries of 8 bits wraps, and reads no modality table of other than 8 or 16 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLOURS = ("Red", "Green", "Blue")


def looked_up(values: NDArray[Any], item: Any) -> NDArray[Any]:
    """Values through the table of a sequence's item; beyond its ends the first and the last entry hold."""
    entries = _entries(item.LUTDescriptor)
    return _through(values, _table(item.LUTData, entries), int(item.LUTDescriptor[1]))


def bits_of(item: Any) -> int:
    """How many bits the entries of a table have."""
    return int(item.LUTDescriptor[2])


def palette(stored: NDArray[Any], file: Any) -> NDArray[np.uint8]:
    """The (H, W, 3) colours of indices; of 16-bit entries the upper 8 bits."""
    if "SegmentedRedPaletteColorLookupTableData" in file:
        from pydicom.pixels import apply_color_lut

        return _eight_bits(apply_color_lut(stored, file)[..., :3])
    channels = []
    for colour in _COLOURS:
        descriptor = file[f"{colour}PaletteColorLookupTableDescriptor"].value
        table = _table(file[f"{colour}PaletteColorLookupTableData"].value, _entries(descriptor))
        channels.append((table, int(descriptor[1])))
    return _eight_bits(np.stack([_through(stored, *channel) for channel in channels], axis=-1))


def _entries(descriptor: Sequence[int]) -> int:
    return int(descriptor[0]) or 2**16


def _table(data: Any, entries: int) -> NDArray[Any]:
    if not isinstance(data, bytes):
        return np.atleast_1d(np.asarray(data))
    packed = len(data) < 2 * entries  # 8-bit entries, two to a word
    return np.frombuffer(data, np.uint8 if packed else "<u2")[:entries]


def _through(values: NDArray[Any], table: NDArray[Any], first: int) -> NDArray[Any]:
    index = np.clip(np.rint(values).astype(np.int64) - first, 0, len(table) - 1)
    found: NDArray[Any] = table[index]
    return found


def _eight_bits(colours: NDArray[Any]) -> NDArray[np.uint8]:
    deep = colours.max() > 255  # some files keep 8-bit entries in 16 bits
    return (colours >> 8 if deep else colours).astype(np.uint8)
