"""Curves as coordinates for a drawing of 100 by 60, the origin at the upper left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 100.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value over x, with the ends of its interval where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One curve in coordinates: the points of a line as SVG takes them, and bars (x, from, to)."""

    name: str
    points: str
    bars: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing; `label` says it in words, the four others are the values at its edges."""

    label: str
    curves: tuple[Drawn, ...]
    left: str
    right: str
    bottom: str
    top: str


def plot(label: str, curves: Mapping[str, Sequence[Mark]], *, logarithmic: bool = False) -> Plot | None:
    """Curves on common axes; None where there are no two different x to join.

    Args:
        label: what is drawn, in words.
        curves: by name; values that are not finite are left out.
        logarithmic: the x axis; its values are above 0 then.
    """
    kept = {name: [m for m in marks if math.isfinite(m.x + m.y)] for name, marks in curves.items()}
    marks = [mark for held in kept.values() for mark in held]
    xs = sorted({mark.x for mark in marks})
    if len(xs) < 2:
        return None
    ys = [y for mark in marks for y in (mark.y, mark.low, mark.high) if y is not None]
    place = math.log if logarithmic else float
    left, right, bottom, top = place(xs[0]), place(xs[-1]), min(ys), max(ys)

    def across(x: float) -> float:
        return round(WIDTH * (place(x) - left) / (right - left), 2)

    def down(y: float) -> float:
        return round(HEIGHT * (top - y) / ((top - bottom) or 1.0), 2)

    drawn = tuple(
        Drawn(
            name=name,
            points=" ".join(f"{across(mark.x)},{down(mark.y)}" for mark in held),
            bars=tuple(
                (across(mark.x), down(mark.low), down(mark.high))
                for mark in held
                if mark.low is not None and mark.high is not None
            ),
        )
        for name, held in kept.items()
    )
    return Plot(
        label=label,
        curves=drawn,
        left=f"{xs[0]:g}",
        right=f"{xs[-1]:g}",
        bottom=f"{bottom:.3g}",
        top=f"{top:.3g}",
    )
