"""What a drawn image is: its truth, its pixels, and the brush they are drawn with.

Lengths are fractions of the image width, the origin is at the upper left. Drawing uses only operations that
IEEE 754 rounds in one way (+, -, *, /, square root, comparisons; no exp, no sin, no sums over pixels), so
that an address gives the same bytes on every machine. What may differ in the last bit, the rare tails of
numpy's normal numbers, moves a pixel only where it lies on the edge between two grey levels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from medassay.types import Box

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Colour = tuple[float, float, float]

SEXES = ("female", "male")
AGE_GROUPS = ("under 40", "40 to 65", "over 65")
SIDES = ("left", "right")


def _nothing() -> Mapping[str, float]:
    return MappingProxyType({})


def generator(*words: object) -> np.random.Generator:
    """An independent PCG64 stream for these words: the same everywhere, unrelated to any other."""
    digest = hashlib.sha256("/".join(str(word) for word in words).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One focal finding: the upper left and lower right of the box round its half-contrast outline."""

    label: str
    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def round(cls, label: str, x: float, y: float, radius: float) -> Lesion:
        """A disc about (x, y)."""
        return cls(label=label, x0=x - radius, y0=y - radius, x1=x + radius, y1=y + radius)

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def radius(self) -> float:
        """Half the width of the box."""
        return (self.x1 - self.x0) / 2

    def box(self, size: int) -> Box:
        """The box in pixels of an image `size` wide, to a hundredth of a pixel."""
        x0, y0, x1, y1 = (round(edge * size, 2) for edge in (self.x0, self.y0, self.x1, self.y1))
        return Box(x0=x0, y0=y0, x1=x1, y1=y1, label=self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is known of an image before a pixel is drawn.

    `findings` are the signs that are present. `side` is the side of the image (not of the patient) on which
    the findings lie. `measurements` are the numbers a reader may be asked for, `geometry` the further ones
    that the drawing needs.
    """

    specialty: str
    diagnosis: str
    findings: frozenset[str]
    sex: str
    age_group: str
    side: str | None = None
    lesions: tuple[Lesion, ...] = ()
    measurements: Mapping[str, float] = field(default_factory=_nothing)
    geometry: Mapping[str, float] = field(default_factory=_nothing)
    skin_tone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A drawn image, (size, size, 3), and its truth."""

    pixels: Pixels
    truth: Truth


def person(rng: np.random.Generator) -> tuple[str, str]:
    """Sex and age group, uniform and without influence on the anatomy."""
    return SEXES[rng.integers(2)], AGE_GROUPS[rng.integers(3)]


def smoothstep(low: float, high: float, value: Floats) -> Floats:
    """0 below `low`, 1 above `high`, a cubic without corners between."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def smooth_noise(rng: np.random.Generator, cells: int, x: Floats, y: Floats) -> Floats:
    """Value noise in [-1, 1] with `cells` cells across, at points x and y in [0, 1] (broadcast together).

    The field is drawn before it is sampled, so it is the same at every image size.
    """
    grid = rng.uniform(-1.0, 1.0, (cells + 2, cells + 2))
    column, row = (x * cells).astype(np.intp), (y * cells).astype(np.intp)
    across = smoothstep(0.0, 1.0, x * cells - column)
    down = smoothstep(0.0, 1.0, y * cells - row)
    upper = grid[row, column] * (1.0 - across) + grid[row, column + 1] * across
    lower = grid[row + 1, column] * (1.0 - across) + grid[row + 1, column + 1] * across
    return upper * (1.0 - down) + lower * down


class Canvas:
    """A float image in [0, 1] to paint on; `x` is (1, size), `y` is (size, 1), at the pixel centres."""

    def __init__(self, size: int, colour: Colour) -> None:
        centres = (np.arange(size) + 0.5) / size
        self.size = size
        self.x: Floats = centres[None, :]
        self.y: Floats = centres[:, None]
        self.pixels: Floats = np.empty((size, size, 3))
        self.pixels[:] = colour

    def disc_mask(self, x: float, y: float, radii: tuple[float, float], soft: float) -> Floats:
        """1 inside an ellipse, 0 outside, one half on its outline; the edge is `soft` wide."""
        distance = np.sqrt(((self.x - x) / radii[0]) ** 2 + ((self.y - y) / radii[1]) ** 2)
        edge = soft / min(radii) / 2.0
        return 1.0 - smoothstep(1.0 - edge, 1.0 + edge, distance)

    def blend(self, mask: Floats, colour: Colour) -> None:
        """Mix a colour in by a (size, size) mask."""
        self.pixels += mask[:, :, None] * (np.asarray(colour) - self.pixels)

    def ellipse(
        self, centre: tuple[float, float], radii: tuple[float, float], colour: Colour, soft: float = 0.03
    ) -> None:
        """Paint an ellipse; only the window that it touches is computed."""
        reach_x, reach_y = radii[0] + soft * radii[0] / min(radii), radii[1] + soft * radii[1] / min(radii)
        columns = self._window(centre[0] - reach_x, centre[0] + reach_x)
        rows = self._window(centre[1] - reach_y, centre[1] + reach_y)
        across = (self.x[:, columns] - centre[0]) / radii[0]
        down = (self.y[rows] - centre[1]) / radii[1]
        edge = soft / min(radii) / 2.0
        mask = 1.0 - smoothstep(1.0 - edge, 1.0 + edge, np.sqrt(across * across + down * down))
        part = self.pixels[rows, columns]
        part += mask[:, :, None] * (np.asarray(colour) - part)

    def _window(self, low: float, high: float) -> slice:
        return slice(max(0, int(low * self.size) - 1), max(0, min(self.size, int(high * self.size) + 2)))
