"""Vectors of questions with their images, made once and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from medassay.images import resolve
from medassay.models.joint import Joint
from medassay.splits.classifier import text_of
from medassay.store.vectors import Vectors
from medassay.types import Case, FloatArray, fingerprint

KEPT = Path(".medassay") / "embeddings.db"
_AT_ONCE = 64  # questions between two writes


class Encoder(Protocol):
    """What makes vectors; `fingerprint` names its weights and all else that changes them."""

    @property
    def fingerprint(self) -> str:
        """The hash of what it is."""

    def embed(self, items: Sequence[Joint]) -> Iterator[tuple[int, FloatArray]]:
        """Yield (index, (d,) vector)."""


def embedded(cases: Sequence[Case], encoder: Encoder, *, kept: Path = KEPT) -> FloatArray:
    """(n, d) a vector of each question with its options and images.

    A vector is kept under the encoder and the content of text and images: it is computed once, and one that
    was made before a stop is not made again.

    Raises:
        ImageError: an image cannot be read.
        ModelError: a question cannot be encoded.
        StoreError: the file of the vectors cannot be used.
    """
    items: dict[str, Joint] = {}
    keys: list[str] = []
    for case in cases:
        images = tuple(resolve(image) for image in case.images)
        text = text_of(case)
        keys.append(fingerprint([encoder.fingerprint, text, [image.content() for image in images]]))
        items.setdefault(keys[-1], (text, images))
    store = Vectors(kept)
    held = store.get(list(items))
    missing = [key for key in items if key not in held]
    for start in range(0, len(missing), _AT_ONCE):
        part = missing[start : start + _AT_ONCE]
        fresh = {part[index]: vector for index, vector in encoder.embed([items[key] for key in part])}
        store.put(fresh)
    held = store.get(list(items))
    return np.stack([held[key] for key in keys])
