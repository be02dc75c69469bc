"""Images in NumPy's files: `npz:PATH?key=K&index=5&low=-2&high=350`.

`key` names the array in a .npz (a .npy has none); `index` one image of an array that holds many. Numbers
other than 8-bit pixels need the range that is shown, `low` and `high`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medassay.files.arrays import array_names, read_arrays
from medassay.images.depth import WAYS, asked, bounded, shown
from medassay.images.handles import Unreadable, field_of, fields_of, kept, whole

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def open_array(text: str) -> NDArray[np.uint8] | Picture:
    """The pixels of an `npz:` uri, uint8 (H, W) or (H, W, 3)."""
    path, fields = fields_of(text, "key", "index", *WAYS)
    array = _array(path, Path(path).stat().st_mtime_ns, fields.get("key"))
    if "index" in fields:
        array = _one(array, whole(fields["index"], "index"))
    if array.ndim not in {2, 3} or (array.ndim == 3 and array.shape[2] != 3):
        raise Unreadable(
            f"holds the shape {array.shape}, not (H, W) or (H, W, 3); index=... takes one of many"
        )
    bounded(array.shape[1], array.shape[0])
    levels = asked(fields)
    if levels is not None:
        return shown(array, levels)
    if array.dtype != np.uint8:
        raise Unreadable(f"holds {array.dtype}, not 8-bit pixels: low=... and high=... say what is shown")
    return array


def _one(array: NDArray[Any], index: int) -> NDArray[Any]:
    if array.ndim == 0:
        raise Unreadable("holds one number, and no images")
    if not 0 <= index < len(array):
        raise Unreadable(f"holds {len(array)} images, counted from 0")
    return np.asarray(array[index])


@kept(4)
def _array(path: str, _mtime_ns: int, key: str | None) -> NDArray[Any]:
    try:
        found = read_arrays(Path(path), () if key is None else (key,))
        if "" in found:
            return found[""]
        name = field_of({} if key is None else {"key": key}, "key")
        if name not in found:
            raise Unreadable(f"has no array {name}: it has {', '.join(array_names(Path(path)))}")
    except ValueError as error:
        raise Unreadable(f"not a whole .npz file ({error})") from error
    return found[name]
