"""A disc-centred fundus photograph: field, vessels, optic disc and cup; haemorrhages or glaucoma."""

from __future__ import annotations

import numpy as np

from medassay.benchmarks.phantom.scene import SIDES, Canvas, Lesion, Truth, person, smooth_noise, smoothstep

DIAGNOSES = ("normal", "glaucoma", "retinopathy")
RATIO_LIMIT = 0.5
"""Glaucoma, here, is a cup-to-disc ratio (of the diameters) above this; retinopathy is any haemorrhage."""

_CYCLE = ("normal", "retinopathy", "glaucoma", "retinopathy", "normal", "retinopathy", "glaucoma")
_VESSEL = (0.50, 0.09, 0.07)


def plan(rng: np.random.Generator, stratum: int, scale: float) -> Truth:
    """What an image shows. The diagnosis and the number of haemorrhages follow the stratum."""
    sex, age_group = person(rng)
    place = stratum % len(_CYCLE)
    diagnosis = _CYCLE[place]
    count = place // 2 + 1 if diagnosis == "retinopathy" else 0
    side = SIDES[rng.integers(2)]
    ratio = rng.uniform(0.60, 0.85) if diagnosis == "glaucoma" else rng.uniform(0.20, 0.42)
    outward = -1.0 if side == "left" else 1.0
    slots = rng.permutation(3)[:count]
    haemorrhages = tuple(
        Lesion.round(
            "haemorrhage",
            0.5 + outward * rng.uniform(0.23, 0.30),
            0.32 + 0.18 * float(slot) + rng.uniform(-0.015, 0.015),
            rng.uniform(0.050, 0.065) * scale,
        )
        for slot in slots
    )
    present = {"normal": frozenset[str](), "glaucoma": frozenset({"glaucoma"})}
    return Truth(
        specialty="fundus",
        diagnosis=diagnosis,
        findings=present.get(diagnosis, frozenset({"haemorrhages"})),
        side=side if haemorrhages else None,
        lesions=haemorrhages,
        measurements={"cup-to-disc ratio": ratio},
        geometry={
            "x": 0.5 + rng.uniform(-0.02, 0.02),
            "y": 0.5 + rng.uniform(-0.03, 0.03),
            "disc": rng.uniform(0.115, 0.135),
            "bend": rng.uniform(0.8, 1.3),
        },
        sex=sex,
        age_group=age_group,
    )


def draw(truth: Truth, size: int, rng: np.random.Generator) -> Canvas:
    """The image without noise."""
    canvas = Canvas(size, (0.76, 0.34, 0.15))
    shade = smooth_noise(rng, 6, canvas.x, canvas.y)
    canvas.pixels += shade[:, :, None] * (0.05, 0.04, 0.02)
    x, y, disc = truth.geometry["x"], truth.geometry["y"], truth.geometry["disc"]
    away = np.abs(canvas.x - x)
    for upward, height in ((-1.0, 0.30), (1.0, 0.30), (-1.0, 0.12), (1.0, 0.10)):
        # An arcade: rises from the disc as a square root and levels out towards the rim.
        course = upward * height * truth.geometry["bend"] * np.sqrt(away / (away + 0.12))
        thickness = 0.014 * (1.0 - away)
        slope = 1.0 + height * 1.2 * 0.12 / (away + 0.05)
        reach = np.abs(canvas.y - y - course) / slope / thickness
        canvas.blend((1.0 - smoothstep(0.6, 1.6, reach)) * 0.8, _VESSEL)
    canvas.ellipse((x, y), (disc, disc), (0.95, 0.68, 0.36), soft=0.02)
    cup = disc * truth.measurements["cup-to-disc ratio"]
    canvas.ellipse((x, y), (cup, cup), (1.0, 0.97, 0.84), soft=0.015)
    for haemorrhage in truth.lesions:
        canvas.ellipse(haemorrhage.centre, (haemorrhage.radius, haemorrhage.radius), (0.28, 0.02, 0.03))
    field = canvas.disc_mask(0.5, 0.5, (0.48, 0.48), 0.02)
    canvas.pixels *= field[:, :, None]
    return canvas
