"""BLIP and its successors, as answerers; as matchers of images with texts they are encoders."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

_ONE = "Answers about exactly one image; a request with none or with several is refused."

BLIP_VQA = ModelCard(
    name="blip-vqa",
    title="BLIP base, tuned on VQA",
    loader="transformers",
    family="blip-vqa",
    source="hf://Salesforce/blip-vqa-base",
    revision=None,
    parameters="361 M",
    licence="BSD-3-Clause",
    access="open",
    citation="Li et al. BLIP: Bootstrapping Language-Image Pre-training. ICML 2022. arXiv:2201.12086.",
    training_sets=(),
    notes=f"{_ONE} Asked the bare question. transformers opens it with [CLS] where the original code has "
    "[ENC], and lets its decoder look at padding; here it does not, so a batch answers as one by one. The "
    "original searches with three beams, here decoding is greedy. The captioning checkpoint has no question "
    "encoder: loaded for questions, those weights would be random, and it is refused.",
    unverified=("parameters", "licence", "training_sets"),
)
BLIP2_OPT_2_7B = replace(
    BLIP_VQA,
    name="blip2-opt-2.7b",
    title="BLIP-2 with OPT 2.7B, pre-trained only",
    family="blip-2",
    source="hf://Salesforce/blip2-opt-2.7b",
    parameters="3.7 B",
    licence="MIT, and the terms of OPT",
    citation="Li et al. BLIP-2: Bootstrapping Language-Image Pre-training. ICML 2023. arXiv:2301.12597.",
    notes=f"{_ONE} Asked as 'Question: ... Answer:' with the whole prompt, its instructions included, as the "
    "question; an answer ends at the line break. Not tuned to follow instructions.",
)
BLIP2_FLAN_T5_XL = replace(
    BLIP2_OPT_2_7B,
    name="blip2-flan-t5-xl",
    title="BLIP-2 with Flan-T5 XL, pre-trained only",
    family="blip-2-t5",
    source="hf://Salesforce/blip2-flan-t5-xl",
    parameters="3.9 B",
    licence="MIT",
    notes=f"{_ONE} Asked as 'Question: ... Answer:'. Positions are relative, so padding stands behind the "
    "question: between image and question it would change the answer.",
)
INSTRUCTBLIP_VICUNA_7B = replace(
    BLIP_VQA,
    name="instructblip-vicuna-7b",
    title="InstructBLIP with Vicuna 7B",
    family="instructblip",
    source="hf://Salesforce/instructblip-vicuna-7b",
    parameters="7.9 B",
    licence="research only, by the terms of LLaMA",
    citation="Dai et al. InstructBLIP: Towards General-purpose Vision-Language Models with Instruction "
    "Tuning. NeurIPS 2023. arXiv:2305.06500.",
    notes=f"{_ONE} Asked the bare question, which its Q-Former reads too.",
)
