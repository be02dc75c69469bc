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

from medassay.errors import ImageError
from medassay.images import dicom, encoded, nifti
from medassay.images.cache import Pictures
from medassay.images.handles import Unreadable, content, decoding, is_path, naming, openers, path_of
from medassay.types import Image, Op

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from medassay.images.handles import Content

    Operation = Callable[[Picture, Op], Picture]

_CACHE_BYTES = 256 * 2**20
_OPERATIONS: dict[str, Operation] = {}
_pictures = Pictures(_CACHE_BYTES)


def register_operation(name: str, operation: Operation) -> None:
    """Let images carry the seeded perturbation `name`."""
    _OPERATIONS[name] = operation


def providers() -> tuple[str, ...]:
    """The modules that registered openers and operations, sorted: what another process must import."""
    return tuple(sorted({f.__module__ for f in (*openers(), *_OPERATIONS.values())}))


def open_image(image: Image) -> Picture:
    """The picture in RGB, with the operations of the handle applied.

    Values of more than 8 bits were shown between the two `info["levels"]`.

    Raises:
        ImageError: it cannot be read or decoded; names the image and the reason.
        MissingExtra: the package that opens such images is not installed.
    """
    held = _pictures.get(image)
    if held is None:
        held = _decode(image)
        _pictures.put(image, held)
    return held


def read_bytes(image: Image) -> bytes:
    """What to send to a server: the original bytes where every reader makes the same picture of them.

    These are upright PNG, JPEG, GIF and WebP of one frame without transparency. Of anything else, and of an
    image with operations, a lossless PNG of what `open_image` gives.

    Raises:
        ImageError: it cannot be read.
        MissingExtra: the package that opens such images is not installed.
    """
    original = content(image.uri)
    if isinstance(original, bytes) and not image.ops:
        with naming(image.uri), decoding("an image"):
            if _is_plain(original):
                return original
    buffer = io.BytesIO()
    open_image(image).save(buffer, format="PNG")
    return buffer.getvalue()


def resolve(image: Image) -> Image:
    """The same handle with the digest of its content.

    Raises:
        ImageError: it cannot be read.
        MissingExtra: the package that opens such images is not installed.
    """
    return image if image.digest is not None else replace(image, digest=_digest(image.uri))


def _decode(image: Image) -> Picture:
    original = content(image.uri)
    with naming(image.uri), decoding("an image"):
        picture = _picture(original)
        for op in image.ops:
            if op.name not in _OPERATIONS:
                raise Unreadable(f"no operation is called {op.name!r}")
            picture = _OPERATIONS[op.name](picture, op)
        return picture


def _picture(original: Content) -> Picture:
    import PIL.Image

    if isinstance(original, np.ndarray):
        return PIL.Image.fromarray(np.ascontiguousarray(original)).convert("RGB")
    if not isinstance(original, bytes):
        return original.convert("RGB")
    if dicom.recognised(original):
        picture = dicom.picture_of(original, {})
    elif nifti.recognised(original):
        picture = nifti.picture_of(original, {})
    else:
        picture = encoded.picture_of(original, {})
    return picture if picture.mode == "RGB" else picture.convert("RGB")  # which copies what is RGB, too


def _is_plain(original: bytes) -> bool:
    return not (dicom.recognised(original) or nifti.recognised(original)) and encoded.is_plain(original)


def _digest(text: str) -> str:
    try:
        state = os.stat(path_of(text))  # noqa: PTH116  one system call per image counts here
    except (OSError, ValueError) as error:
        if is_path(text):
            raise ImageError(f"{text}: {getattr(error, 'strerror', None) or error}") from error
        return _digest_of(content(text))  # not of a file, or the opener's own word on what is missing
    return _file_digest(text, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=100_000)
def _file_digest(text: str, _size: int, _mtime_ns: int) -> str:
    return _digest_of(content(text))


def _digest_of(original: Content) -> str:
    if isinstance(original, bytes):
        return "sha256:" + hashlib.sha256(original).hexdigest()
    pixels = np.asarray(original)
    state = hashlib.sha256(f"{pixels.dtype.str}{pixels.shape}".encode())
    state.update(np.ascontiguousarray(pixels).data)
    return "sha256:" + state.hexdigest()
