"""Drawn pictures that differ as photographs do (no noise: that has no look), samples, and parts."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import PIL.Image
from PIL.Image import Image as Picture

from medassay.contracts.targets import fault
from medassay.hygiene.parts import Album, Part
from medassay.types import Choice, Image, Sample, Target


def picture(seed: int, *, size: int = 128) -> Picture:
    """Soft blobs, others for every seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    return PIL.Image.fromarray(coarse).resize((size, size), PIL.Image.Resampling.BICUBIC)


def encoded(held: Picture, *, quality: int | None = None) -> Image:
    """An image that travels in its handle: PNG, or JPEG of a quality."""
    buffer = io.BytesIO()
    if quality is None:
        held.save(buffer, format="PNG")
    else:
        held.save(buffer, format="JPEG", quality=quality)
    return Image(uri="inline:" + base64.b64encode(buffer.getvalue()).decode())


def asked(id: str, answer: str = "yes", *images: Image, **fields: Any) -> Sample:
    """A yes/no question, or another as the fields say; no patient is named unless they do."""
    held: dict[str, Any] = {"kind": "yes/no", "question": "Is it normal?", "target": Target(texts=(answer,))}
    return Sample(id=id, images=images, **(held | fields))


def choice(id: str, letter: str, labels: Sequence[str], **fields: Any) -> Sample:
    """A choice question without an image."""
    choices = tuple(Choice(label=label) for label in labels)
    return asked(id, letter, kind="choice", choices=choices, **fields)


def part(name: str, *samples: Sample, unit: str = "patient") -> Part:
    """A part as it is read."""
    with Album() as album:
        return album.part(name, samples, fault, unit=unit)
