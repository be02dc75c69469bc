"""CLIP and SigLIP checkpoints: one vector per image and per text, a learned scale, perhaps a bias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from medassay.models.encoders.transformers import TransformersEncoder
from medassay.types import FloatArray, Image


class ClipEncoder(TransformersEncoder):
    """CLIP (Radford et al. 2021): texts padded to the longest and masked, a softmax over texts."""

    image_tower = "vision_model."

    @cached_property
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit."""
        bias = getattr(self._model, "logit_bias", None)
        # The checkpoint holds the logarithm of the scale.
        return float(self._model.logit_scale.detach().float().exp()), 0.0 if bias is None else float(bias)

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._run(_pooled(self._model.get_image_features), self._pixels(images))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._run(_pooled(self._model.get_text_features), self.tokens(texts))

    def tokens(self, texts: list[str]) -> Mapping[str, Any]:
        """What the text tower is given for texts: token ids, and a mask where it takes one."""
        return dict(self._words(texts, most=self.text_length))

    @property
    def model(self) -> Any:
        """The model itself, frozen: not to be changed."""
        return self._model

    def differentiable(self, model: Any, images: list[Image]) -> Any:
        """The vectors of images by a copy of the model, not normalised, a tensor (n, d) with its gradient."""
        pixels = self._pixels(images).to(model.device)
        return _pooled(model.get_image_features)(**pixels)

    def differentiable_texts(self, model: Any, tokens: Mapping[str, Any]) -> Any:
        """The vectors of tokenised texts likewise."""
        return _pooled(model.get_text_features)(**tokens)

    @property
    def text_length(self) -> int:
        """The most tokens that the text tower reads."""
        return int(self._model.config.text_config.max_position_embeddings)


class SiglipEncoder(ClipEncoder):
    """SigLIP and SigLIP 2: each pair by itself, and texts in lower case, always padded to the full length.

    It was trained without a mask, so the pads are part of a text, and a shorter pad changes its vector:
    https://huggingface.co/google/siglip-base-patch16-224. It was trained on lower case, and the tokenizer
    that most checkpoints of SigLIP 2 name keeps capitals: https://github.com/huggingface/transformers/pull/43101
    """

    sigmoid = True

    def tokens(self, texts: list[str]) -> Mapping[str, Any]:
        """What the text tower is given for texts: token ids alone, padded to the full length."""
        lower = [text.lower() for text in texts]
        words = self._words(lower, most=self.text_length, padding="max_length")
        return {"input_ids": words["input_ids"]}


def _pooled(features: Any) -> Any:
    def call(**inputs: Any) -> Any:
        out = features(**inputs)
        return getattr(out, "pooler_output", out)  # a tensor before transformers 5

    return call
