"""Arrays in NumPy's files: never pickles, and never more numbers than the file holds."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import reason
from medassay.files.archives import checked, opened

_MAGIC = b"\x93NUMPY"
Shape = tuple[int, ...]


def read_arrays(path: Path, wanted: Collection[str] | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of a .npz by name, all or those of the wanted that are there; that of a .npy under "".

    Raises:
        ValueError: the file is damaged, holds Python objects, or claims more than it holds.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) == _MAGIC:
            file.seek(0)
            return {"": _array(file, path.stat().st_size)}
    with opened(path) as archive:
        found = {}
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if wanted is None or name in wanted:
                with archive.open(checked(member)) as stream:
                    found[name] = _array(stream, member.file_size)
        return found


def array_names(path: Path) -> list[str]:
    """The names of the arrays of a .npz.

    Raises:
        ValueError: the file is damaged.
        OSError: it cannot be read.
    """
    with opened(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


def read_shape(path: Path, name: str) -> Shape:
    """The shape of an array of a .npz, from its head alone.

    Raises:
        ValueError: the file is damaged, or has no such array.
        OSError: it cannot be read.
    """
    with opened(path) as archive:
        member = checked(archive.getinfo(f"{name}.npy"))
        with archive.open(member) as stream:
            return _head(stream, member.file_size)


def _array(stream: IO[bytes], size: int) -> NDArray[Any]:
    _head(stream, size)
    stream.seek(0)
    held = np.asarray(np.lib.format.read_array(stream, allow_pickle=False))
    if held.dtype.kind == "U":
        codes = np.frombuffer(held.tobytes(), np.dtype(np.uint32).newbyteorder(held.dtype.byteorder))
        if codes.size and codes.max() > sys.maxunicode:  # Python would make a text of it that breaks later
            raise ValueError("a text in it has characters that there are not")
    return held


def _head(stream: IO[bytes], size: int) -> Shape:
    """The shape that an array's head claims, which fits in its bytes."""
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, _, dtype = read(stream)
    except Exception as error:  # the head is a Python literal, which can be wrong in any way
        raise ValueError(f"no head of an array ({reason(error)})") from error
    if dtype.hasobject:
        raise ValueError("holds Python objects, which are not read: they could run code")
    if dtype.itemsize == 0 or min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"claims {shape} of {dtype}, and holds {size} bytes")
    return tuple(map(int, shape))
