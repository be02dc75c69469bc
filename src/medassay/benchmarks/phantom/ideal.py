"""How well the best possible observer can tell a known signal from white Gaussian noise, in the pixels given.

For a signal s and noise of covariance K the ideal observer's detectability is d'^2 = s^T K^-1 s, and its
AUROC is Phi(d' / sqrt 2) (Barrett & Myers, Foundations of Image Science, 2004, chapter 13). What a model is
given is not that image: it has been rounded to 8 bits and perhaps resized and rounded again, so d' is
computed for the pixels as delivered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from medassay.benchmarks.phantom.drawing import SPECIALTIES, Recipe, signal, truth
from medassay.types import FloatArray

ROUNDING = 1 / 12
"""The variance that rounding to whole grey levels adds, white where the noise spans a level or more."""

_HEADROOM = 4.0  # standard deviations to black and white: what is clipped beyond carries nothing to speak of


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """A linear, separable resize: new image = `rows` @ image @ `columns`.T, rounded to grey levels."""

    rows: FloatArray  # (new height, height)
    columns: FloatArray  # (new width, width)


def bicubic(size: int, new_size: int) -> Resize:
    """The resize of a square image as Pillow does it (antialiased bicubic), read off unit images."""
    from PIL import Image

    unit = Image.fromarray(np.eye(size, dtype=np.float32))
    matrix = np.asarray(unit.resize((size, new_size), Image.Resampling.BICUBIC), dtype=np.float64)
    return Resize(rows=matrix, columns=matrix)


def ideal_d_prime(template: FloatArray, sigma: float, *, resize: Resize | None = None) -> float:
    """The d' of the ideal observer of 8-bit images that hold `template` on mid-grey, or do not.

    The noise is sigma^2 + 1/12 per pixel after rounding. A resize R turns it into R K R^T, and its own
    rounding adds 1/12: d'^2 = (R s)^T (R K R^T + I/12)^-1 (R s), which a singular value decomposition of
    the two factors of R makes a sum over pixels.

    Args:
        template: (height, width) in grey levels.
        sigma: standard deviation of the noise in grey levels, per pixel and independent.
        resize: what the model does to the image before it looks.

    Raises:
        ValueError: noise below one grey level (rounding is not white) or so strong that clipping matters.
    """
    peak = float(np.abs(template).max(initial=0.0))
    if sigma < 1.0 or 127.0 - peak < _HEADROOM * sigma:
        raise ValueError(f"no closed form for noise of {sigma:g} grey levels: give 1 to {127 / _HEADROOM:g}")
    variance = sigma**2 + ROUNDING
    if resize is None:
        return math.sqrt(float((template**2).sum()) / variance)
    _, gain_y, basis_y = np.linalg.svd(resize.rows, full_matrices=False)
    _, gain_x, basis_x = np.linalg.svd(resize.columns, full_matrices=False)
    gain = np.outer(gain_y, gain_x)
    seen = gain * (basis_y @ template @ basis_x.T)
    return math.sqrt(float((seen**2 / (variance * gain**2 + ROUNDING)).sum()))


def ideal_of(recipe: Recipe, resized: int = 0) -> float:
    """The ideal d' of detection images, for a model that resizes them to `resized` (0: does not)."""
    index = next(k for k in range(2 * len(SPECIALTIES)) if truth(replace(recipe, index=k)).lesions)
    clean = signal(replace(recipe, index=index)).pixels[:, :, 0] - 0.5
    resize = bicubic(recipe.size, resized) if resized not in {0, recipe.size} else None
    return ideal_d_prime(255.0 * recipe.contrast * clean, 255.0 * recipe.noise, resize=resize)


def auroc_of(d_prime: float) -> float:
    """Phi(d' / sqrt 2): the AUROC of two normal distributions d' standard deviations apart."""
    return (1.0 + math.erf(d_prime / 2.0)) / 2.0
