"""The operations that an image's handle may name (`Op`), applied when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from medassay.types import Op

GREY = (128, 128, 128)


def blank(picture: Picture, _op: Op) -> Picture:
    """An even grey picture of the same size."""
    import PIL.Image

    return PIL.Image.new("RGB", picture.size, GREY)
