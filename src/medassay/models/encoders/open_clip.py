"""Checkpoints that open_clip wrote (BiomedCLIP and its kin), loaded by open_clip itself.

Its forward pass gives the scale already exponentiated, and no probabilities; `logit_scale` of the weights is
the logarithm. Here vectors are asked for, and the scale is exponentiated once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from medassay.errors import MissingExtra, ModelError
from medassay.images import open_image
from medassay.models.checkpoint import Checkpoint
from medassay.models.encoder import VectorEncoder
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import folder_identity
from medassay.models.loading import _one_line as one_line
from medassay.types import FloatArray, Image

_PRECISIONS = {"float32": "fp32", "bfloat16": "pure_bf16", "float16": "pure_fp16"}


class OpenClipEncoder(VectorEncoder):
    """A folder with open_clip_config.json, weights, and the files of its tokenizer where it names one.

    Args:
        checkpoint: Where it lies.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.

    Raises:
        MissingExtra: torch or open_clip is not installed.
        ModelError: open_clip cannot be imported.
    """

    def __init__(self, checkpoint: Checkpoint, *, dtype: str, device: str, batch: int) -> None:
        super().__init__(name=checkpoint.name, batch=batch)
        import_torch()
        _import_open_clip()
        self.checkpoint = checkpoint
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        # Only what was trained by pairs (SigLIP's loss) has a bias.
        self.sigmoid = "init_logit_bias" in checkpoint.config.get("model_cfg", {})

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, configuration, tokenizer and number format."""
        return {**folder_identity(self.checkpoint), "dtype": self._dtype, "images": "open_clip"}

    def load(self) -> None:
        """Read the weights now; otherwise the first use does it.

        Raises:
            ModelError: they are damaged or do not fit the configuration, or the configuration of the text
                tower, which lies in a repository of its own, is not at hand.
        """
        _ = self._loaded, self._tokenizer

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        """The model and what turns a picture into pixels."""
        folder = self.checkpoint.folder
        _ = self.checkpoint.weights  # named clearly where there are none
        with one_line(folder, "open_clip cannot load it"):
            model, transform = _import_open_clip().create_model_from_pretrained(
                f"local-dir:{folder}", precision=_PRECISIONS[self._dtype], device=self._device
            )
        return model.eval().requires_grad_(False), transform

    @cached_property
    def _tokenizer(self) -> Any:
        folder = self.checkpoint.folder
        with one_line(folder, "no usable tokenizer; copy the tokenizer files of the checkpoint there"):
            return _import_open_clip().get_tokenizer(f"local-dir:{folder}")

    @cached_property
    def _scale_and_bias(self) -> tuple[float, float]:
        model, _ = self._loaded
        bias = getattr(model, "logit_bias", None)
        return float(model.logit_scale.float().exp()), 0.0 if bias is None else float(bias)

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        import torch

        model, transform = self._loaded
        pixels = torch.stack([transform(open_image(image)) for image in images])
        return self._run(model.encode_image, pixels.to(getattr(torch, self._dtype)))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._run(self._loaded[0].encode_text, self._tokenizer(texts))

    def _run(self, encode: Any, inputs: Any) -> Sequence[FloatArray]:
        import torch

        with torch.inference_mode():
            return list(encode(inputs.to(self._device)).float().cpu().numpy())


def _import_open_clip() -> Any:
    try:
        import open_clip
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "open_clip", "clip") from error
    except RuntimeError as error:  # torchvision of another build than torch
        raise ModelError(
            f"open_clip cannot be imported ({error}); install the torchvision of your torch"
        ) from error
    return open_clip
