"""From the values that a file holds to the 256 levels that a model is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medassay.images.handles import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Levels = tuple[float, float]  # the value that is shown black, and the one that is shown white

MAX_PIXELS = 100_000_000  # above this a file is taken for a bomb: all that is made of it takes under 2 GiB
_BAND = 2**22  # values that are worked on at a time
WAYS = ("window", "center", "width", "low", "high")  # the fields of a uri that say which values are shown
WINDOWS = {  # center and width in Hounsfield units: the CT presets of the OHIF viewer (docs.ohif.org)
    "brain": (40.0, 80.0),
    "lung": (-600.0, 1500.0),
    "soft-tissue": (40.0, 400.0),
    "liver": (90.0, 150.0),
    "bone": (480.0, 2500.0),
}


def bounded(width: int, height: int) -> None:
    """Refuse a picture before it is decoded.

    Raises:
        Unreadable: it has more than MAX_PIXELS.
    """
    if width * height > MAX_PIXELS:
        raise Unreadable(f"{width} x {height} pixels are above the limit of {MAX_PIXELS}")


def asked(fields: Mapping[str, str]) -> Levels | None:
    """The values that a uri wants to be shown: `low` and `high`, `center` and `width`, or a named `window`.

    Raises:
        Unreadable: more than one way or half of one, no such window, no number, or an empty range.
    """
    given = [name for name in WAYS if name in fields]
    if not given:
        return None
    said = ", ".join(f"{name}={fields[name]}" for name in given)
    if given == ["window"]:
        if fields["window"] not in WINDOWS:
            raise Unreadable(f"{said}: there are {', '.join(WINDOWS)}")
        return linear(*WINDOWS[fields["window"]])
    try:
        numbers = [float(fields[name]) for name in given]
    except ValueError:
        raise Unreadable(f"{said}: numbers are expected") from None
    if given == ["low", "high"]:
        low, high = numbers
    elif given == ["center", "width"]:
        low, high = linear(*numbers)
    else:
        raise Unreadable(f"{said}: give low and high, or center and width, or window")
    if not low < high or not np.isfinite(numbers).all():
        raise Unreadable(f"{said} leaves no range to show")
    return low, high


def linear(center: float, width: float) -> Levels:
    """The ends of a window whose VOI LUT function is LINEAR (DICOM PS3.3, C.11.2.1.2.1)."""
    return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2


def range_of(values: NDArray[Any]) -> Levels:
    """The smallest and the largest of the finite values.

    Raises:
        Unreadable: none is finite.
    """
    finite = np.isfinite(values)
    if not finite.any():
        raise Unreadable("holds no finite value")
    if values.dtype.kind != "f":
        return float(values.min()), float(values.max())
    return float(values.min(where=finite, initial=np.inf)), float(values.max(where=finite, initial=-np.inf))


def to_8_bits(values: NDArray[Any], levels: Levels) -> NDArray[np.uint8]:
    """Values clipped to the range, then scaled linearly to 0..255 and rounded, so that nothing wraps.

    NaN is shown black. A range without width is a threshold: what is above it is white.
    """
    found = np.empty(values.shape, np.uint8)
    rows = max(1, _BAND * max(1, len(values)) // max(1, values.size))
    for start in range(0, len(values), rows):
        found[start : start + rows] = _scaled(values[start : start + rows], *levels)
    return found


def _scaled(values: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    if low == high:
        return np.where(values > low, 255, 0)
    share = (np.clip(values.astype(np.float64), low, high) - low) / (high - low)
    return np.asarray(np.rint(255 * np.nan_to_num(share, nan=0.0)))


def shown(values: NDArray[Any], levels: Levels | None) -> Picture:
    """The picture of (H, W) or (H, W, 3) values; without levels all are shown, least to largest.

    The two levels are kept in the `info` of the picture.
    """
    import PIL.Image

    levels = range_of(values) if levels is None else levels
    picture = PIL.Image.fromarray(to_8_bits(values, levels))
    picture.info["levels"] = levels
    return picture
