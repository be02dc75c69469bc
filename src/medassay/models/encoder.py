"""CLIP-type checkpoints of transformers as encoders: images and texts in one space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.batching import Batcher, Failure
from medassay.models.checkpoint import locate
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity
from medassay.models.loading import check_class, read_model, read_processor
from medassay.models.quirks.processors import image_backend
from medassay.types import FloatArray, Image


@dataclass(frozen=True, slots=True)
class Family:
    """How a family was trained, which is how it must be asked.

    `fixed_length`: texts are always padded to the full length and the pads attended to, so a shorter pad
    changes the vector (SigLIP: https://huggingface.co/google/siglip-base-patch16-224). `sigmoid`: a pair's
    probability is sigmoid(logit), each pair by itself (Zhai et al. 2023); else a softmax over texts
    (Radford et al. 2021).
    """

    fixed_length: bool
    sigmoid: bool


FAMILIES: Mapping[str, Family] = {
    "clip": Family(fixed_length=False, sigmoid=False),
    "siglip": Family(fixed_length=True, sigmoid=True),
    "siglip2": Family(fixed_length=True, sigmoid=True),
}
"""By `model_type` of the configuration."""


class ContrastiveEncoder:
    """An `Encoder` from a folder or the hub. The weights are read at the first use.

    Args:
        path: A folder as `save_pretrained` writes it, or a hub id.
        revision: Branch, tag or commit of a hub id.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.

    Raises:
        ModelError: the folder is not a usable checkpoint of a family in `FAMILIES`.
        MissingExtra: torch or transformers is not installed.
    """

    def __init__(
        self,
        path: str,
        *,
        revision: str | None = None,
        dtype: str = "auto",
        device: str = "auto",
        batch: int = 32,
    ) -> None:
        import_torch()
        from transformers import AutoModel

        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._image_batcher, self._text_batcher = Batcher(batch), Batcher(batch)
        self.checkpoint = locate(path, revision)
        check_class(self.checkpoint, AutoModel)
        kind = self.checkpoint.config.get("model_type", "")
        if kind not in FAMILIES:
            raise ModelError(
                f"{self.checkpoint.folder}: {kind} is no encoder known here: {', '.join(FAMILIES)}"
            )
        self.family = FAMILIES[kind]
        self._processor = read_processor(self.checkpoint)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, configuration, processor and number format."""
        return {
            **folder_identity(self.checkpoint),
            "dtype": self._dtype,
            "images": image_backend(self._processor),
        }

    def features(self, items: Sequence[Image] | Sequence[str], /, *, normalise: bool = True) -> FloatArray:
        """One projected vector per item, float32, (n, d); of unit length when normalised.

        Raises:
            ModelError: an item has no features; says why.
            ImageError: an image cannot be read.
        """
        self.load()  # damaged weights are not the fault of an item
        run: Any = self._texts if items and isinstance(items[0], str) else self._images
        batcher = self._text_batcher if run == self._texts else self._image_batcher
        found: list[Any] = [None] * len(items)
        for index, vector in batcher.each(items, run):
            if isinstance(vector, Failure):
                raise ModelError(f"item {index} has no features: {vector.error}")
            found[index] = vector
        vectors = np.stack(found) if found else np.zeros((0, self._width), np.float32)
        return unit(vectors) if normalise else vectors

    def each_image(self, images: Sequence[Image]) -> Iterator[tuple[int, FloatArray | Failure]]:
        """Yield (index, unit vector) as each is done; an image that cannot be encoded yields why."""
        for index, vector in self._image_batcher.each(images, self._images):
            yield index, vector if isinstance(vector, Failure) else unit(vector)

    def score(self, images: Sequence[Image], texts: Sequence[str], /) -> FloatArray:
        """Logits, (images, texts): scale * cosine + bias, as the model's own forward pass gives them."""
        return self.logits(self.features(images), self.features(texts))

    def logits(self, images: FloatArray, texts: FloatArray) -> FloatArray:
        """Logits of unit vectors: (n, d) and (m, d) to (n, m), with the model's own scale and bias."""
        scale, bias = self._scale_and_bias
        return np.asarray(scale * (images @ texts.T) + bias)

    def load(self) -> None:
        """Read the weights now; otherwise the first use does it.

        Raises:
            ModelError: they are damaged or do not fit the configuration.
        """
        _ = self._model

    @cached_property
    def _model(self) -> Any:
        from transformers import AutoModel

        return read_model(self.checkpoint, AutoModel, dtype=self._dtype, device=self._device, attention=None)

    @property
    def _width(self) -> int:
        return int(self.features(["a"]).shape[1])

    @cached_property
    def _scale_and_bias(self) -> tuple[float, float]:
        bias = getattr(self._model, "logit_bias", None)
        # The checkpoint holds the logarithm of the scale.
        return float(self._model.logit_scale.detach().float().exp()), 0.0 if bias is None else float(bias)

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        inputs = self._processor.image_processor([open_image(image) for image in images], return_tensors="pt")
        return self._vectors(self._model.get_image_features, inputs)

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        fixed = self.family.fixed_length
        inputs = self._processor.tokenizer(
            texts,
            padding="max_length" if fixed else True,
            padding_side="right",
            truncation=True,
            max_length=self._model.config.text_config.max_position_embeddings,
            return_tensors="pt",
        )
        if fixed:  # trained without a mask: the pads are part of the text
            inputs = type(inputs)({"input_ids": inputs["input_ids"]})
        return self._vectors(self._model.get_text_features, inputs)

    def _vectors(self, features: Any, inputs: Any) -> Sequence[FloatArray]:
        import torch

        with torch.inference_mode():
            inputs = {k: v.to(self._model.device) for k, v in inputs.items()}
            if "pixel_values" in inputs:
                inputs["pixel_values"] = inputs["pixel_values"].to(self._model.dtype)
            out = features(**inputs)
        vectors = getattr(out, "pooler_output", out)  # a tensor before transformers 5
        return list(vectors.float().cpu().numpy())


def unit(vectors: FloatArray) -> FloatArray:
    """Vectors of length 1 along the last axis."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
