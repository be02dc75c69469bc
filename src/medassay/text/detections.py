"""Boxes as one line of text, which is how a score keeps what was read: written and read in one place.

`[10, 12, 20, 24], [30, 12, 40, 24] nodule (0.93)`: corners in pixels of the original image, then the name
and in brackets the confidence, where the answer gave them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from medassay.types import Box

_ONE = re.compile(r"\[([^\[\]]+)\]([^\[\]]*?)(?:\((\S+)\))?(?:, (?=\[)|$)")


class Detection(NamedTuple):
    """A box that was answered, and how sure the answer says it is (None: it does not say)."""

    box: Box
    confidence: float | None = None


def write_detections(detections: Iterable[Detection]) -> str:
    """The line. Square and round brackets in a name become spaces: they are the marks of the line."""
    return ", ".join(map(_written, detections))


def read_detections(line: str) -> tuple[Detection, ...]:
    """What `write_detections` wrote, corners to 12 digits."""
    return tuple(_detection(*found.groups()) for found in _ONE.finditer(line))


def _written(held: Detection) -> str:
    box = held.box
    corners = ", ".join(f"{corner:.12g}" for corner in (box.x0, box.y0, box.x1, box.y1))
    name = " ".join(re.sub(r"[\[\]()]", " ", box.label).split())
    sure = "" if held.confidence is None else f"({held.confidence:.12g})"
    return " ".join(filter(None, (f"[{corners}]", name, sure)))


def _detection(corners: str, name: str, sure: str | None) -> Detection:
    x0, y0, x1, y1 = map(float, corners.split(","))
    box = Box(x0=x0, y0=y0, x1=x1, y1=y1, label=name.strip())
    return Detection(box, None if sure is None else float(sure))
