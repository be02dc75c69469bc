"""Encoders by the type that their configuration names: a file for each family."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.errors import ModelError
from medassay.models.checkpoint import Checkpoint, locate
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.clip import ClipEncoder, SiglipEncoder
from medassay.models.encoders.transformers import TransformersEncoder

FAMILIES: Mapping[str, type[TransformersEncoder]] = {
    "clip": ClipEncoder,
    "siglip": SiglipEncoder,
    "siglip2": SiglipEncoder,
}
"""By `model_type` of the configuration."""


def is_encoder(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint is an encoder that is known here, rather than one that writes."""
    return checkpoint.config.get("model_type") in FAMILIES


def open_encoder(
    path: str,
    *,
    revision: str | None = None,
    dtype: str = "auto",
    device: str = "auto",
    batch: int = 32,
) -> VectorEncoder:
    """The encoder of a folder or the hub. The weights are read at the first use.

    Args:
        path: A folder as `save_pretrained` writes it, or a hub id.
        revision: Branch, tag or commit of a hub id.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.

    Raises:
        ModelError: the folder is not a usable checkpoint of a family that is known here.
        MissingExtra: torch or transformers is not installed.
    """
    checkpoint = locate(path, revision)
    kind = checkpoint.config.get("model_type", "")
    if kind not in FAMILIES:
        raise ModelError(f"{checkpoint.folder}: {kind} is no encoder known here: {', '.join(FAMILIES)}")
    return FAMILIES[kind](checkpoint, dtype=dtype, device=device, batch=batch)
