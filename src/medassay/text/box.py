"""Reading boxes: four numbers x0, y0, x1, y1 in pixels of the original image."""

from __future__ import annotations

import re

from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Box

_NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*"
_FOUR = re.compile(rf"[\[(]{_NUMBER}[,;]{_NUMBER}[,;]{_NUMBER}[,;]{_NUMBER}[\])]")
_PLAIN = re.compile(rf"{_NUMBER}[,; ]{_NUMBER}[,; ]{_NUMBER}[,; ]{_NUMBER}\.?")


def read_boxes(text: str) -> Reading:
    """All boxes of the text, in order; `boxes` holds them, `answer` writes them down.

    "[10, 12, 20, 24]", "(10, 12, 20, 24)", several of them, or a text that is nothing but four numbers.
    Reversed boxes are kept: they cover nothing.
    """
    return read(text, _RULES, None)


def _hit(found: list[re.Match[str]]) -> Hit | None:
    if not found:
        return None
    boxes = tuple(Box(x0=a, y0=b, x1=c, y1=d) for a, b, c, d in (map(float, m.groups()) for m in found))
    answer = ", ".join(f"[{b.x0:.12g}, {b.y0:.12g}, {b.x1:.12g}, {b.y1:.12g}]" for b in boxes)
    return Hit(answer, found[0].start(), found[-1].end(), boxes=boxes)


def _bracketed(text: str, _: None) -> Hit | None:
    return _hit(list(_FOUR.finditer(text)))


def _bare(text: str, _: None) -> Hit | None:
    match = _PLAIN.fullmatch(text)
    return _hit([match]) if match else None


_RULES: tuple[Rule[None], ...] = (("bracket", _bracketed), ("bare", _bare))
