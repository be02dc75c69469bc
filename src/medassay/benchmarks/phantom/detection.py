"""Is a known signal there? A faint spot in the middle of a flat, grey image with white Gaussian noise."""

from __future__ import annotations

import numpy as np

from medassay.benchmarks.phantom.scene import Canvas, Lesion, Truth, person

DIAGNOSES = ("no signal", "signal")
AMPLITUDE = 0.022
RADIUS = 0.15


def plan(rng: np.random.Generator, stratum: int, scale: float) -> Truth:
    """Whether the signal is there follows the stratum; `scale` shrinks the spot."""
    sex, age_group = person(rng)
    present = stratum % 2 == 1
    spot = (Lesion.round("signal", 0.5, 0.5, RADIUS * scale),) if present else ()
    return Truth(
        specialty="detection",
        diagnosis=DIAGNOSES[present],
        findings=frozenset({"signal"} if present else ()),
        lesions=spot,
        sex=sex,
        age_group=age_group,
    )


def draw(truth: Truth, size: int, _rng: np.random.Generator) -> Canvas:
    """The image without noise: mid-grey, and the spot A (1 - r^2/R^2)^2 where it is present."""
    canvas = Canvas(size, (0.5, 0.5, 0.5))
    for spot in truth.lesions:
        squared = ((canvas.x - 0.5) ** 2 + (canvas.y - 0.5) ** 2) / spot.radius**2
        canvas.pixels += (AMPLITUDE * np.maximum(1.0 - squared, 0.0) ** 2)[:, :, None]
    return canvas
