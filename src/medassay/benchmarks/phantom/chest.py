"""A frontal chest radiograph: ribs, two lungs, heart; nodules, an effusion or an enlarged heart."""

from __future__ import annotations

import numpy as np

from medassay.benchmarks.phantom.scene import SIDES, Canvas, Lesion, Truth, person, smooth_noise, smoothstep

DIAGNOSES = ("normal", "nodules", "effusion", "enlarged heart")
RATIO_LIMIT = 0.5
"""The heart is enlarged above this cardiothoracic ratio."""

_LUNG_OFFSET, _LUNG_RADII, _LUNG_Y = 0.22, (0.16, 0.32), 0.46
_THORAX_WIDTH = 2 * (_LUNG_OFFSET + _LUNG_RADII[0])
_CYCLE = ("normal", "nodules", "effusion", "nodules", "enlarged heart", "nodules")


def plan(rng: np.random.Generator, stratum: int, scale: float) -> Truth:
    """What an image shows: diagnosis and number of nodules follow the stratum, `scale` shrinks nodules."""
    sex, age_group = person(rng)
    diagnosis = _CYCLE[stratum % len(_CYCLE)]
    count = stratum % len(_CYCLE) // 2 + 1 if diagnosis == "nodules" else 0
    side = SIDES[rng.integers(2)]
    ratio = rng.uniform(0.57, 0.68) if diagnosis == "enlarged heart" else rng.uniform(0.36, 0.45)
    outward = -1.0 if side == "left" else 1.0
    slots = rng.permutation(3)[:count]
    nodules = tuple(
        Lesion.round(
            "nodule",
            0.5 + outward * rng.uniform(0.20, 0.28),
            0.26 + 0.15 * float(slot) + rng.uniform(-0.012, 0.012),
            rng.uniform(0.050, 0.062) * scale,
        )
        for slot in slots
    )
    return Truth(
        specialty="chest",
        diagnosis=diagnosis,
        findings=frozenset() if diagnosis == "normal" else frozenset({diagnosis}),
        side=side if diagnosis in {"nodules", "effusion"} else None,
        lesions=nodules,
        measurements={"cardiothoracic ratio": ratio},
        geometry={"level": rng.uniform(0.52, 0.60), "rib phase": rng.uniform(0.0, 1.0)},
        sex=sex,
        age_group=age_group,
    )


def draw(truth: Truth, size: int, rng: np.random.Generator) -> Canvas:
    """The image without noise."""
    canvas = Canvas(size, (0.04, 0.04, 0.04))
    canvas.ellipse((0.5, 0.60), (0.47, 0.56), (0.58, 0.58, 0.58), soft=0.06)
    canvas.ellipse((0.5, 0.06), (0.11, 0.16), (0.55, 0.55, 0.55), soft=0.06)
    texture = smooth_noise(rng, 9, canvas.x, canvas.y)
    for side, outward in (("left", -1.0), ("right", 1.0)):
        lung = canvas.disc_mask(0.5 + outward * _LUNG_OFFSET, _LUNG_Y, _LUNG_RADII, 0.05)
        canvas.blend(lung, (0.17, 0.17, 0.17))
        ribs = (canvas.y * 8.0 + 4.0 * (canvas.x - 0.5) ** 2 * 2.0 + truth.geometry["rib phase"]) % 1.0
        canvas.blend(lung * smoothstep(0.30, 0.45, np.abs(ribs - 0.5)) * 0.10, (0.8, 0.8, 0.8))
        if "effusion" in truth.findings and side == truth.side:
            # The surface of the fluid climbs towards the chest wall.
            surface = truth.geometry["level"] - 0.3 * (outward * (canvas.x - 0.5) - _LUNG_OFFSET)
            canvas.blend(lung * smoothstep(-0.03, 0.03, canvas.y - surface), (0.80, 0.80, 0.80))
    canvas.ellipse((0.5, 0.45), (0.045, 0.50), (0.68, 0.68, 0.68), soft=0.05)
    half = truth.measurements["cardiothoracic ratio"] * _THORAX_WIDTH / 2.0
    canvas.ellipse((0.52, 0.70), (half, 0.16), (0.74, 0.74, 0.74), soft=0.03)
    canvas.pixels += 0.025 * texture[:, :, None]
    for nodule in truth.lesions:
        canvas.ellipse(nodule.centre, (nodule.radius, nodule.radius), (0.92, 0.92, 0.92))
    return canvas
