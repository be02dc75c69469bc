"""The closed form of the best possible observer, against observers that are simulated exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from medassay.benchmarks.phantom.drawing import Recipe, scene, signal, truth
from medassay.benchmarks.phantom.ideal import Resize, auroc_of, bicubic, ideal_d_prime, ideal_of
from medassay.metrics.ranking import auroc

LEVELS = np.arange(256)
DRAWS = 4000


def spot(size: int, peak: float) -> NDArray[np.float64]:
    axis = np.linspace(-1, 1, size)
    shape: NDArray[np.float64] = np.maximum(1 - (axis[:, None] ** 2 + axis[None, :] ** 2), 0) ** 2
    return peak * shape


def log_mass(mean: float, sigma: float) -> NDArray[np.float64]:
    """Log-probability of each grey level after rounding and clipping, (256,)."""
    edges = ndtr((np.arange(257) - 0.5 - mean) / sigma)
    edges[0], edges[-1] = 0.0, 1.0
    mass: NDArray[np.float64] = np.log(np.maximum(np.diff(edges), 1e-300))
    return mass


def simulated(template: NDArray[np.float64], sigma: float) -> tuple[float, float]:
    """AUROC of the exact likelihood ratio of the 8-bit pixels, and its standard error."""
    rng = np.random.default_rng(1)
    flat = template.ravel()
    present = np.arange(2 * DRAWS) % 2 == 1
    values = 127.5 + present[:, None] * flat + sigma * rng.standard_normal((2 * DRAWS, flat.size))
    pixels = np.clip(np.floor(values + 0.5), 0, 255).astype(np.intp)
    ratio = np.stack([log_mass(127.5 + s, sigma) - log_mass(127.5, sigma) for s in flat])
    score = ratio[np.arange(flat.size), pixels].sum(axis=1)
    area = float(auroc(present, score, np.ones((1, 2 * DRAWS)))[0])
    return area, np.sqrt(area * (1 - area) / DRAWS)


@pytest.mark.parametrize(("sigma", "peak"), [(1.0, 0.5), (3.0, 1.2), (20.4, 8.0)])
def test_the_closed_form_is_what_the_exact_observer_reaches(sigma: float, peak: float):
    template = spot(9, peak)
    area, error = simulated(template, sigma)
    assert 0.6 < area < 0.99
    assert area == pytest.approx(auroc_of(ideal_d_prime(template, sigma)), abs=3 * error)


def test_rounding_costs_what_a_twelfth_of_a_level_costs():
    template = spot(9, 0.5)
    bare = np.sqrt((template**2).sum())
    assert ideal_d_prime(template, 1.0) == pytest.approx(bare / np.sqrt(1 + 1 / 12))


def test_a_resize_is_counted_as_the_covariance_says():
    rng = np.random.default_rng(2)
    template = rng.normal(size=(6, 5))
    resize = Resize(rows=rng.normal(size=(4, 6)), columns=rng.normal(size=(7, 5)))
    whole = np.kron(resize.rows, resize.columns)
    covariance = (9 + 1 / 12) * whole @ whole.T + np.eye(len(whole)) / 12
    seen = whole @ template.ravel()
    expected = np.sqrt(seen @ np.linalg.solve(covariance, seen))
    assert ideal_d_prime(template, 3.0, resize=resize) == pytest.approx(expected)


@pytest.mark.parametrize("new_size", [8, 24, 64])
def test_the_resize_is_the_one_of_pillow(new_size: int):
    from PIL import Image

    image = np.random.default_rng(3).normal(size=(32, 32)).astype(np.float32)
    expected = Image.fromarray(image).resize((new_size, new_size), Image.Resampling.BICUBIC)
    resize = bicubic(32, new_size)
    assert resize.rows @ image @ resize.columns.T == pytest.approx(np.asarray(expected), abs=1e-4)


def test_resizing_never_adds_information():
    recipe = Recipe(specialty="detection", noise=0.08)
    best = ideal_of(recipe)
    assert best > ideal_of(recipe, 32) > ideal_of(recipe, 16) > ideal_of(recipe, 8)
    assert best > ideal_of(recipe, 224) > 0.99 * best
    assert ideal_of(recipe, 64) == best


@pytest.mark.parametrize("sigma", [0.3, 40.0])
def test_no_closed_form_is_claimed_where_there_is_none(sigma: float):
    with pytest.raises(ValueError, match="no closed form"):
        ideal_d_prime(spot(9, 4.0), sigma)


def test_the_rendered_images_hold_what_the_ideal_says():
    """A matched filter, which is ideal here, on images as a model is given them."""
    recipes = [Recipe(specialty="detection", seed=7, index=k, noise=0.08) for k in range(1200)]
    template = signal(recipes[4]).pixels[:, :, 0] - 0.5
    assert truth(recipes[4]).lesions
    score = np.array([float((scene(r).pixels[:, :, 0] * template).sum()) for r in recipes])
    present = np.array([bool(truth(r).lesions) for r in recipes])
    area = float(auroc(present, score, np.ones((1, 1200)))[0])
    assert area == pytest.approx(auroc_of(ideal_of(recipes[0])), abs=3 * np.sqrt(0.93 * 0.07 / 600))
