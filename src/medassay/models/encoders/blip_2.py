"""BLIP-2 for retrieval: a querying transformer between image and text; by vectors or by a matching head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from medassay.models.batching import Failure
from medassay.models.encoder import unit
from medassay.models.encoders.retrieval import Matching, RetrievalEncoder, match_odds
from medassay.types import FloatArray, Image


class Blip2Encoder(RetrievalEncoder):
    """BLIP-2's vectors (Li et al. 2023): an image has one for each query, and a text is near its nearest.

    `features` of an image is the mean of its queries' unit vectors; `score` takes the maximum over queries.
    """

    _class = "Blip2ForImageTextRetrieval"
    one_vector = False

    def features(self, items: Sequence[Image] | Sequence[str], /, *, normalise: bool = True) -> FloatArray:
        """One vector per item, float32, (n, d); of an image the mean of its queries' unit vectors.

        Raises:
            ModelError: an item has no features; says why.
            ImageError: an image cannot be read.
        """
        vectors = super().features(items, normalise=False)
        if vectors.ndim == 3:  # (images, queries, d)
            vectors = unit(vectors).mean(axis=1)
        return unit(vectors) if normalise else vectors

    def each_image(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, the unit vectors of its queries) as each is done; else why there are none."""
        for index, vectors in super().each_vector(images):
            yield index, vectors if isinstance(vectors, Failure) else unit(vectors)

    def each_vector(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, vector (d,)) as each is done: the mean of its queries' unit vectors."""
        for index, vectors in self.each_image(images):
            yield index, vectors if isinstance(vectors, Failure) else vectors.mean(axis=0)

    def score(self, images: Sequence[Image], texts: Sequence[str], /) -> FloatArray:
        """Logits, (images, texts), of the nearest query of each image."""
        return self.logits(unit(super().features(images, normalise=False)), self.features(texts))

    def logits(self, images: FloatArray, texts: FloatArray) -> FloatArray:
        """Logits of unit vectors: (n, queries, d) and (m, d) to (n, m), the maximum over queries."""
        scale, _ = self.scale_and_bias
        return np.asarray(scale * (images @ texts.T).max(axis=1))

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._run(partial(self._of_queries, self._model), self._pixels(images))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._run(self._text_vectors, self._words(texts, most=self._text_length))

    @property
    def _text_length(self) -> int:
        return int(self._model.config.qformer_config.max_position_embeddings)

    def _vectors(self, model: Any, pixel_values: Any) -> Any:
        import torch

        vectors = self._of_queries(model, pixel_values)
        return torch.nn.functional.normalize(vectors, dim=-1).mean(dim=1)

    def _of_queries(self, model: Any, pixel_values: Any) -> Any:
        queries = model.query_tokens.expand(len(pixel_values), -1, -1)
        seen = model.vision_model(pixel_values=pixel_values).last_hidden_state
        out = model.qformer(query_embeds=queries, encoder_hidden_states=seen)
        projection = model.vision_projection
        return projection(out.last_hidden_state.to(projection.weight.dtype))

    def _text_vectors(self, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
        out = self._model.qformer(
            query_embeds=self._model.embeddings(input_ids=input_ids),
            query_length=0,
            attention_mask=attention_mask,
        )
        projection = self._model.text_projection
        return projection(out.last_hidden_state[:, 0].to(projection.weight.dtype))


class Blip2Matcher(Matching, Blip2Encoder):
    """BLIP-2's matching head: queries attend to text and image; the mean over queries decides."""

    def _log_odds(self, tokens: FloatArray, texts: list[str]) -> Sequence[FloatArray]:
        import torch

        def call(image: Any, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
            queries = self._model.query_tokens.expand(len(texts), -1, -1)
            always = attention_mask.new_ones(queries.shape[:2])
            out = self._model.qformer(
                query_embeds=self._model.embeddings(input_ids=input_ids, query_embeds=queries),
                query_length=queries.shape[1],
                attention_mask=torch.cat([always, attention_mask], dim=1),
                encoder_hidden_states=image.expand(len(texts), -1, -1),
            )
            head = self._model.itm_head
            logits = head(out.last_hidden_state[:, : queries.shape[1]].to(head.weight.dtype))
            return match_odds(logits.mean(dim=1))

        words = self._words(texts, most=self._text_length)
        return self._run(call, {"image": torch.from_numpy(tokens)[None], **words})
