"""Checkpoints that open_clip wrote (BiomedCLIP and its kin), loaded by open_clip itself.

Its forward pass gives the scale already exponentiated, and no probabilities; `logit_scale` of the weights is
the logarithm. Here vectors are asked for, and the scale is exponentiated once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.images import open_image
from medassay.models.checkpoint import Checkpoint
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.fetching import from_hub
from medassay.models.encoders.weights import one_line
from medassay.models.hardware import import_torch, pick_device, pick_dtype
from medassay.models.identity import file_digest, folder_identity
from medassay.models.loading import with_adapter
from medassay.types import FloatArray, Image, fingerprint

_SUFFIXES = (".bin", ".pt", ".pth", ".safetensors")
_PRECISIONS = {"float32": "fp32", "bfloat16": "pure_bf16", "float16": "pure_fp16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What open_clip is asked for.

    Attributes:
        place: The folder or file, for messages.
        word: A folder behind "local-dir:", or the name of an architecture.
        settings: The configuration of the model.
        weights: The file of the weights, where only their architecture is named.
        identity: What makes the weights these weights.
        adapters: Folders of adapters that are merged into them, in this order.
    """

    place: Path
    word: str
    settings: Mapping[str, Any]
    weights: Path | None = None
    identity: Callable[[], Mapping[str, Any]]
    adapters: Sequence[Path] = ()


def from_checkpoint(checkpoint: Checkpoint) -> Source:
    """A folder with open_clip_config.json, weights, and the files of its tokenizer where it names one.

    Raises:
        ModelError: it holds no weights.
    """
    _ = checkpoint.weights  # named more clearly than by open_clip, which would start from random ones
    return Source(
        place=checkpoint.folder,
        word=f"local-dir:{checkpoint.model.folder}",
        settings=checkpoint.config.get("model_cfg", {}),
        identity=lambda: folder_identity(checkpoint),
        adapters=checkpoint.adapters,
    )


def from_weights(path: str, architecture: str, revision: str | None) -> Source:
    """One file of weights without a configuration, by the architecture that open_clip has under a name.

    Args:
        path: The file, a folder that holds no other weights, or a hub id.
        architecture: As `open_clip.list_models()` writes it, such as ViT-L-14.
        revision: Branch, tag or commit of a hub id.

    Raises:
        MissingExtra: open_clip is not installed.
        ModelError: not one file of weights, or open_clip has no such architecture.
    """
    settings = import_open_clip().get_model_config(architecture)
    if settings is None:
        raise ModelError(f"open_clip has no architecture {architecture!r}; see open_clip.list_models()")
    given = Path(path).expanduser()
    if not given.exists():
        given = from_hub(path, [f"*{suffix}" for suffix in _SUFFIXES], revision=revision)
    found = [given] if given.is_file() else [file for file in given.iterdir() if file.suffix in _SUFFIXES]
    if len(found) != 1:
        raise ModelError(f"{path}: {len(found)} files of weights; beside an architecture there should be one")
    return Source(
        place=given,
        word=architecture,
        settings=settings,
        weights=found[0],
        identity=lambda: {
            "weights": file_digest(found[0]),
            "architecture": architecture,
            "config": fingerprint(settings),
        },
    )


class OpenClipEncoder(VectorEncoder):
    """What open_clip loads. The weights are read at the first use.

    Args:
        source: What it is asked for.
        name: How it is called in reports.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.

    Raises:
        MissingExtra: torch or open_clip is not installed.
        ModelError: open_clip cannot be imported.
    """

    def __init__(self, source: Source, *, name: str, dtype: str, device: str, batch: int) -> None:
        super().__init__(name=name, batch=batch)
        import_torch()
        import_open_clip()
        self._source = source
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        # Only what was trained by pairs (SigLIP's loss) has a bias.
        self.sigmoid = "init_logit_bias" in source.settings

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Weights, configuration, tokenizer and number format."""
        return {**self._source.identity(), "dtype": self._dtype, "images": "open_clip"}

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
        source = self._source
        with one_line(source.place, "open_clip cannot load it"):
            model, transform = import_open_clip().create_model_from_pretrained(
                source.word,
                pretrained=None if source.weights is None else str(source.weights),
                precision=_PRECISIONS[self._dtype],
                device=self._device,
            )
        for adapter in source.adapters:
            model = with_adapter(model, adapter)
        return model.eval().requires_grad_(False), transform

    @cached_property
    def _tokenizer(self) -> Any:
        what = "no usable tokenizer; copy the tokenizer files of the checkpoint there"
        with one_line(self._source.place, what):
            return import_open_clip().get_tokenizer(self._source.word)

    @cached_property
    def scale_and_bias(self) -> tuple[float, float]:
        """What turns a cosine into a logit."""
        model, _ = self._loaded
        bias = getattr(model, "logit_bias", None)
        return float(model.logit_scale.float().exp()), 0.0 if bias is None else float(bias)

    @property
    def image_tower(self) -> str:
        """What the names of its modules begin with."""
        return "visual."

    def trainable(self) -> Any:
        """A copy of the model that may be changed; `differentiable` runs it.

        Raises:
            UsageError: weights without a configuration: an adapter could not say what it changes.
        """
        if self._source.weights is not None:
            raise UsageError(f"{self.name}: weights without a configuration cannot be adapted; probe them")
        return copy.deepcopy(self._loaded[0])

    def differentiable(self, model: Any, images: list[Image]) -> Any:
        """The vectors of images by a copy of the model, not normalised, a tensor (n, d) with its gradient."""
        return model.encode_image(self._pixels(images))

    def _pixels(self, images: list[Image]) -> Any:
        import torch

        pixels = torch.stack([self._loaded[1](open_image(image)) for image in images])
        return pixels.to(self._device, getattr(torch, self._dtype))

    def _images(self, images: list[Image]) -> Sequence[FloatArray]:
        return self._run(self._loaded[0].encode_image, self._pixels(images))

    def _texts(self, texts: list[str]) -> Sequence[FloatArray]:
        return self._run(self._loaded[0].encode_text, self._tokenizer(texts))

    def _run(self, encode: Any, inputs: Any) -> Sequence[FloatArray]:
        import torch

        with torch.inference_mode():
            return list(encode(inputs.to(self._device)).float().cpu().numpy())


def import_open_clip() -> Any:
    """The library, or the name of the extra that brings it.

    Raises:
        MissingExtra: it is not installed.
        ModelError: it cannot be imported.
    """
    try:
        import open_clip
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "open_clip", "clip") from error
    except RuntimeError as error:  # torchvision of another build than torch
        raise ModelError(
            f"open_clip cannot be imported ({error}); install the torchvision of your torch"
        ) from error
    return open_clip
