"""Medical models that were trained from Qwen2-VL and Qwen2.5-VL."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

LINGSHU_7B = ModelCard(
    name="lingshu-7b",
    title="Lingshu 7B",
    loader="transformers",
    family="qwen",
    source="hf://lingshu-medical-mllm/Lingshu-7B",
    revision=None,
    parameters="7 B",
    licence="MIT",
    access="open",
    citation="LASA Team. Lingshu. arXiv:2506.07044, 2025.",
    domain="medical",
    base="qwen2.5-vl-7b",
    training_sets=(
        "slake",
        "vqa-rad",
        "pathvqa",
        "pmc-vqa",
        "vqa-med-2019",
        "mimic-cxr",
        "chexpert-plus",
        "iu-xray",
        "rocov2",
        "fairvlmed10k-diagnosis",
        "fairvlmed10k-notes",
        "fairvlmed10k-vqa",
        "LLaVA-Med",
        "PubMedVision",
        "Quilt-LLaVA",
        "PMC-OA",
        "ROCO",
        "MedICaT",
        "MedPix-2.0",
    ),
    style=Style(decoding={"max_tokens": 1024}),
    notes="Native resolution: a published wrapper forced images to 224 x 224, and its numbers are not this "
    "model's. Its makers' kit asks with temperature 0, top_p 0.001 and 1024 tokens.",
    unverified=("licence", "training_sets"),
)
LINGSHU_32B = replace(
    LINGSHU_7B,
    name="lingshu-32b",
    title="Lingshu 32B",
    source="hf://lingshu-medical-mllm/Lingshu-32B",
    parameters="32 B",
    base="qwen2.5-vl-32b",
)
LINGSHU_I_8B = replace(
    LINGSHU_7B,
    name="lingshu-i-8b",
    title="Lingshu-I 8B",
    source="hf://lingshu-medical-mllm/Lingshu-I-8B",
    family="internvl",
    parameters="8 B",
    base="internvl3-8b",
    status="card only",
    reason="whether it is a conversion for transformers or needs InternVL's own code is not known here; name "
    "its hub id to try it, or use lingshu-7b",
    unverified=("licence", "training_sets", "family"),
)

HUATUOGPT_VISION_7B_QWEN2_5VL = ModelCard(
    name="huatuogpt-vision-7b-qwen2.5vl",
    title="HuatuoGPT-Vision 7B on Qwen2.5-VL",
    loader="transformers",
    family="qwen",
    source="hf://FreedomIntelligence/HuatuoGPT-Vision-7B-Qwen2.5VL",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Chen et al. HuatuoGPT-Vision. arXiv:2406.19280, 2024.",
    domain="medical",
    base="qwen2.5-vl-7b",
    training_sets=("PubMedVision",),
    notes="Not the model of the paper, HuatuoGPT-Vision-7B, which was trained from LLaVA on Qwen2 and is "
    "asked in another layout.",
    unverified=("licence", "training_sets"),
)

_TASK = (
    "It was trained to think between <think> and </think> and to give one letter between <answer> and "
    "</answer>: the question has to ask for that."
)
MEDVLM_R1 = ModelCard(
    name="medvlm-r1",
    title="MedVLM-R1",
    loader="transformers",
    family="qwen2-vl",
    source="hf://JZPeterPan/MedVLM-R1",
    revision=None,
    parameters="2 B",
    licence="Apache-2.0",
    access="open",
    citation="Pan et al. MedVLM-R1. arXiv:2502.19634, 2025.",
    domain="medical",
    base="qwen2-vl-2b",
    training_sets=("omnimedvqa",),
    style=Style(decoding={"max_tokens": 1024}),
    notes=f"{_TASK} Trained on 600 questions on MRI from HuatuoGPT-Vision's selection of OmniMedVQA: its "
    "score there is in-domain. Options are lettered 'A) ...'. Greedy with 1024 tokens by its hub page.",
)
MED_R1 = replace(
    MEDVLM_R1,
    name="med-r1",
    title="Med-R1",
    source="hf://yuxianglai117/Med-R1",
    licence="not stated",
    citation="Lai et al. Med-R1. arXiv:2503.13939, 2025.",
    status="card only",
    reason="its repository holds one checkpoint for each modality and each kind of question, in folders of "
    "their own; download the one you want and name its folder",
    style=Style(),
    notes=f"{_TASK} Trained on splits of OmniMedVQA by modality and by kind of question: its scores there "
    "are in-domain. Its makers resize images to 384 x 384.",
    unverified=("licence",),
)

_THINKER = ModelCard(
    name="medvlthinker-7b",
    title="MedVLThinker 7B, RL on m23k",
    loader="transformers",
    family="qwen",
    source="hf://UCSC-VLAA/MedVLThinker-7B-RL_m23k",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Huang et al. MedVLThinker. arXiv:2508.02669, 2025.",
    domain="medical",
    base="qwen2.5-vl-7b",
    training_sets=("m23k",),
    style=Style(decoding={"max_tokens": 4096}),
    notes=f"{_TASK} Trained on text alone. Evaluated by its makers greedily with 4096 tokens.",
    unverified=("licence",),
)
MEDVLTHINKER_3B = replace(
    _THINKER,
    name="medvlthinker-3b",
    title="MedVLThinker 3B, RL on m23k",
    source="hf://UCSC-VLAA/MedVLThinker-3B-RL_m23k",
    parameters="3 B",
    base="qwen2.5-vl-3b",
)
MEDVLTHINKER_7B = _THINKER
MEDVLTHINKER_32B = replace(
    _THINKER,
    name="medvlthinker-32b",
    title="MedVLThinker 32B, RL on m23k",
    source="hf://UCSC-VLAA/MedVLThinker-32B-RL_m23k",
    parameters="32 B",
    base="qwen2.5-vl-32b",
)
MEDVLTHINKER_7B_PMC = replace(
    _THINKER,
    name="medvlthinker-7b-pmc",
    title="MedVLThinker 7B, RL on PMC-VQA",
    source="hf://UCSC-VLAA/MedVLThinker-7B-RL_PMC",
    training_sets=("pmc-vqa",),
    notes=f"{_TASK} Evaluated by its makers greedily with 4096 tokens.",
)

PATHO_R1_7B = ModelCard(
    name="patho-r1-7b",
    title="Patho-R1 7B",
    loader="transformers",
    family="qwen",
    source="hf://WenchuanZhang/Patho-R1-7B",
    revision=None,
    parameters="7 B",
    licence="CC-BY-NC-ND-4.0",
    access="registration",
    citation="Zhang et al. Patho-R1. arXiv:2505.11404, 2025.",
    domain="medical",
    base="qwen2.5-vl-7b",
    training_sets=("3.5 M pathology figures with captions", "500 k pathology questions with reasoning"),
    style=Style(decoding={"max_tokens": 4096}),
    intended_use="Non-commercial academic research; access needs an institution's address.",
    notes="It reasons before it answers; the number of tokens is chosen here.",
    unverified=("licence", "access", "family", "base"),
)
PATHO_R1_3B = replace(
    PATHO_R1_7B,
    name="patho-r1-3b",
    title="Patho-R1 3B",
    source="hf://WenchuanZhang/Patho-R1-3B",
    parameters="3 B",
    base="qwen2.5-vl-3b",
    unverified=("family", "base"),
)

ORALGPT_OMNI_7B = ModelCard(
    name="oralgpt-omni-7b",
    title="OralGPT-Omni 7B Instruct",
    loader="transformers",
    family="qwen",
    source="hf://OralGPT/OralGPT-Omni-7B-Instruct",
    revision=None,
    parameters="7 B",
    licence="not known here: see its hub page",
    access="open",
    citation="Hao et al. OralGPT-Omni. arXiv:2511.22055, 2025.",
    domain="medical",
    base="qwen2.5-vl-7b",
    training_sets=("TRACE-CoT",),
    style=Style(decoding={"max_tokens": 4096}),
    notes="Dentistry. It was trained on chains of thought; the number of tokens is chosen here.",
    unverified=("licence", "access", "family", "base", "training_sets"),
)
