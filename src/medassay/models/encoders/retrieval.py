"""What BLIP and BLIP-2 share: two scores of one checkpoint, by vectors (ITC) or by a matching head (ITM)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from medassay.models.batching import Failure
from medassay.models.encoder import Ensemble, every
from medassay.models.encoders.transformers import TransformersEncoder
from medassay.types import FloatArray, Image

_TEMPERATURE = 0.07


class RetrievalEncoder(TransformersEncoder):
    """The score by vectors: a cosine divided by 0.07.

    That is where the learned temperature starts (`temp` in the LAVIS library); the checkpoints of
    transformers leave the learned value out, so the order of choices is the model's own, and the height of
    their probabilities is not.
    """

    image_tower = "vision_model."

    @property
    def identity(self) -> Mapping[str, Any]:
        """That of the checkpoint, which of its two scores is meant, and the temperature."""
        return {**super().identity, "score": "contrastive", "temperature": _TEMPERATURE}

    @property
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit."""
        return 1 / _TEMPERATURE, 0.0

    def differentiable(self, model: Any, images: list[Image]) -> Any:
        """The vectors of images by a copy of the model, not normalised, a tensor (n, d) with its gradient."""
        return self._vectors(model, self._pixels(images)["pixel_values"].to(model.device))

    @abstractmethod
    def _vectors(self, model: Any, pixel_values: Any) -> Any:
        """The vector of each image by this model."""

    def _tokens(self, images: list[Image]) -> Sequence[FloatArray]:
        """What a matching head attends to in each image, (tokens, hidden)."""
        return self._run(self._see, self._pixels(images))

    def _see(self, pixel_values: Any) -> Any:
        return self._model.vision_model(pixel_values=pixel_values).last_hidden_state


class Matching(RetrievalEncoder):
    """Stands before an encoder of vectors: ranks by its matching head, and keeps its features.

    The head has two classes, no match and match; a logit here is the log-odds of match, so its sigmoid is
    the head's softmax. A pair costs a pass of its own: what vectors do for n images and m texts in n + m
    passes takes n * m.
    """

    sigmoid = True

    @property
    def identity(self) -> Mapping[str, Any]:
        """That of the encoder, and that its matching head is asked, which has no temperature."""
        vectors = {name: value for name, value in super().identity.items() if name != "temperature"}
        return {**vectors, "score": "matching"}

    @abstractmethod
    def _log_odds(self, tokens: FloatArray, texts: list[str]) -> Sequence[FloatArray]:
        """Log-odds that the image matches, for each text."""

    def each_image(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, tokens) as each is done; an image that cannot be encoded yields why."""
        yield from self._image_batcher.each(images, self._tokens)

    def score(self, images: Sequence[Image], texts: Sequence[str], /) -> FloatArray:
        """Log-odds of match, (images, texts).

        Raises:
            ModelError: an image or a text cannot be encoded.
        """
        self.load()
        rows = [self._row(tokens, texts) for tokens in every(self._image_batcher, images, self._tokens)]
        return np.array(rows, np.float32).reshape(len(images), len(texts))

    def rank(self, seen: Sequence[FloatArray], ensembles: Sequence[Ensemble]) -> FloatArray:
        """Log-odds of choices, (choices,): the mean over the texts of a choice and the images of a request.

        Raises:
            ModelError: a text cannot be encoded.
        """
        texts = list(dict.fromkeys(text for ensemble in ensembles for text in ensemble))
        odds = dict(zip(texts, np.mean([self._row(tokens, texts) for tokens in seen], axis=0), strict=True))
        return np.array([np.mean([odds[text] for text in ensemble]) for ensemble in ensembles])

    def _row(self, tokens: FloatArray, texts: Sequence[str]) -> list[FloatArray]:
        return every(self._text_batcher, texts, partial(self._log_odds, tokens))


def match_odds(logits: Any) -> Any:
    """The log-odds of match, from logits of (no match, match) along the last axis."""
    return logits[..., 1].float() - logits[..., 0].float()
