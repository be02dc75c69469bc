"""An address determines the pixels, and the pixels show what the truth says."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from medassay.benchmarks.phantom import dermoscopy
from medassay.benchmarks.phantom.drawing import SPECIALTIES, Recipe, render, scene, signal, truth
from medassay.benchmarks.phantom.scene import Floats, Truth, generator
from medassay.errors import ImageError
from medassay.images import open_image
from medassay.types import Image

SIZE = 128

PINNED = {  # the first 16 hex digits of SHA-256
    "phantom:chest?seed=0&index=8": "7b03d0cdbeb9f0c1",
    "phantom:fundus?seed=0&index=13": "f1c78b884e24e0ee",
    "phantom:dermoscopy?seed=0&index=22&size=96": "b577ed4b9ee1ebf3",
    "phantom:histology?seed=0&index=23&contrast=0.5&noise=0.1&scale=0.7": "e2890d359ce21c28",
    "phantom:detection?seed=0&index=4&noise=0.08": "52a8c828f3ce2c5d",
}

recipes = st.builds(
    Recipe,
    specialty=st.sampled_from([*SPECIALTIES, "detection"]),
    seed=st.integers(0, 2**40),
    index=st.integers(0, 2**20),
    size=st.integers(8, 96),
    contrast=st.floats(0.05, 1.0),
    noise=st.floats(0.0, 0.5),
    scale=st.floats(0.5, 1.0),
)


def drawn(specialty: str, *, many: int = 24, seed: int = 5) -> list[tuple[Truth, Floats, Recipe]]:
    found = []
    for k in range(many):
        recipe = Recipe(specialty=specialty, seed=seed, index=4 * k, size=SIZE)
        found.append((truth(recipe), signal(recipe).pixels, recipe))
    return found


@pytest.mark.parametrize(("uri", "digest"), PINNED.items())
def test_an_address_gives_the_same_bytes_for_ever(uri: str, digest: str):
    assert hashlib.sha256(render(uri).tobytes()).hexdigest()[:16] == digest


@given(recipe=recipes)
@settings(max_examples=25, deadline=None)
def test_an_address_is_the_whole_recipe(recipe: Recipe):
    assert Recipe.parse(recipe.uri) == recipe
    pixels = render(recipe.uri)
    assert pixels.shape == (recipe.size, recipe.size, 3)
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, render(recipe.uri))


def test_every_seed_and_index_is_another_image():
    uris = [Recipe(specialty="histology", seed=s, index=i).uri for s in range(8) for i in range(8)]
    assert len({render(uri).tobytes() for uri in uris}) == 64


def test_the_package_opens_its_own_addresses():
    picture = open_image(Image(uri="phantom:fundus?seed=3&size=32"))
    assert picture.size == (32, 32)
    assert picture.mode == "RGB"


@pytest.mark.parametrize(
    "uri",
    [
        "phantom:knee",
        "phantom:chest?seed=x",
        "phantom:chest?sed=1",
        "phantom:chest?size=100000",
        "phantom:chest?noise=nan",
        "phantom:chest?scale=0",
    ],
)
def test_a_bad_address_is_one_clear_error(uri: str):
    with pytest.raises(ImageError, match="no phantom image"):
        render(uri)


def test_truth_does_not_depend_on_how_the_image_is_rendered():
    recipe = Recipe(specialty="dermoscopy", seed=9, index=6)
    assert truth(recipe) is truth(replace(recipe, size=300, contrast=0.2, noise=0.4))


def lesion_pixels(known: Truth, pixels: Floats) -> Floats:
    """How much each pixel is lesion, about 1 inside and 0 outside."""
    if known.specialty == "chest":
        return (pixels[:, :, 0] - 0.70) / 0.25 if known.lesions else np.zeros(pixels.shape[:2])
    if known.specialty == "fundus":
        centres = (np.arange(SIZE) + 0.5) / SIZE - 0.5
        inside = centres[None, :] ** 2 + centres[:, None] ** 2 < 0.45**2
        return inside * (0.70 - pixels[:, :, 0]) / 0.42
    unstained = 1.0 - (1.0 - pixels) / known.geometry["stain"]
    return (0.62 - unstained[:, :, 0]) / 0.40 - (unstained[:, :, 1] > 0.34)


@pytest.mark.parametrize("specialty", ["chest", "fundus", "histology"])
def test_as_many_lesions_are_seen_as_there_are_and_where_they_are(specialty: str):
    for known, pixels, recipe in drawn(specialty):
        seen, count = ndimage.label(lesion_pixels(known, pixels) > 0.5)
        boxes = [lesion.box(SIZE) for lesion in known.lesions]
        assert count == len(boxes), recipe.uri
        for found in ndimage.find_objects(seen):
            rows, columns = found
            gap = min(
                max(
                    abs(columns.start - b.x0),
                    abs(columns.stop - b.x1),
                    abs(rows.start - b.y0),
                    abs(rows.stop - b.y1),
                )
                for b in boxes
            )
            assert gap <= 1.6, recipe.uri
        on_the_left = [box.x1 < SIZE / 2 for box in boxes]
        assert on_the_left == [known.side == "left"] * len(boxes)


def test_the_cup_to_disc_ratio_is_that_of_the_pixels():
    for known, pixels, recipe in drawn("fundus"):
        disc, cup = (pixels[:, :, 1] > 0.51).sum(), (pixels[:, :, 2] > 0.60).sum()
        assert np.sqrt(cup / disc) == pytest.approx(known.measurements["cup-to-disc ratio"], abs=0.03), (
            recipe.uri
        )
        assert (known.diagnosis == "glaucoma") == (known.measurements["cup-to-disc ratio"] > 0.5)


def test_the_cardiothoracic_ratio_is_that_of_the_pixels():
    for known, pixels, recipe in drawn("chest"):
        if known.side == "right":
            continue  # fluid hides the edge of the heart there
        row = pixels[int(0.70 * SIZE), int(0.52 * SIZE) :, 0]
        half = (np.argmax(row < 0.455) + int(0.52 * SIZE)) / SIZE - 0.52
        assert 2 * half / 0.76 == pytest.approx(known.measurements["cardiothoracic ratio"], abs=0.035), (
            recipe.uri
        )
        assert (known.diagnosis == "enlarged heart") == (known.measurements["cardiothoracic ratio"] > 0.5)


def test_the_lesion_of_the_skin_is_as_large_as_stated():
    for known, pixels, recipe in drawn("dermoscopy"):
        bare = dermoscopy.draw(
            replace(known, lesions=()),
            SIZE,
            generator("phantom", "texture", "dermoscopy", recipe.seed, recipe.index),
        )
        inside = np.abs(pixels - bare.pixels).max(axis=2) > 0.10
        if not known.lesions:
            assert not inside.any()
            continue
        diameter = 200 * np.sqrt(inside.sum() / np.pi) / SIZE
        assert diameter == pytest.approx(known.measurements["lesion diameter"], rel=0.08), recipe.uri
        signs = known.findings & set(dermoscopy.SIGNS)
        assert known.diagnosis == ("melanoma" if len(signs) >= 2 else "naevus")


def test_contrast_and_noise_are_what_the_address_says():
    easy = Recipe(specialty="chest", seed=2, size=96, noise=0.0)
    flat = scene(replace(easy, contrast=0.5)).pixels.astype(float)
    assert flat == pytest.approx(127.5 + 0.5 * (scene(easy).pixels - 127.5), abs=1.0)
    grain = scene(replace(easy, contrast=0.5, noise=0.05)).pixels - flat
    assert grain.std() == pytest.approx(0.05 * 255, rel=0.03)
