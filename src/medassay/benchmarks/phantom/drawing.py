"""An address of a phantom image is its whole recipe: `phantom:chest?seed=0&index=4&size=64&...`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode

import numpy as np

from medassay.benchmarks.phantom import chest, dermoscopy, detection, fundus, histology
from medassay.benchmarks.phantom.scene import Canvas, Pixels, Scene, Truth, generator
from medassay.errors import ImageError

SCHEME = "phantom"
SPECIALTIES = ("chest", "fundus", "dermoscopy", "histology")

Planner = Callable[[np.random.Generator, int, float], Truth]
Painter = Callable[[Truth, int, np.random.Generator], Canvas]
_PLAN: Mapping[str, Planner] = {
    "chest": chest.plan,
    "fundus": fundus.plan,
    "dermoscopy": dermoscopy.plan,
    "histology": histology.plan,
    "detection": detection.plan,
}
_DRAW: Mapping[str, Painter] = {
    "chest": chest.draw,
    "fundus": fundus.draw,
    "dermoscopy": dermoscopy.draw,
    "histology": histology.draw,
    "detection": detection.draw,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What determines an image.

    `contrast` scales the image about mid-grey, `noise` is the standard deviation of white noise (1 is the
    full range), `scale` shrinks the lesions. The truth depends on specialty, seed, index and scale alone.
    """

    specialty: str
    seed: int = 0
    index: int = 0
    size: int = 64
    contrast: float = 1.0
    noise: float = 0.02
    scale: float = 1.0

    @property
    def name(self) -> str:
        """The image, however it is rendered: the unit that is resampled."""
        return f"phantom-{self.seed}-{'d' if self.specialty == 'detection' else ''}{self.index}"

    @property
    def uri(self) -> str:
        """The address."""
        numbers = {
            "seed": self.seed,
            "index": self.index,
            "size": self.size,
            "contrast": repr(self.contrast),
            "noise": repr(self.noise),
            "scale": repr(self.scale),
        }
        return f"{SCHEME}:{self.specialty}?{urlencode(numbers)}"

    @classmethod
    def parse(cls, uri: str) -> Recipe:
        """The recipe in an address; what is left out has its default.

        Raises:
            ImageError: the address does not name an image that can be drawn.
        """
        specialty, _, query = uri.removeprefix(SCHEME + ":").partition("?")
        given = dict(parse_qsl(query, keep_blank_values=True))
        try:
            unknown = sorted(given.keys() - {f.name for f in fields(cls)} | given.keys() & {"specialty"})
            if specialty not in _PLAN or unknown:
                raise ValueError(f"{specialty!r}, {unknown}")
            recipe = cls(
                specialty=specialty,
                seed=int(given.get("seed", 0)),
                index=int(given.get("index", 0)),
                size=int(given.get("size", 64)),
                contrast=float(given.get("contrast", 1.0)),
                noise=float(given.get("noise", 0.02)),
                scale=float(given.get("scale", 1.0)),
            )
            if not (
                8 <= recipe.size <= 4096 and recipe.index >= 0 and recipe.noise >= 0 and 0 < recipe.scale <= 1
            ):
                raise ValueError("out of range")
        except ValueError as error:
            raise ImageError(
                f"{uri} is no phantom image ({error}): write phantom:{'|'.join(_PLAN)}"
                "?seed=&index=&size=&contrast=&noise=&scale="
            ) from error
        return recipe


@functools.lru_cache(maxsize=4096)
def _truth(specialty: str, seed: int, index: int, scale: float) -> Truth:
    rng = generator(SCHEME, "plan", specialty, seed, index)
    return _PLAN[specialty](rng, index // len(SPECIALTIES), scale)


def truth(recipe: Recipe) -> Truth:
    """What the image will show, without drawing it."""
    return _truth(recipe.specialty, recipe.seed, recipe.index, recipe.scale)


def signal(recipe: Recipe) -> Canvas:
    """The image before contrast and noise."""
    texture = generator(SCHEME, "texture", recipe.specialty, recipe.seed, recipe.index)
    return _DRAW[recipe.specialty](truth(recipe), recipe.size, texture)


def scene(recipe: Recipe) -> Scene:
    """The image and its truth."""
    values = 0.5 + recipe.contrast * (signal(recipe).pixels - 0.5)
    grain = generator(SCHEME, "noise", recipe.specialty, recipe.seed, recipe.index)
    values = values + recipe.noise * grain.standard_normal(values.shape[:2])[:, :, None]
    pixels: Pixels = np.clip(np.floor(values * 255.0 + 0.5), 0.0, 255.0).astype(np.uint8)
    return Scene(pixels=pixels, truth=truth(recipe))


def render(uri: str) -> Pixels:
    """The opener of `phantom:` addresses: uint8, (size, size, 3).

    Raises:
        ImageError: the address does not name an image that can be drawn.
    """
    return scene(Recipe.parse(uri)).pixels
