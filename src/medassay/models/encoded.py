"""Vectors of images, each image encoded once, ever, per encoder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from medassay.errors import ImageError
from medassay.images import resolve
from medassay.models.batching import Failure
from medassay.models.encoder import VectorEncoder
from medassay.store.vectors import VectorStore
from medassay.types import FloatArray, Image, fingerprint

DEFAULT_FEATURES = Path(".medassay") / "features"
_AT_ONCE = 256  # images that are encoded before their vectors are kept


def features_path(folder: str | Path | None = None) -> Path:
    """Where vectors are kept: the folder that was given, `$MEDASSAY_FEATURES`, or beside the answers."""
    return Path(folder or os.environ.get("MEDASSAY_FEATURES") or DEFAULT_FEATURES)


class Encoded:
    """An encoder that remembers.

    Args:
        encoder: Gives a vector for an image.
        folder: Holds a folder of vectors for each encoder.
    """

    def __init__(self, encoder: VectorEncoder, folder: str | Path | None = None) -> None:
        self.encoder = encoder
        self._kept = VectorStore(features_path(folder) / fingerprint(encoder.identity)[:16])
        self.fresh = 0  # images that had to be encoded

    def each(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, vector (d,), not normalised) for every image once; what cannot be read yields why.

        Raises:
            ModelError: the weights cannot be loaded.
            StoreError: the vectors cannot be kept.
        """
        waiting: list[tuple[int, str, Image]] = []
        for index, image in enumerate(images):
            try:
                known = resolve(image)
            except ImageError as error:
                yield index, Failure(f"ImageError: {error}")
                continue
            key = fingerprint(known.content())
            vector = self._kept.get(key)
            if vector is not None:
                yield index, vector
            else:
                waiting.append((index, key, known))
        rest = iter(waiting)
        while chunk := list(islice(rest, _AT_ONCE)):
            yield from self._encode(chunk)

    def _encode(self, chunk: Sequence[tuple[int, str, Image]]) -> Iterator[tuple[int, FloatArray | Failure]]:
        distinct = {key: image for _, key, image in chunk}
        self.encoder.load()
        found = dict(self.encoder.each_vector(list(distinct.values())))
        by_key = dict(zip(distinct, (found[place] for place in range(len(distinct))), strict=True))
        self._kept.put({key: vector for key, vector in by_key.items() if not isinstance(vector, Failure)})
        self.fresh += len(distinct)
        for index, key, _ in chunk:
            yield index, by_key[key]
