"""Vectors of questions with their images, made once and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from medassay.images import resolve
from medassay.models.encoded import features_path
from medassay.models.joint import Joint
from medassay.splits.counting import text_of
from medassay.store.vectors import VectorStore
from medassay.types import Case, FloatArray, fingerprint

_AT_ONCE = 64  # questions between two writes


class Encoder(Protocol):
    """What makes vectors; `fingerprint` names its weights and all else that changes them."""

    @property
    def fingerprint(self) -> str:
        """The hash of what it is."""

    def embed(self, items: Sequence[Joint]) -> Iterator[tuple[int, FloatArray]]:
        """Yield (index, (d,) vector)."""


def embedded(cases: Sequence[Case], encoder: Encoder, *, kept: Path | None = None) -> FloatArray:
    """(n, d) a vector of each question with its options and images.

    A vector is kept under the encoder and the content of text and images: it is computed once, and one that
    was made before a stop is not made again.

    Args:
        cases: the questions.
        encoder: what makes the vectors.
        kept: the folder of all vectors; `$MEDASSAY_FEATURES`, else `.medassay/features`.

    Raises:
        ImageError: an image cannot be read.
        ModelError: a question cannot be encoded.
        StoreError: the folder of the vectors cannot be used.
    """
    items: dict[str, Joint] = {}
    keys: list[str] = []
    for case in cases:
        images = tuple(resolve(image) for image in case.images)
        text = text_of(case)
        keys.append(fingerprint([text, [image.content() for image in images]]))
        items.setdefault(keys[-1], (text, images))
    store = VectorStore(features_path(kept) / encoder.fingerprint[:16])
    held = {key: vector for key in items if (vector := store.get(key)) is not None}
    missing = [key for key in items if key not in held]
    for start in range(0, len(missing), _AT_ONCE):
        part = missing[start : start + _AT_ONCE]
        found = encoder.embed([items[key] for key in part])
        fresh = {part[index]: np.asarray(vector, dtype=np.float32) for index, vector in found}
        store.put(fresh)
        held |= fresh
    return np.stack([held[key] for key in keys])
