"""Encoders by the type that their configuration names: a file for each family."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from medassay.errors import ModelError, UsageError
from medassay.models.checkpoint import Checkpoint, locate
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders.blip import BlipEncoder, BlipMatcher
from medassay.models.encoders.blip_2 import Blip2Encoder, Blip2Matcher
from medassay.models.encoders.clip import ClipEncoder, SiglipEncoder
from medassay.models.encoders.fetching import fetched
from medassay.models.encoders.layouts import layout_of
from medassay.models.encoders.open_clip import OpenClipEncoder, from_checkpoint, from_weights
from medassay.models.encoders.retrieval import Matching
from medassay.models.encoders.transformers import TransformersEncoder
from medassay.models.encoders.vision import VisionEncoder

ScoreBy = Literal["contrastive", "matching"]
"""By nearness of vectors, or by a head that sees image and text together; families with both are few."""

FAMILIES: Mapping[str, type[TransformersEncoder]] = {
    "blip": BlipEncoder,
    "blip-2": Blip2Encoder,
    "clip": ClipEncoder,
    "dinov2": VisionEncoder,
    "siglip": SiglipEncoder,
    "siglip2": SiglipEncoder,
}
"""By `model_type` of the configuration."""

MATCHERS: Mapping[str, type[TransformersEncoder]] = {"blip": BlipMatcher, "blip-2": Blip2Matcher}
"""Those with a matching head."""


def is_encoder(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint is an encoder that is known here, rather than one that writes."""
    if checkpoint.is_open_clip:
        return True
    config = checkpoint.config
    if config.get("model_type") in MATCHERS:  # the type says BLIP also of what writes captions
        return any(name.endswith("ForImageTextRetrieval") for name in config.get("architectures") or ())
    return config.get("model_type") in FAMILIES


def open_encoder(  # noqa: PLR0913  these are the options of a model on the command line
    path: str,
    *,
    revision: str | None = None,
    dtype: str = "auto",
    device: str = "auto",
    batch: int = 32,
    score: ScoreBy = "contrastive",
    architecture: str = "",
) -> VectorEncoder:
    """The encoder of a folder or the hub. The weights are read at the first use.

    Args:
        path: A folder as `save_pretrained`, open_clip or one of `layouts` has it, a hub id, or an address of
            `layouts`.
        revision: Branch, tag or commit of a hub id.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images or texts in one batch.
        score: What ranks texts where the checkpoint has both: vectors, or a matching head.
        architecture: Of one file of weights without a configuration, the name that open_clip has for it.

    Raises:
            ModelError: the folder is not a usable checkpoint of a family that is known here.
            UsageError: a matching score of what has no matching head.
            MissingExtra: torch, transformers or open_clip is not installed.
    """
    encoder = _open(path, revision, architecture, score, dtype=dtype, device=device, batch=batch)
    if score == "matching" and not isinstance(encoder, Matching):
        raise UsageError(f"{encoder.name} has no matching head; leave score=contrastive")
    return encoder


def _open(path: str, revision: str | None, architecture: str, score: ScoreBy, **how: Any) -> VectorEncoder:
    if architecture:
        return OpenClipEncoder(from_weights(path, architecture, revision), name=Path(path).name, **how)
    if (layout := layout_of(path)) is not None:
        return layout(fetched(path, layout.files, revision), **how)
    checkpoint = locate(path, revision)
    if checkpoint.is_open_clip:
        return OpenClipEncoder(from_checkpoint(checkpoint), name=checkpoint.name, **how)
    kind = checkpoint.config.get("model_type", "")
    if kind not in FAMILIES:
        raise ModelError(f"{checkpoint.folder}: {kind} is no encoder known here: {', '.join(FAMILIES)}")
    family = MATCHERS.get(kind, FAMILIES[kind]) if score == "matching" else FAMILIES[kind]
    return family(checkpoint, **how)
