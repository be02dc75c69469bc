"""VILA1.5, and VILA-M3 that was made from it."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_PIECES = "Its tokenizer is a SentencePiece file: pip install sentencepiece protobuf."
_IMAGES = "Images are squashed to 384 x 384; 2 x 2 patches become one, 196 to an image."
_EXPERTS = (
    "It may call expert models (segmentation, classification) by words in its answer: published numbers with "
    "experts need those, which are not run here. Its published VQA scores mix closed and open questions."
)

VILA_15_8B = ModelCard(
    name="vila1.5-8b",
    title="VILA1.5 8B (Llama 3)",
    loader="transformers",
    source="hf://Efficient-Large-Model/Llama-3-VILA1.5-8B",
    revision=None,
    parameters="8 B",
    licence="CC BY-NC-SA 4.0, and the Llama 3 licence",
    access="open",
    citation="Lin et al. VILA: On Pre-training for Visual Language Models. CVPR 2024. arXiv:2312.07533",
    training_sets=("LLaVA-CC3M-Pretrain-595K", "MMC4", "COYO-700M"),
    family="vila-llama-3",
    notes=f"Llama 3's conversation with a system prompt of its own. {_IMAGES}",
    unverified=("training_sets",),
)
VILA_15_3B = replace(
    VILA_15_8B,
    name="vila1.5-3b",
    title="VILA1.5 3B",
    source="hf://Efficient-Large-Model/VILA1.5-3b",
    parameters="3 B",
    licence="CC BY-NC-SA 4.0",
    family="vila",
    notes=f"Vicuna conversation. {_IMAGES} {_PIECES}",
    unverified=("source", "training_sets"),
)
VILA_15_13B = replace(
    VILA_15_3B,
    name="vila1.5-13b",
    title="VILA1.5 13B",
    source="hf://Efficient-Large-Model/VILA1.5-13b",
    parameters="13 B",
)

VILA_M3_8B = replace(
    VILA_15_8B,
    name="vila-m3-8b",
    title="VILA-M3 8B",
    source="hf://MONAI/Llama3-VILA-M3-8B",
    licence="CC BY-NC-SA 4.0 by its code's README, NVIDIA one-way non-commercial by its tag",
    citation="Nath et al. VILA-M3. CVPR 2025. arXiv:2411.12915",
    training_sets=("vqa-rad", "slake", "pathvqa", "mimic-cxr", "Medical-Diff-VQA"),
    style=Style(decoding={"max_tokens": 1024}),
    domain="medical",
    base="vila1.5-8b",
    notes=f"Llama 3's conversation with VILA's system prompt. {_IMAGES} {_EXPERTS}",
    unverified=(),
)
VILA_M3_3B = replace(
    VILA_M3_8B,
    name="vila-m3-3b",
    title="VILA-M3 3B",
    source="hf://MONAI/Llama3-VILA-M3-3B",
    parameters="3 B",
    family="vila",
    base="vila1.5-3b",
    notes=f"Vicuna conversation, as its base. {_IMAGES} {_EXPERTS} {_PIECES}",
)
VILA_M3_13B = replace(
    VILA_M3_3B,
    name="vila-m3-13b",
    title="VILA-M3 13B",
    source="hf://MONAI/Llama3-VILA-M3-13B",
    parameters="13 B",
    base="vila1.5-13b",
)
