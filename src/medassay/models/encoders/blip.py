"""BLIP for retrieval: vectors (ITC) or a matching head (ITM), both of one checkpoint.

It takes a checkpoint of `BlipForImageTextRetrieval`; one that was trained to write captions lacks its text
encoder and both projections, and is refused since weights are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from medassay.models.encoders.retrieval import Matching, RetrievalEncoder, match_odds
from medassay.types import FloatArray, Image


class BlipEncoder(RetrievalEncoder):
    """BLIP's vectors (Li et al. 2022): the first token of image and text, projected."""

    _class = "BlipForImageTextRetrieval"

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._run(partial(self._vectors, self._model), self._pixels(images))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._run(self._text_vectors, self._words(texts, most=self._text_length))

    @property
    def _text_length(self) -> int:
        return int(self._model.config.text_config.max_position_embeddings)

    def _vectors(self, model: Any, pixel_values: Any) -> Any:
        seen = model.vision_model(pixel_values=pixel_values).last_hidden_state
        return model.vision_proj(seen[:, 0])

    def _text_vectors(self, **words: Any) -> Any:
        return self._model.text_proj(self._model.text_encoder(**_own(words)).last_hidden_state[:, 0])


class BlipMatcher(Matching, BlipEncoder):
    """BLIP's matching head: the text attends to every patch of the image."""

    def _log_odds(self, tokens: FloatArray, texts: list[str]) -> Sequence[FloatArray]:
        import torch

        def call(image: Any, **words: Any) -> Any:
            seen = image.expand(len(texts), -1, -1)
            out = self._model.text_encoder(
                **_own(words),
                encoder_hidden_states=seen,
                encoder_attention_mask=torch.ones(seen.shape[:2], dtype=torch.long, device=seen.device),
            )
            return match_odds(self._model.itm_head(out.last_hidden_state[:, 0]))

        words = self._words(texts, most=self._text_length)
        return self._run(call, {"image": torch.from_numpy(tokens)[None], **words})


def _own(words: dict[str, Any]) -> dict[str, Any]:
    return {name: words[name] for name in ("input_ids", "attention_mask")}  # it knows no token types
