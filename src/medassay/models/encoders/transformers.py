"""What the encoders of transformers share: a checkpoint, its processor, and one call to its weights."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from medassay.images import open_image
from medassay.models.checkpoint import Checkpoint
from medassay.models.encoder import VectorEncoder
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity
from medassay.models.loading import read_model, read_processor
from medassay.models.quirks.processors import image_backend
from medassay.types import FloatArray, Image


class TransformersEncoder(VectorEncoder):
    """A checkpoint whose class transformers has. The weights are read at the first use.

    Args:
        checkpoint: Where it lies.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.

    Raises:
        ModelError: the folder is not a usable checkpoint.
        MissingExtra: torch or transformers is not installed.
    """

    _class = "AutoModel"  # of transformers

    def __init__(self, checkpoint: Checkpoint, *, dtype: str, device: str, batch: int) -> None:
        super().__init__(name=checkpoint.name, batch=batch)
        import_torch()
        self.checkpoint = checkpoint
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._processor = self._read_processor()

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, configuration, processor and number format."""
        return {
            **folder_identity(self.checkpoint),
            "dtype": self._dtype,
            "images": image_backend(self._processor),
        }

    def load(self) -> None:
        """Read the weights now; otherwise the first use does it.

        Raises:
            ModelError: they are damaged, incomplete, or do not fit the configuration.
        """
        _ = self._model

    @cached_property
    def _model(self) -> Any:
        import transformers

        kind = getattr(transformers, self._class)
        return read_model(self.checkpoint, kind, dtype=self._dtype, device=self._device, attention=None)

    def trainable(self) -> Any:
        """A copy of the model that may be changed; `differentiable` runs it."""
        return copy.deepcopy(self._model)

    def _read_processor(self) -> Any:
        return read_processor(self.checkpoint)

    def _pixels(self, images: list[Image]) -> Any:
        return self._processor.image_processor([open_image(image) for image in images], return_tensors="pt")

    def _words(self, texts: list[str], *, most: int, padding: str = "longest") -> Any:
        """Token ids and mask, cut after `most` tokens."""
        return self._processor.tokenizer(
            texts,
            padding=padding,
            padding_side="right",
            truncation=True,
            max_length=most,
            return_tensors="pt",
        )

    def _run(self, call: Callable[..., Any], inputs: Mapping[str, Any]) -> list[FloatArray]:
        """What a call to the weights gives for each item; numbers go in as the weights have them."""
        import torch

        with torch.inference_mode():
            placed = {
                name: value.to(self._model.device, self._model.dtype if value.is_floating_point() else None)
                for name, value in inputs.items()
            }
            return list(call(**placed).float().cpu().numpy())
