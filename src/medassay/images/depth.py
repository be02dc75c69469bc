"""From the values that a file holds to the 256 levels that a model is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.images.handles import Unreadable

Levels = tuple[float, float]  # the value that is shown black, and the one that is shown white


def asked(fields: Mapping[str, str]) -> Levels | None:
    """The range that a uri asks for by `low` and `high`.

    Raises:
        Unreadable: one is missing or no number, or low is not below high.
    """
    given = [fields[name] for name in ("low", "high") if name in fields]
    if not given:
        return None
    try:
        low, high = (float(value) for value in given)
    except ValueError:
        raise Unreadable("low=... and high=... must be two numbers") from None
    if not low < high or not np.isfinite([low, high]).all():
        raise Unreadable(f"low={low:g} must be below high={high:g}")
    return low, high


def to_8_bits(values: NDArray[Any], levels: Levels) -> NDArray[np.uint8]:
    """Values clipped to the range, then scaled linearly to 0..255 and rounded, so that nothing wraps.

    NaN is shown as the lowest level.
    """
    low, high = levels
    share = (np.clip(values.astype(np.float64), low, high) - low) / (high - low)
    return np.rint(255 * np.nan_to_num(share, nan=0.0)).astype(np.uint8)
