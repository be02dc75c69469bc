"""Pictures and digests of images by handle. What a model receives is opened here and nowhere else."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from medassay.errors import ImageError, MissingExtra
from medassay.images.cache import Pictures
from medassay.images.handles import Unreadable, content, named, path_of
from medassay.types import Image, Op

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from medassay.images.handles import Content

    Operation = Callable[[Picture, Op], Picture]

MAX_PIXELS = 200_000_000  # above this a file is taken for a decompression bomb
_CACHE_BYTES = 256 * 2**20
_OPERATIONS: dict[str, Operation] = {}
_pictures = Pictures(_CACHE_BYTES)


def register_operation(name: str, operation: Operation) -> None:
    """Let images carry the seeded perturbation `name`."""
    _OPERATIONS[name] = operation


def open_image(image: Image) -> Picture:
    """The picture in RGB, with the operations of the handle applied.

    Raises:
        ImageError: it cannot be read or decoded; names the image and the reason.
    """
    held = _pictures.get(image)
    if held is None:
        held = _decode(image)
        _pictures.put(image, held)
    return held


def read_bytes(image: Image) -> bytes:
    """The original bytes of the file; an image that is an array becomes a PNG.

    Raises:
        ImageError: it cannot be read.
    """
    original = content(image.uri)
    if isinstance(original, bytes):
        return original
    buffer = io.BytesIO()
    _picture(original).save(buffer, format="PNG")
    return buffer.getvalue()


def resolve(image: Image) -> Image:
    """The same handle with the digest of its content.

    Raises:
        ImageError: it cannot be read.
    """
    return image if image.digest is not None else replace(image, digest=_digest(image.uri))


def _decode(image: Image) -> Picture:
    try:
        picture = _picture(content(image.uri))
        for op in image.ops:
            if op.name not in _OPERATIONS:
                raise Unreadable(f"no operation is called {op.name!r}")
            picture = _OPERATIONS[op.name](picture, op)
    except (ImageError, MissingExtra):
        raise
    except Unreadable as error:
        raise ImageError(f"{named(image.uri)}: {error}") from error
    except Exception as error:  # a decoder fails in many ways on a damaged file; each is one failed row
        raise ImageError(f"{named(image.uri)}: cannot be decoded ({_reason(error)})") from error
    return picture


def _reason(error: Exception) -> str:
    if type(error).__name__ == "UnidentifiedImageError":  # its own words name an address in memory
        return "not an image of a kind that Pillow knows"
    return f"{type(error).__name__}: {error}"


def _picture(original: Content) -> Picture:
    import PIL.Image

    if isinstance(original, PIL.Image.Image):
        return original.convert("RGB")
    if not isinstance(original, bytes):
        return PIL.Image.fromarray(np.ascontiguousarray(original)).convert("RGB")
    with PIL.Image.open(io.BytesIO(original)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable(f"{picture.width} x {picture.height} pixels are above the limit of {MAX_PIXELS}")
        if picture.mode.startswith("I;16"):  # keep the upper 8 of 16 bits; PIL alone would clip
            return PIL.Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
        if picture.mode in {"I", "F"}:
            raise Unreadable(
                f"pixels of mode {picture.mode} have no agreed range: convert the file to 8 or 16 bits"
            )
        return picture.convert("RGB")


def _digest(text: str) -> str:
    if path_of(text) != text:
        return _digest_of(content(text))
    try:
        state = os.stat(text)  # noqa: PTH116  one system call per image counts here
    except OSError as error:
        raise ImageError(f"{text}: {error.strerror or error}") from error
    return _file_digest(text, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=100_000)
def _file_digest(path: str, _size: int, _mtime_ns: int) -> str:
    return _digest_of(content(path))


def _digest_of(original: Content) -> str:
    if isinstance(original, bytes):
        return "sha256:" + hashlib.sha256(original).hexdigest()
    pixels = np.asarray(original)
    state = hashlib.sha256(f"{pixels.dtype.str}{pixels.shape}".encode())
    state.update(np.ascontiguousarray(pixels).data)
    return "sha256:" + state.hexdigest()
