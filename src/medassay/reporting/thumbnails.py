"""Small pictures that travel inside the page, and why one is missing."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from medassay.errors import ImageError, MissingExtra
from medassay.images import open_image
from medassay.types import Box, Image

SIDE = 256
_LOSSLESS = 96  # pixels: up to here a picture is kept as it is and drawn in squares


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """An image of at most 256 x 256 pixels as a data URI; `size` is that of the original in pixels.

    Where the image cannot be read `source` is empty and `problem` says why.
    """

    source: str
    size: tuple[int, int]
    boxes: tuple[Box, ...] = ()
    pixelated: bool = False
    problem: str = ""


def thumbnail(image: Image, boxes: tuple[Box, ...] = ()) -> Thumbnail:
    """The image made small, with boxes in pixels of the original beside it to be drawn over."""
    try:
        picture = open_image(image)
    except (ImageError, MissingExtra) as error:  # a page is made where images cannot be opened, too
        return Thumbnail("", (SIDE, SIDE), problem=str(error))
    small = picture.copy()
    small.thumbnail((SIDE, SIDE))
    lossless = max(picture.size) <= _LOSSLESS
    buffer = io.BytesIO()
    if lossless:
        small.save(buffer, format="PNG", optimize=True)
    else:
        small.save(buffer, format="JPEG", quality=82, optimize=True)
    body = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Thumbnail(
        f"data:image/{'png' if lossless else 'jpeg'};base64,{body}", picture.size, boxes, pixelated=lossless
    )
