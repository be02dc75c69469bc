"""What every encoder does with the vectors that its family gives: batches, a cache of texts, logits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from medassay.errors import ModelError
from medassay.models.batching import Batcher, Failure
from medassay.types import FloatArray, Image

Ensemble = tuple[str, ...]
"""The texts that stand for one choice."""
_MOST_TEXTS = 65_536  # cached text vectors; 128 MB at 512 dimensions


@runtime_checkable
class Trainable(Protocol):
    """An encoder whose image tower can be trained; `image_tower` begins the names of its modules."""

    name: str
    image_tower: str

    def trainable(self) -> Any:
        """A copy of the model that may be changed; `differentiable` runs it."""
        ...

    def differentiable(self, model: Any, images: list[Image]) -> Any:
        """The vectors of images by a copy of the model, not normalised, a tensor (n, d) with its gradient."""
        ...


class VectorEncoder(ABC):
    """An `Encoder` whose images and texts are vectors of one space.

    A family says how vectors are made (`_images`, `_texts`), what scales them (`scale_and_bias`), what it
    is (`identity`) and how its weights are read (`load`).

    Attributes:
        name: How it is called in reports.
        sigmoid: A pair's probability is sigmoid(logit), each pair by itself (Zhai et al. 2023); else a
            softmax over exclusive texts (Radford et al. 2021).
        has_texts: False: it sees images only, so it gives features and ranks nothing.
        one_vector: False: it ranks by more than one vector of an image, whose mean is its feature.

    Args:
        name: How it is called in reports.
        batch: The most images or texts in one batch.
    """

    sigmoid: bool = False
    has_texts: bool = True
    one_vector: bool = True

    def __init__(self, *, name: str, batch: int) -> None:
        self.name = name
        self._image_batcher, self._text_batcher = Batcher(batch), Batcher(batch)
        self._ensembles: dict[Ensemble, FloatArray] = {}

    @property
    @abstractmethod
    def identity(self) -> Mapping[str, Any]:
        """Weights, configuration, processor, number format, and which score is meant where it has two."""

    @abstractmethod
    def load(self) -> None:
        """Read the weights now; otherwise the first use does it.

        Raises:
            ModelError: they are damaged or do not fit the configuration.
        """

    @property
    @abstractmethod
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit: logit = scale * cosine + bias."""

    @abstractmethod
    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        """The vector of each image, not normalised."""

    @abstractmethod
    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        """The vector of each text, not normalised."""

    def features(self, items: Sequence[Image] | Sequence[str], /, *, normalise: bool = True) -> FloatArray:
        """One vector per item, float32, (n, d); of unit length when normalised.

        Raises:
            ModelError: an item has no features; says why.
            ImageError: an image cannot be read.
        """
        self.load()  # damaged weights are not the fault of an item
        if not items:
            return np.zeros((0, self._width), np.float32)
        if isinstance(items[0], str):
            vectors = np.stack(every(self._text_batcher, items, self._texts))
        else:
            vectors = np.stack(every(self._image_batcher, items, self._images))
        return unit(vectors) if normalise else vectors

    def each_image(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, what `rank` needs of it) as each is done; what cannot be encoded yields why."""
        for index, vector in self.each_vector(images):
            yield index, vector if isinstance(vector, Failure) else unit(vector)

    def each_vector(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, vector, not normalised) as each is done; what cannot be encoded yields why."""
        yield from self._image_batcher.each(images, self._images)

    def score(self, images: Sequence[Image], texts: Sequence[str], /) -> FloatArray:
        """Logits, (images, texts), as the model's own forward pass gives them."""
        return self.logits(self.features(images), self.features(texts))

    def logits(self, images: FloatArray, texts: FloatArray) -> FloatArray:
        """Logits of unit vectors: (n, d) and (m, d) to (n, m), with the model's own scale and bias."""
        scale, bias = self.scale_and_bias
        return np.asarray(scale * (images @ texts.T) + bias)

    def rank(self, seen: Sequence[FloatArray], ensembles: Sequence[Ensemble]) -> FloatArray:
        """Logits of choices, (choices,), for the images of one request as `each_image` gave them.

        A choice is the mean of the unit vectors of its texts, brought back to unit length; several images
        likewise. The vectors of choices are kept, so a set of prompts is encoded once.

        Raises:
            ModelError: a text cannot be encoded.
        """
        image = unit(np.mean(seen, axis=0))[None]
        return np.asarray(self.logits(image, self._choices(ensembles))[0])

    def _choices(self, ensembles: Sequence[Ensemble]) -> FloatArray:
        """One unit vector per choice, (choices, d)."""
        fresh = list(dict.fromkeys(e for e in ensembles if e not in self._ensembles))
        if len(self._ensembles) + len(fresh) > _MOST_TEXTS:
            self._ensembles.clear()
            fresh = list(dict.fromkeys(ensembles))
        if fresh:
            vectors = self.features([text for ensemble in fresh for text in ensemble])
            borders = np.cumsum([len(ensemble) for ensemble in fresh])[:-1]
            for ensemble, part in zip(fresh, np.split(vectors, borders), strict=True):
                self._ensembles[ensemble] = unit(part.mean(axis=0))
        return np.stack([self._ensembles[ensemble] for ensemble in ensembles])

    @property
    def _width(self) -> int:
        return int(self.features(["a"]).shape[1])


def unit(vectors: FloatArray) -> FloatArray:
    """Vectors of length 1 along the last axis."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def every(batcher: Batcher, items: Sequence[Any], run: Callable[[list[Any]], Sequence[Any]]) -> list[Any]:
    """The results of all items, in order; one that fails fails them all."""
    found: list[Any] = [None] * len(items)
    for index, result in batcher.each(items, run):
        if isinstance(result, Failure):
            raise ModelError(f"item {index} cannot be encoded: {result.error}")
        found[index] = result
    return found
