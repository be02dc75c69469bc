"""One vector for a question together with its images, by a generative checkpoint made into an encoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from medassay.errors import ModelError
from medassay.images import open_image
from medassay.models.batching import Batcher, Failure
from medassay.models.checkpoint import locate
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity
from medassay.models.loading import generating_class, read_model, read_processor
from medassay.types import FloatArray, Image, fingerprint

Joint = tuple[str, tuple[Image, ...]]
"""What becomes one vector: a text and the images before it."""

_FAMILY = "qwen2_vl"
_IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
_PROMPT = (
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    "<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n<|endoftext|>"
)
_FEWEST_TOKENS, _MOST_TOKENS = 256, 1280


class JointEncoder:
    """gme-Qwen2-VL and its kin: the last token's state of Qwen2-VL, of unit length.

    As the authors' `gme_inference.py` asks (Alibaba-NLP/gme-Qwen2-VL-2B-Instruct, Zhang et al. 2024,
    arXiv 2412.16855): their system line, the images before the text, 256 to 1,280 tokens an image, pooled
    at the final token. Unlike theirs a question may have several images, and nothing is cut at 1,800 tokens.

    Args:
        path: a folder as `save_pretrained` writes it, or a hub id.
        device: see `hardware.pick_device`.
        batch: the most questions at once.

    Raises:
        ModelError: not a usable Qwen2-VL checkpoint, or its weights are not there.
        MissingExtra: torch or transformers is not installed.
    """

    def __init__(self, path: str, *, device: str = "auto", batch: int = 8) -> None:
        import_torch()
        self._device = pick_device(device)
        self._dtype = pick_dtype("auto", self._device)
        self._batcher = Batcher(batch)
        self._checkpoint = locate(path, None)
        if (family := self._checkpoint.config.get("model_type")) != _FAMILY:
            raise ModelError(
                f"{path}: a {family} model; joint embeddings are read from {_FAMILY} (gme-Qwen2-VL)"
            )
        self._class = generating_class(self._checkpoint)
        self._processor = read_processor(self._checkpoint)
        self._processor.tokenizer.padding_side = "left"  # the last token is that of the question
        self.name = self._checkpoint.name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, processor, number format and the words around the question."""
        return {
            "loader": "joint",
            **folder_identity(self._checkpoint),
            "dtype": self._dtype,
            "prompt": _PROMPT,
            "image_tokens": [_FEWEST_TOKENS, _MOST_TOKENS],
        }

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def embed(self, items: Sequence[Joint]) -> Iterator[tuple[int, FloatArray]]:
        """Yield (index, (d,) vector of unit length) batch by batch; like lengths share a batch.

        Raises:
            ModelError: the weights cannot be loaded, or a question cannot be encoded; says which and why.
        """
        _ = self._model
        for index, found in self._batcher.each(items, self._vectors, order=lambda item: len(item[0])):
            if isinstance(found, Failure):
                raise ModelError(f"{self.name}: question {index} cannot be encoded: {found.error}")
            yield index, found

    @cached_property
    def _model(self) -> Any:
        return read_model(
            self._checkpoint, self._class, dtype=self._dtype, device=self._device, attention=None
        )

    def _vectors(self, items: list[Joint]) -> Sequence[FloatArray]:
        import torch

        own = self._processor.image_processor
        area = (own.patch_size * own.merge_size) ** 2  # pixels of one token
        pictures = [open_image(image) for _, images in items for image in images]
        inputs = self._processor(
            text=[_PROMPT.format(asked=_IMAGE * len(images) + text) for text, images in items],
            images=pictures or None,
            padding=True,
            return_tensors="pt",
            images_kwargs={
                "size": {"shortest_edge": _FEWEST_TOKENS * area, "longest_edge": _MOST_TOKENS * area}
            },
        ).to(self._model.device, dtype=self._model.dtype)
        with torch.inference_mode():
            last = self._model.model(**inputs, use_cache=False).last_hidden_state[:, -1].float()
            vectors = torch.nn.functional.normalize(last, dim=-1).cpu().numpy()
        return list(np.asarray(vectors, dtype=np.float64))
