"""A dermoscopic image: skin of several tones, with or without one pigmented lesion.

A lesion is melanoma-like when at least two of three signs are present (asymmetry, irregular border, several
colours), after the ABC of the ABCD rule (Nachbar et al., J Am Acad Dermatol 1994); else it is a naevus.
"""

from __future__ import annotations

import numpy as np

from medassay.benchmarks.phantom.scene import (
    SIDES,
    Canvas,
    Colour,
    Floats,
    Lesion,
    Truth,
    generator,
    person,
    smooth_noise,
    smoothstep,
)

DIAGNOSES = ("clear skin", "naevus", "melanoma")
SIGNS = ("asymmetry", "irregular border", "several colours")
SKIN_TONES = ("light", "medium", "dark")

_SKIN: dict[str, Colour] = {
    "light": (0.93, 0.76, 0.66),
    "medium": (0.76, 0.56, 0.42),
    "dark": (0.50, 0.34, 0.25),
}
_PIGMENT: dict[str, Colour] = {
    "light": (0.50, 0.29, 0.18),
    "medium": (0.37, 0.21, 0.13),
    "dark": (0.20, 0.11, 0.08),
}
_RULER = 96  # the outline is measured on a grid of this many points across
_MOST = {"naevus": ((), (0,), (1,), (2,)), "melanoma": ((0, 1), (0, 2), (1, 2), (0, 1, 2))}


def _outline(geometry: dict[str, float], x: Floats, y: Floats) -> Floats:
    """Signed distance from the outline in units of the radius: below 0 inside. x (1, n), y (n, 1)."""
    across, down = (x - geometry["x"]) / geometry["radius"], (y - geometry["y"]) / geometry["radius"]
    distance = np.sqrt(across * across + down * down) - 1.0
    if geometry["asymmetry"]:
        lobe_x, lobe_y = across - geometry["lobe x"], down - geometry["lobe y"]
        distance = np.minimum(distance, np.sqrt(lobe_x * lobe_x + lobe_y * lobe_y) - 0.62)
    if geometry["irregular border"]:
        ragged = generator("phantom", "border", int(geometry["border"]))
        distance = distance + 0.55 * smooth_noise(ragged, 18, x, y)
    return distance


def _measure(geometry: dict[str, float]) -> tuple[Lesion, float]:
    """The box of the lesion and the diameter of the circle of equal area."""
    centres = (np.arange(_RULER) + 0.5) / _RULER
    inside = _outline(geometry, centres[None, :], centres[:, None]) < 0.0
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    lesion = Lesion(
        label="lesion",
        x0=int(columns[0]) / _RULER,
        y0=int(rows[0]) / _RULER,
        x1=(int(columns[-1]) + 1) / _RULER,
        y1=(int(rows[-1]) + 1) / _RULER,
    )
    area = int(inside.sum()) / _RULER**2
    return lesion, 2.0 * float(np.sqrt(area / np.pi))


def plan(rng: np.random.Generator, stratum: int, scale: float) -> Truth:
    """What an image shows. The diagnosis follows the stratum; `scale` shrinks the lesion."""
    sex, age_group = person(rng)
    tone = SKIN_TONES[rng.integers(3)]
    diagnosis = DIAGNOSES[stratum % 3]
    side = SIDES[rng.integers(2)]
    pattern = _MOST.get(diagnosis, ((),) * 4)[rng.integers(4)]
    signs = frozenset(SIGNS[k] for k in pattern)
    outward = -1.0 if side == "left" else 1.0
    geometry = {
        "x": 0.5 + outward * rng.uniform(0.14, 0.18),
        "y": 0.5 + rng.uniform(-0.06, 0.06),
        "radius": rng.uniform(0.12, 0.19) * scale,
        "lobe x": outward * rng.uniform(0.75, 0.9),
        "lobe y": (1.0 if rng.integers(2) else -1.0) * rng.uniform(0.75, 0.9),
        "border": float(rng.integers(2**31)),
        **{sign: float(sign in signs) for sign in SIGNS},
    }
    if diagnosis == "clear skin":
        return Truth(
            specialty="dermoscopy",
            diagnosis=diagnosis,
            findings=frozenset(),
            skin_tone=tone,
            geometry=geometry,
            sex=sex,
            age_group=age_group,
        )
    lesion, diameter = _measure(geometry)
    return Truth(
        specialty="dermoscopy",
        diagnosis=diagnosis,
        findings=signs | {"lesion"},
        side=side,
        lesions=(lesion,),
        measurements={"lesion diameter": 100.0 * diameter},
        geometry=geometry,
        skin_tone=tone,
        sex=sex,
        age_group=age_group,
    )


def draw(truth: Truth, size: int, rng: np.random.Generator) -> Canvas:
    """The image without noise."""
    tone = truth.skin_tone or "light"
    canvas = Canvas(size, _SKIN[tone])
    mottle = smooth_noise(rng, 8, canvas.x, canvas.y)
    canvas.pixels += 0.03 * mottle[:, :, None]
    if not truth.lesions:
        return canvas
    geometry = dict(truth.geometry)
    soft = 0.012 / geometry["radius"]
    mask = 1.0 - smoothstep(-soft, soft, _outline(geometry, canvas.x, canvas.y))
    canvas.blend(mask, _PIGMENT[tone])
    canvas.pixels += (mask * 0.04 * smooth_noise(rng, 14, canvas.x, canvas.y))[:, :, None]
    if "several colours" in truth.findings:
        radius, x, y = geometry["radius"], geometry["x"], geometry["y"]
        for (dx, dy), colour in (((-0.42, -0.30), (0.45, 0.50, 0.62)), ((0.40, 0.32), (0.72, 0.26, 0.22))):
            patch = canvas.disc_mask(x + dx * radius, y + dy * radius, (0.48 * radius, 0.42 * radius), 0.05)
            canvas.blend(patch * mask, colour)
    return canvas
