"""Idefics 2 and 3, and the small models that follow them."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

_CAULDRON = "The Cauldron, which it was tuned on, holds questions of VQA-RAD."

IDEFICS2_8B = ModelCard(
    name="idefics2-8b",
    title="Idefics2 8B, instruction-tuned",
    loader="transformers",
    family="idefics2",
    source="hf://HuggingFaceM4/idefics2-8b",
    revision=None,
    parameters="8 B",
    licence="Apache-2.0",
    access="open",
    citation="Laurençon et al. What matters when building vision-language models? arXiv:2405.02246, 2024.",
    training_sets=("vqa-rad", "The Cauldron", "OBELICS"),
    notes=f"{_CAULDRON} With image splitting on, as its processor may have it, an image is five.",
)
IDEFICS3_8B = replace(
    IDEFICS2_8B,
    name="idefics3-8b",
    title="Idefics3 8B on Llama 3",
    family="idefics",
    source="hf://HuggingFaceM4/Idefics3-8B-Llama3",
    citation="Laurençon et al. Building and better understanding vision-language models: insights and future "
    "directions. arXiv:2408.12637, 2024.",
    training_sets=("vqa-rad", "The Cauldron", "Docmatix", "OBELICS"),
    notes=f"{_CAULDRON} Large images are cut into tiles beside a small whole.",
    unverified=("licence", "training_sets"),
)
SMOLVLM = replace(
    IDEFICS3_8B,
    name="smolvlm",
    title="SmolVLM, instruction-tuned",
    source="hf://HuggingFaceTB/SmolVLM-Instruct",
    parameters="2.2 B",
    citation="Marafioti et al. SmolVLM: Redefining small and efficient multimodal models. "
    "arXiv:2504.05299, 2025.",
    training_sets=("vqa-rad", "The Cauldron", "Docmatix"),
    notes=f"{_CAULDRON} Its architecture is that of Idefics3.",
    unverified=("parameters",),
)
SMOLVLM_256M = replace(
    SMOLVLM,
    name="smolvlm-256m",
    title="SmolVLM 256M, instruction-tuned",
    source="hf://HuggingFaceTB/SmolVLM-256M-Instruct",
    parameters="256 M",
    unverified=(),
)
SMOLVLM2_2_2B = replace(
    SMOLVLM,
    name="smolvlm2-2.2b",
    title="SmolVLM2 2.2B, instruction-tuned",
    family="smolvlm",
    source="hf://HuggingFaceTB/SmolVLM2-2.2B-Instruct",
    notes=f"{_CAULDRON} Asked about images only: torchvision and num2words, which its videos need, may be "
    "absent.",
    unverified=("licence", "training_sets"),
)
