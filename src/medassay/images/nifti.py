"""NIfTI volumes: `nifti:PATH?axis=axial&slice=40&volume=0&window=lung` or `...&montage=3x4`, or a plain path.

Slices are cut across the patient's own axes, whatever the order in which voxels lie in the file, and
counted from 0 at the left, the back or the feet; the default is the middle axial one. `montage=ROWSxCOLUMNS`
shows slices from the middles of as many equal parts, in reading order. Without a window all values of the
volume are shown from the least to the largest, so that its slices are equally bright.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from medassay.images.depth import WAYS, asked, bounded, shown
from medassay.images.handles import Unreadable, decoding, fields_of, kept, whole
from medassay.images.volume import GZIP, HEADERS, Volume, unpacked

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

AXES = {"sagittal": 0, "coronal": 1, "axial": 2}  # left to right, back to front, feet to head
_HEADS = {length.to_bytes(4, order) for length in HEADERS for order in ("little", "big")}
_MONTAGE = re.compile(r"([1-9]\d?)x([1-9]\d?)")


def recognised(content: bytes) -> bool:
    """Whether these are the bytes of a NIfTI file, or packed by gzip as no other kind of image is."""
    return content[:2] == GZIP or content[:4] in _HEADS


def open_volume(text: str) -> Picture:
    """The picture of a `nifti:` uri."""
    path, fields = fields_of(text, "axis", "slice", "montage", "volume", *WAYS)
    return _hung(_volume(path, Path(path).stat().st_mtime_ns), fields)


def picture_of(content: bytes, fields: Mapping[str, str]) -> Picture:
    """A slice or a montage as a picture of grey or RGB.

    Raises:
        Unreadable: the file is damaged, or has no such axis, slice or volume.
        MissingExtra: nibabel is not installed.
    """
    return _hung(_read(content), fields)


@kept(2)
def _volume(path: str, _mtime_ns: int) -> Volume:
    return _read(Path(path).read_bytes())


def _read(content: bytes) -> Volume:
    with decoding("NIfTI"):
        return Volume(unpacked(content))


def _hung(volume: Volume, fields: Mapping[str, str]) -> Picture:
    axis = _axis(fields)
    repeat = whole(fields.get("volume", "0"), "volume")
    if not 0 <= repeat < volume.repeats:
        raise Unreadable(f"volume={repeat}: there are {volume.repeats}, counted from 0")
    rows, columns, positions = _layout(fields, volume.shape[axis])
    height, width = (volume.shape[a] for a in (2 if axis < 2 else 1, 0 if axis > 0 else 1))
    bounded(columns * width, rows * height)
    levels = asked(fields)
    with decoding("NIfTI"):
        planes = [volume.plane(axis, position, repeat) for position in positions]
        lines = [np.concatenate(planes[r * columns : (r + 1) * columns], axis=1) for r in range(rows)]
        values = np.concatenate(lines)
        if volume.coloured:
            if levels is not None:
                raise Unreadable("colours have no window")
            levels = (0, 255)
        return shown(values, levels or volume.levels(repeat))


def _axis(fields: Mapping[str, str]) -> int:
    name = fields.get("axis", "axial")
    if name not in AXES:
        raise Unreadable(f"axis={name}: it is one of {', '.join(AXES)}")
    return AXES[name]


def _layout(fields: Mapping[str, str], length: int) -> tuple[int, int, list[int]]:
    """Rows, columns and the slices in reading order."""
    if "montage" not in fields:
        position = whole(fields["slice"], "slice") if "slice" in fields else length // 2
        if not 0 <= position < length:
            raise Unreadable(f"slice={position}: there are {length}, counted from 0")
        return 1, 1, [position]
    if "slice" in fields:
        raise Unreadable("slice and montage: give one of them")
    match = _MONTAGE.fullmatch(fields["montage"])
    if match is None:
        raise Unreadable(f"montage={fields['montage']} is not ROWSxCOLUMNS, as in 3x4")
    rows, columns = int(match[1]), int(match[2])
    count = rows * columns
    if count > length:
        raise Unreadable(f"montage={fields['montage']} has {count} places, the volume {length} slices")
    return rows, columns, [(2 * k + 1) * length // (2 * count) for k in range(count)]
