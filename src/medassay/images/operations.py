"""The operations that an image's handle may name (`Op`), applied when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from medassay.types import Op

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

GREY = (128, 128, 128)


def blank(picture: Picture, _op: Op) -> Picture:
    """An even grey picture of the same size."""
    import PIL.Image

    return PIL.Image.new("RGB", picture.size, GREY)


def noise(picture: Picture, op: Op) -> Picture:
    """Noise of the picture's size in its place: every value of a normal distribution clipped to [0, 1]."""
    import PIL.Image

    shape = (picture.height, picture.width, 3)
    drawn = np.random.default_rng(op.seed).normal(0.0, float(dict(op.parameters)["sd"]), shape)
    return PIL.Image.fromarray(np.rint(np.clip(drawn, 0.0, 1.0) * 255).astype(np.uint8))


def noised(seed: int, *, sd: float) -> Op:
    """The operation that puts noise in place of a picture.

    Args:
        seed: of the draw; equal seeds give equal noise on pictures of one size.
        sd: in units of the full range. 1 as MMed-RAG draws it (Xia et al. 2024, arXiv 2410.13085); 10, as
            MMedPO does (Zhu et al. 2024, arXiv 2412.06141), leaves black and white almost alone.
    """
    return Op(name="noise", seed=seed, parameters=(("sd", sd),))
