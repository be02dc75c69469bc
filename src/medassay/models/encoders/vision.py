"""Vision transformers without a text side (DINOv2, RAD-DINO): features for probes, no answers."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from medassay.errors import ModelError
from medassay.models.encoders.transformers import TransformersEncoder
from medassay.models.loading import read_image_processor
from medassay.types import FloatArray, Image


class VisionEncoder(TransformersEncoder):
    """DINOv2 (Oquab et al. 2024): the feature of an image is its class token after the last norm."""

    has_texts = False

    @property
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit."""
        raise ModelError(self._no_texts())

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._run(lambda **inputs: self._model(**inputs).pooler_output, self._pixels(images))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:  # noqa: ARG002
        raise ModelError(self._no_texts())

    @property
    def _width(self) -> int:
        return int(self._model.config.hidden_size)

    def _read_processor(self) -> Any:
        return SimpleNamespace(image_processor=read_image_processor(self.checkpoint))

    def _no_texts(self) -> str:
        return f"{self.name} sees images only: it gives features for a probe, and ranks no texts"
