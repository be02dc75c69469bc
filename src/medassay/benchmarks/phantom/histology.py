"""A stained section: many small nuclei, some large dark tumour cells, a weak or a strong stain."""

from __future__ import annotations

import numpy as np

from medassay.benchmarks.phantom.scene import SIDES, Canvas, Lesion, Truth, person, smooth_noise

DIAGNOSES = ("benign", "tumour")
"""Tumour is any tumour cell."""

_CYCLE = (0, 1, 0, 2, 0, 3)


def plan(rng: np.random.Generator, stratum: int, scale: float) -> Truth:
    """What an image shows. The number of tumour cells follows the stratum."""
    sex, age_group = person(rng)
    count = _CYCLE[stratum % len(_CYCLE)]
    side = SIDES[rng.integers(2)]
    strong = bool(rng.integers(2))
    outward = -1.0 if side == "left" else 1.0
    slots = rng.permutation(3)[:count]
    cells = tuple(
        Lesion.round(
            "tumour cell",
            0.5 + outward * rng.uniform(0.20, 0.32),
            0.22 + 0.28 * float(slot) + rng.uniform(-0.04, 0.04),
            rng.uniform(0.055, 0.075) * scale,
        )
        for slot in slots
    )
    findings = ({"tumour cells"} if cells else set()) | ({"strong stain"} if strong else set())
    return Truth(
        specialty="histology",
        diagnosis="tumour" if cells else "benign",
        findings=frozenset(findings),
        side=side if cells else None,
        lesions=cells,
        geometry={"stain": rng.uniform(0.95, 1.05) if strong else rng.uniform(0.45, 0.55)},
        sex=sex,
        age_group=age_group,
    )


def draw(truth: Truth, size: int, rng: np.random.Generator) -> Canvas:
    """The image without noise."""
    canvas = Canvas(size, (0.90, 0.66, 0.80))
    fibres = smooth_noise(rng, 7, canvas.x, canvas.y)
    canvas.pixels += fibres[:, :, None] * (0.05, 0.09, 0.05)
    places = (
        (np.arange(30) // 6 + rng.uniform(0.15, 0.85, 30)) / 5,
        (np.arange(30) % 6 + rng.uniform(0.15, 0.85, 30)) / 6,
    )
    radii = rng.uniform(0.020, 0.028, (30, 2))
    for x, y, (radius_x, radius_y) in zip(*places, radii, strict=True):
        canvas.ellipse(
            (float(x), float(y)), (float(radius_x), float(radius_y)), (0.55, 0.36, 0.68), soft=0.02
        )
    for cell in truth.lesions:
        halo = cell.radius * 1.5
        canvas.ellipse(cell.centre, (halo, halo), (0.86, 0.66, 0.84), soft=0.02)
        canvas.ellipse(cell.centre, (cell.radius, cell.radius), (0.22, 0.05, 0.38), soft=0.02)
    canvas.pixels = 1.0 - (1.0 - canvas.pixels) * truth.geometry["stain"]
    return canvas
