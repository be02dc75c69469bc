"""Encoders of images alone: features for probes, no answers."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

DINOV2_BASE = ModelCard(
    name="dinov2-base",
    title="DINOv2 base",
    loader="contrastive",
    family="dinov2",
    source="hf://facebook/dinov2-base",
    revision=None,
    parameters="87 M",
    licence="Apache-2.0",
    access="open",
    citation="Oquab et al. DINOv2: Learning Robust Visual Features without Supervision. TMLR 2024.",
    training_sets=("LVD-142M",),
    intended_use="Features for a probe; it has no text side and answers nothing.",
    notes="The feature of an image is the class token after the last norm.",
)
DINOV2_SMALL = replace(
    DINOV2_BASE,
    name="dinov2-small",
    title="DINOv2 small",
    source="hf://facebook/dinov2-small",
    parameters="22 M",
)
DINOV2_LARGE = replace(
    DINOV2_BASE,
    name="dinov2-large",
    title="DINOv2 large",
    source="hf://facebook/dinov2-large",
    parameters="304 M",
)
RAD_DINO = replace(
    DINOV2_BASE,
    name="rad-dino",
    title="RAD-DINO: DINOv2 base for chest X-rays",
    source="hf://microsoft/rad-dino",
    licence="Microsoft Research License Agreement",
    citation="Perez-Garcia et al. Exploring Scalable Medical Image Encoders Beyond Text Supervision. Nature "
    "Machine Intelligence 2025.",
    training_sets=("mimic-cxr", "chexpert", "chestxray14", "PadChest", "BRAX"),
    domain="medical",
    base="dinov2-base",
    notes="The feature of an image is the class token after the last norm; images of 518. For research only.",
    unverified=("training_sets",),
)
