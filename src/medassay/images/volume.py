"""The voxels of a NIfTI file along the patient's axes: left to right, back to front, feet to head."""

from __future__ import annotations

import gzip
import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import MissingExtra
from medassay.images.depth import Levels, bounded, range_of
from medassay.images.handles import Unreadable, decoding

MAX_BYTES = 3 * 2**29  # a file that unpacks to more is taken for a bomb
GZIP = b"\x1f\x8b"
HEADERS = (348, 540)  # their lengths in bytes, with which they begin: NIfTI-1, NIfTI-2


class Volume:
    """One 3-D image, or several of them one after the other; voxels are read when they are asked for.

    Without an orientation in the file nibabel's convention for such files holds.
    """

    def __init__(self, image: Any) -> None:
        from nibabel.orientations import io_orientation

        shape = (*image.shape, 1, 1)[: max(3, len(image.shape))]
        if math.prod(shape[4:]) != 1 or 0 in shape:
            raise Unreadable(f"has the shape {image.shape}, not (x, y, z) or (x, y, z, time)")
        if image.get_data_dtype().kind == "c":
            raise Unreadable("holds complex values: save their magnitude")
        for across, down in ((0, 1), (0, 2), (1, 2)):
            bounded(shape[across], shape[down])
        orientation = io_orientation(image.affine)
        if np.isnan(orientation).any():
            raise Unreadable("its affine leaves an axis without a direction")
        self._voxels = image.dataobj
        self._stored_shape = shape
        self._axis_of = [int(axis) for axis in orientation[:, 0]]  # the patient's axis of each stored one
        self._backwards = [bool(direction < 0) for direction in orientation[:, 1]]
        self._levels: dict[int, Levels] = {}
        self.shape = tuple(shape[self._axis_of.index(axis)] for axis in range(3))
        self.repeats = shape[3] if len(shape) > 3 else 1
        self.coloured = image.get_data_dtype().names is not None

    def plane(self, axis: int, position: int, repeat: int) -> NDArray[Any]:
        """A slice as radiologists hang it, (H, W) or (H, W, 3).

        Axial and coronal: the patient's right is on the left of the picture; sagittal: the front is. The
        front, else the head, is up.
        """
        stored = self._axis_of.index(axis)
        if self._backwards[stored]:
            position = self._stored_shape[stored] - 1 - position
        plane = self._cut(stored, position, repeat)
        rest = [s for s in range(3) if s != stored]
        for across, s in enumerate(rest):
            if self._backwards[s]:
                plane = np.flip(plane, across)
        if self._axis_of[rest[0]] > self._axis_of[rest[1]]:
            plane = plane.swapaxes(0, 1)
        return plane.swapaxes(0, 1)[::-1, ::-1]

    def levels(self, repeat: int) -> Levels:
        """The least and the largest finite value of one 3-D image."""
        if repeat not in self._levels:
            length = self._stored_shape[2]
            ends = [
                range_of(p) for p in (self._cut(2, k, repeat) for k in range(length)) if np.isfinite(p).any()
            ]
            if not ends:
                raise Unreadable("holds no finite value")
            self._levels[repeat] = (min(low for low, _ in ends), max(high for _, high in ends))
        return self._levels[repeat]

    def _cut(self, stored: int, position: int, repeat: int) -> NDArray[Any]:
        where: list[Any] = [slice(None)] * 3
        where[stored] = position
        dimensions = len(self._voxels.shape)
        if dimensions < 3:
            voxels = np.asanyarray(self._voxels).reshape(self._stored_shape)[tuple(where)]
        else:
            voxels = np.asanyarray(self._voxels[(*where, repeat, *[0] * dimensions)[:dimensions]])
        if self.coloured:
            voxels = np.stack([voxels[name] for name in ("R", "G", "B")], axis=-1)
        return np.asarray(voxels)


def unpacked(content: bytes) -> Any:
    """The nibabel image of a file's bytes, whose voxels are not yet read.

    Raises:
        Unreadable: it is damaged, cut short, one half of a pair, or unpacks to more than MAX_BYTES.
        MissingExtra: nibabel is not installed.
    """
    try:
        import nibabel
    except ImportError:
        raise MissingExtra("nibabel", "medical") from None

    with decoding("NIfTI"):
        head = _first(content, max(HEADERS))
        if head[344:347] == b"ni1" or head[4:7] == b"ni2":
            raise Unreadable("the header of a pair (.hdr and .img): save it as one .nii file")
        kinds = {b"n+1": (nibabel.Nifti1Image, 348), b"n+2": (nibabel.Nifti2Image, 540)}
        kind, length = kinds.get(head[344:347]) or kinds.get(head[4:7]) or (None, 0)
        if kind is None:
            raise Unreadable("neither NIfTI-1 nor NIfTI-2")
        header = kind.header_class(head[:length])
        voxels = math.prod(header.get_data_shape())
        size = header.get_data_offset() + voxels * header.get_data_dtype().itemsize
        if size > MAX_BYTES:
            raise Unreadable(f"unpacks to {size} bytes, above the limit of {MAX_BYTES}")
        body = _first(content, size)
        if len(body) < size:
            raise Unreadable(f"cut short: {len(body)} of {size} bytes are there")
        return kind.from_bytes(body)


def _first(content: bytes, size: int) -> bytes:
    """So many bytes of a file, unpacked; fewer where it ends before."""
    if content[:2] != GZIP:
        return content if size >= len(content) else content[:size]
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        return stream.read(size)
