"""Gemma 3 and what Google trained from it for medicine."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_GEMMA_PAPER = "Gemma Team. Gemma 3 Technical Report. arXiv:2503.19786, 2025."
_MEDGEMMA_PAPER = "Sellergren et al. MedGemma Technical Report. arXiv:2507.05201, 2025."
_IMAGES = "Images become 896 x 896 pixels and 256 tokens each."
_USE = "A basis for developers to adapt and validate; not for clinical decisions as it is."

GEMMA_3_4B = ModelCard(
    name="gemma-3-4b",
    title="Gemma 3 4B, instruction-tuned",
    loader="transformers",
    family="gemma",
    source="hf://google/gemma-3-4b-it",
    revision=None,
    parameters="4.3 B",
    licence="Gemma terms of use",
    access="registration",
    citation=_GEMMA_PAPER,
    training_sets=(),
    notes=f"{_IMAGES} No system prompt of its own. The training images are not named by its makers.",
    unverified=("training_sets", "licence", "access"),
)
GEMMA_3_12B = replace(
    GEMMA_3_4B,
    name="gemma-3-12b",
    title="Gemma 3 12B, instruction-tuned",
    source="hf://google/gemma-3-12b-it",
    parameters="12 B",
)
GEMMA_3_27B = replace(
    GEMMA_3_4B,
    name="gemma-3-27b",
    title="Gemma 3 27B, instruction-tuned",
    source="hf://google/gemma-3-27b-it",
    parameters="27 B",
)

MEDGEMMA_4B = replace(
    GEMMA_3_4B,
    name="medgemma-4b",
    title="MedGemma 4B, instruction-tuned",
    source="hf://google/medgemma-4b-it",
    parameters="4 B",
    licence="Health AI Developer Foundations terms of use",
    citation=_MEDGEMMA_PAPER,
    domain="medical",
    base="gemma-3-4b",
    training_sets=(
        "mimic-cxr",
        "slake",
        "pad-ufes-20",
        "SCIN",
        "TCGA",
        "CAMELYON16",
        "camelyon17-wilds",
        "PMC-OA",
        "Mendeley Digital Knee X-Ray",
        "vqa-rad",
    ),
    style=Style(system="You are an expert radiologist.", images_first=False),
    intended_use=_USE,
    notes=f"{_IMAGES} The system prompt and the image after the text are those of the makers' example on an "
    "X-ray: for other fields set another one. Its data card names VQA-RAD without saying that it was "
    "trained on it, and private sets besides. Wrappers that join several images into one panel, or cut the "
    "middle out of long prompts, change the task.",
    unverified=("training_sets",),
)
MEDGEMMA_27B = replace(
    MEDGEMMA_4B,
    name="medgemma-27b",
    title="MedGemma 27B, multimodal, instruction-tuned",
    source="hf://google/medgemma-27b-it",
    parameters="27 B",
    base="gemma-3-27b",
    notes=f"{MEDGEMMA_4B.notes} It thinks first if the system prompt opens with 'SYSTEM INSTRUCTION: think "
    "silently if needed.'; its thinking is kept apart.",
)
MEDGEMMA_1_5_4B = replace(
    MEDGEMMA_4B,
    name="medgemma-1.5-4b",
    title="MedGemma 1.5 4B, instruction-tuned",
    source="hf://google/medgemma-1.5-4b-it",
    training_sets=(
        *MEDGEMMA_4B.training_sets,
        "Chest ImaGenome",
        "MS-CXR-T",
        "chestxray14",
        "chexpert",
        "CT-RATE",
        "ISIC",
    ),
    style=Style(decoding={"max_tokens": 2000}),
    notes=f"{_IMAGES} May think before it answers, which is kept apart: 2000 tokens, as in the makers' "
    "example. Beside the sets that its makers say it was trained on, those that their data card names are "
    "listed: it does not say which of them were for testing only.",
)
