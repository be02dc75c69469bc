"""An image with nothing on it: what a model must not answer from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from medassay.types import Op

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def noise(seed: int, *, sd: float) -> Op:
    """The operation that puts noise in place of a picture.

    Every value of every channel is drawn from a normal distribution of mean 0 and clipped to [0, 1].

    Args:
        seed: of the draw; equal seeds give equal noise on pictures of one size.
        sd: in units of the full range. 1 as MMed-RAG draws it (Xia et al. 2024, arXiv 2410.13085); 10, as
            MMedPO does (Zhu et al. 2024, arXiv 2412.06141), leaves values of 0 and 1 almost alone.
    """
    return Op(name="noise", seed=seed, parameters=(("sd", sd),))


def replaced(picture: Picture, op: Op) -> Picture:
    """Noise of the picture's size, in RGB."""
    import PIL.Image

    sd = float(dict(op.parameters)["sd"])
    shape = (picture.height, picture.width, 3)
    drawn = np.clip(np.random.default_rng(op.seed).normal(0.0, sd, shape), 0.0, 1.0)
    return PIL.Image.fromarray(np.rint(drawn * 255).astype(np.uint8))
