"""Llama 4."""

from __future__ import annotations

from medassay.types import ModelCard

LLAMA_4_SCOUT = ModelCard(
    name="llama-4-scout",
    title="Llama 4 Scout 17B, 16 experts, instruction-tuned",
    loader="transformers",
    source="hf://meta-llama/Llama-4-Scout-17B-16E-Instruct",
    revision=None,
    parameters="109 B, of which 17 B act on a token",
    licence="Llama 4 Community License",
    access="registration",
    citation="Meta AI. The Llama 4 herd. 2025.",
    training_sets=(),
    status="card only",
    reason="transformers prepares its images with torchvision only, and it was never run here; serve it with "
    "vLLM and give medassay the address of the server",
    unverified=("parameters", "licence", "access", "training_sets", "citation"),
)
