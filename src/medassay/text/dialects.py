"""How models write a box: which numbers in which order, of which unit, from which corner.

Qwen2-VL, InternVL and MedRegA write thousandths of the image, Gemini too but y first; MiniGPT-Med writes
hundredths, PaliGemma 1,024ths with y first, DeepSeek-VL2 999ths, MedVision fractions from the lower left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.types import Box

Size = tuple[int, int]
"""(width, height) of the original image in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What four numbers mean.

    Attributes:
        what: in words.
        order: of the four numbers; "wh" are width and height, not a corner.
        unit: how many units make the whole width (or height); None: the numbers are pixels.
        lower_left: whether y counts from the lower edge upwards.
    """

    what: str
    order: Literal["xyxy", "yxyx", "xywh"] = "xyxy"
    unit: float | None = None
    lower_left: bool = False


DIALECTS: Mapping[str, Dialect] = {
    "pixels": Dialect(what="x0, y0, x1, y1 in pixels of the original"),
    "pixels-xywh": Dialect(what="x0, y0, width, height in pixels of the original", order="xywh"),
    "fractions": Dialect(what="x0, y0, x1, y1 as fractions of width and height", unit=1),
    "fractions-xywh": Dialect(what="x0, y0, width, height as fractions", order="xywh", unit=1),
    "fractions-lower-left": Dialect(
        what="x0, y0, x1, y1 as fractions, y counted upwards from the lower edge", unit=1, lower_left=True
    ),
    "0-100": Dialect(what="x0, y0, x1, y1 in hundredths", unit=100),
    "0-999": Dialect(what="x0, y0, x1, y1 in 999ths", unit=999),
    "0-1000": Dialect(what="x0, y0, x1, y1 in thousandths", unit=1000),
    "0-1000-yx": Dialect(what="y0, x0, y1, x1 in thousandths", order="yxyx", unit=1000),
    "0-1024-yx": Dialect(what="y0, x0, y1, x1 in 1,024ths", order="yxyx", unit=1024),
}
"""The dialects by name. `Style.boxes` of a model's card and `--dialect` name one of them."""


def in_pixels(four: Sequence[float], dialect: Dialect, size: Size | None, label: str = "") -> Box | None:
    """The box that four numbers mean, in pixels of the original, origin at the upper left.

    Args:
        four: the numbers as they were written.
        dialect: how they are meant.
        size: (width, height) of the original; needed for every dialect that is not in pixels.
        label: what the box is of.

    Returns:
        None where the size is needed and not known, or a number is beyond the dialect's unit: the text then
        speaks another dialect, and which one would be a guess.
    """
    if dialect.unit is None:
        width = height = 1.0
    elif size is None or not all(0 <= number <= dialect.unit for number in four):
        return None
    else:
        width, height = size[0] / dialect.unit, size[1] / dialect.unit
    a, b, c, d = four
    if dialect.order == "yxyx":
        a, b, c, d = b, a, d, c
    elif dialect.order == "xywh":
        c, d = a + c, b + d
    if dialect.lower_left:
        b, d = (dialect.unit or 0) - d, (dialect.unit or 0) - b
    return Box(x0=a * width, y0=b * height, x1=c * width, y1=d * height, label=label)
