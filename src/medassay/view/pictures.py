"""The images of rows as a browser takes them. Small ones are made once and kept beside the answers' store."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medassay.images import look, read_bytes, resolve
from medassay.types import Image, fingerprint

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SIDE = 256  # pixels of a thumbnail's longer side
LOSSLESS = 512  # up to so many pixels a side a thumbnail stays a PNG: small images are drawn in squares
CHOICES = ("low", "high", "frame", "page", "axis", "slice")
_SHOWN = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def whole(image: Image, chosen: Mapping[str, str]) -> tuple[bytes, str]:
    """The image at its full size, with its media type; `chosen` as for `medassay.images.look`.

    Raises:
        ImageError: it cannot be read, or there is no such slice or window.
        MissingExtra: the package that opens such images is not installed.
    """
    if chosen:
        return _png(look(image, chosen)), "image/png"
    body = read_bytes(image)
    kind = next((kind for mark, kind in _SHOWN.items() if body.startswith(mark)), "")
    return (body, kind) if kind else (_png(look(image, {})), "image/png")


class Thumbnails:
    """Small pictures in a folder that only its owner can read, by the hash of the image's content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, image: Image) -> tuple[bytes, str]:
        """The thumbnail, made where it is not there yet.

        Raises:
            ImageError: the image cannot be read.
            MissingExtra: the package that opens such images is not installed.
        """
        path = self._folder / fingerprint([SIDE, resolve(image).content()])
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            body = small(image)
            self._keep(path, body)
        return body, next(kind for mark, kind in _SHOWN.items() if body.startswith(mark))

    def _keep(self, path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(body)
        part.replace(path)  # whole or not at all, whoever else makes the same


def small(image: Image, side: int = SIDE) -> bytes:
    """The image in at most `side` x `side` pixels: a PNG where it is small enough to begin with, else a JPEG.

    Raises:
        ImageError: it cannot be read.
        MissingExtra: the package that opens such images is not installed.
    """
    picture = look(image, {}).copy()
    if max(picture.size) <= min(side, LOSSLESS):
        return _png(picture)
    picture.thumbnail((side, side))
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=85, optimize=True)
    return buffer.getvalue()


def _png(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
