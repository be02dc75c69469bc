"""PNG, JPEG, TIFF and the other kinds that Pillow reads: `file:PATH?page=1&low=0&high=4095`, or a plain path.

`page` is one of a TIFF or a frame of an animation, counted from 0; the first is the default.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from medassay.images.depth import WAYS, Levels, asked, bounded, shown, to_8_bits
from medassay.images.handles import Unreadable, decoding, fields_of, whole

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_TAKEN = {"PNG", "JPEG", "GIF", "WEBP"}  # what every model server reads
_PLAIN = {"1", "L", "P", "RGB"}  # modes of which there is one reading
_ORIENTATION = 0x0112  # the EXIF tag; 1 is upright


def open_file(text: str) -> Picture:
    """The picture of a `file:` uri."""
    path, fields = fields_of(text, "page", *WAYS)
    content = Path(path).read_bytes()
    with decoding("an image"):
        return picture_of(content, fields)


def picture_of(content: bytes, fields: Mapping[str, str]) -> Picture:
    """The picture in RGB or grey: upright, one page, without transparency.

    16-bit, 32-bit and float values are shown from the least to the largest unless `fields` say otherwise;
    what is transparent lies on white.
    """
    import PIL.Image
    from PIL.ImageOps import exif_transpose

    with PIL.Image.open(io.BytesIO(content)) as picture:
        _turn_to(picture, whole(fields.get("page", "0"), "page"))
        bounded(*picture.size)
        levels = asked(fields)
        exif_transpose(picture, in_place=True)
        if picture.mode.startswith("I") or picture.mode == "F":
            return shown(np.asarray(picture), levels)
        flat = _on_white(picture) if _transparent(picture) else picture.convert("RGB")
        return flat if levels is None else _between(flat, levels)


def is_plain(content: bytes) -> bool:
    """Whether every reader makes the same picture of these bytes, so that they can be sent as they are."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(content)) as picture:
        return (
            picture.format in _TAKEN
            and picture.mode in _PLAIN
            and not _transparent(picture)
            and not getattr(picture, "is_animated", False)
            and picture.getexif().get(_ORIENTATION, 1) == 1
        )


def _turn_to(picture: Picture, page: int) -> None:
    pages = getattr(picture, "n_frames", 1)
    if not 0 <= page < pages:
        raise Unreadable(f"page={page}: there are {pages}, counted from 0")
    if page:
        picture.seek(page)


def _transparent(picture: Picture) -> bool:
    return picture.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in picture.info


def _between(picture: Picture, levels: Levels) -> Picture:
    """As `shown`, by a table of the 256 values that there are: a large picture is not copied as an array."""
    table = to_8_bits(np.arange(256), levels).tolist()
    found = picture.point(table * len(picture.getbands()))
    found.info["levels"] = levels
    return found


def _on_white(picture: Picture) -> Picture:
    import PIL.Image

    layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    return PIL.Image.alpha_composite(PIL.Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
