"""LLaVA and what was built on its code: LLaVA-Med, HuatuoGPT-Vision, Quilt-LLaVA."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_TALKATIVE = Style(
    decoding={"max_tokens": 1024}
)  # the limit of the evaluation scripts of LLaVA and LLaVA-Med

_PIECES = "Its tokenizer is a SentencePiece file: pip install sentencepiece protobuf."

LLAVA_15_7B = ModelCard(
    name="llava-1.5-7b",
    title="LLaVA-1.5 7B, as converted to transformers",
    loader="transformers",
    source="hf://llava-hf/llava-1.5-7b-hf",
    revision="b234b804b114d9e37bb655e11cbbb5f5e971b7a9",
    parameters="7 B",
    licence="Llama 2 Community License",
    access="open",
    citation="Liu et al. Improved Baselines with Visual Instruction Tuning. CVPR 2024. arXiv:2310.03744",
    training_sets=("LAION/CC/SBU 558K", "LLaVA-Instruct-158K", "academic VQA 450K", "ShareGPT 40K"),
    style=_TALKATIVE,
    family="llava",
    notes=(
        "Vicuna conversation. The conversion crops an image to its central square; the original pads it: "
        "llava-1.5-7b-original does what the published numbers were made with."
    ),
)
LLAVA_15_13B = replace(
    LLAVA_15_7B,
    name="llava-1.5-13b",
    title="LLaVA-1.5 13B, as converted to transformers",
    source="hf://llava-hf/llava-1.5-13b-hf",
    revision=None,
    parameters="13 B",
    notes="Vicuna conversation. The conversion crops an image to its central square; the original pads it.",
    unverified=("source",),
)
LLAVA_15_7B_ORIGINAL = replace(
    LLAVA_15_7B,
    name="llava-1.5-7b-original",
    title="LLaVA-1.5 7B, in its original layout",
    source="hf://liuhaotian/llava-v1.5-7b",
    revision=None,
    family="llava-llama",
    notes=(
        "Vicuna conversation; images padded to a square with the mean colour (image_aspect_ratio=pad). "
        f"{_PIECES}"
    ),
)
LLAVA_15_13B_ORIGINAL = replace(
    LLAVA_15_7B_ORIGINAL,
    name="llava-1.5-13b-original",
    title="LLaVA-1.5 13B, in its original layout",
    source="hf://liuhaotian/llava-v1.5-13b",
    parameters="13 B",
)

LLAVA_MED_15 = ModelCard(
    name="llava-med-v1.5",
    title="LLaVA-Med v1.5 (Mistral 7B)",
    loader="transformers",
    source="hf://microsoft/llava-med-v1.5-mistral-7b",
    revision="91bb16c122001ddc9cf1fd36ce1dae09448943a2",
    parameters="7 B",
    licence="Apache-2.0 by its tag; its card: that of Mistral-7B-Instruct-v0.2, research use only",
    access="open",
    citation="Li et al. LLaVA-Med. arXiv:2306.00890",
    training_sets=("PMC-15M",),
    style=_TALKATIVE,
    family="llava-mistral",
    domain="medical",
    intended_use="Research on vision-language models, and reproducing its paper; not clinical care.",
    notes=(
        "Built from Mistral-7B-Instruct-v0.2 on the LLaVA recipe, not from LLaVA-1.5, with which published "
        "tables pair it. Its files hold a vision tower (391 of 686 tensors); the loader of its own "
        "repository skips that one and takes OpenAI's CLIP instead (issue 105 there). The one in the files "
        "is used here; whether the two differ is not stated. Its own code shifts a padded image by 0 or 1 "
        f"pixel at random; here it stays in the middle. {_PIECES}"
    ),
)

LLAVA_MED_1 = replace(
    LLAVA_MED_15,
    name="llava-med-v1",
    title="LLaVA-Med v1 (LLaMA 7B), as differences from LLaMA-1",
    source="hf://microsoft/llava-med-7b-delta",
    revision=None,
    licence="Microsoft research licence, and that of LLaMA-1",
    training_sets=("PMC-15M",),
    family="",
    status="card only",
    reason=(
        "its files are differences from LLaMA-1, which must be had and added first, and its linear projector "
        "has no counterpart in transformers; use llava-med-v1.5"
    ),
    notes="Half of a published pair with LLaVA-v0.",
)

_HUATUO_NOTES = (
    "Images are padded to a square with the mean colour, each opens the question as `<image>` and a line "
    "break, at most 6. Its own chat draws at temperature 0.2 with a repetition penalty of 1.2 that sees the "
    "answer alone; here decoding is greedy without one unless asked for, and a penalty sees the prompt too."
)
HUATUO_7B = ModelCard(
    name="huatuogpt-vision-7b",
    title="HuatuoGPT-Vision 7B (Qwen2), in its original layout",
    loader="transformers",
    source="hf://FreedomIntelligence/HuatuoGPT-Vision-7B",
    revision="34dfcdbb7728ff38da865839f342b88c4cf6ef39",
    parameters="8 B",
    licence="Apache-2.0",
    access="open",
    citation="Chen et al. HuatuoGPT-Vision. arXiv:2406.19280",
    training_sets=("PubMedVision",),
    style=Style(decoding={"max_tokens": 512}),
    family="llava-qwen2",
    domain="medical",
    notes=_HUATUO_NOTES,
    unverified=("parameters",),
)
HUATUO_34B = replace(
    HUATUO_7B,
    name="huatuogpt-vision-34b",
    title="HuatuoGPT-Vision 34B (Yi-1.5), in its original layout",
    source="hf://FreedomIntelligence/HuatuoGPT-Vision-34B",
    revision=None,
    parameters="34 B",
    options={"conversation": "huatuo"},
    family="llava-llama",
    notes=f"{_HUATUO_NOTES} Tables that name a 32B mean this one: no 32B is public.",
    unverified=("licence",),
)

QUILT_LLAVA = replace(
    LLAVA_15_7B_ORIGINAL,
    name="quilt-llava",
    title="Quilt-LLaVA v1.5 7B (histopathology)",
    source="hf://wisdomik/Quilt-Llava-v1.5-7b",
    licence="CC BY-NC 3.0, and the terms of QUILT-1M, LLaMA, Vicuna and GPT-4",
    citation="Seyfioglu et al. Quilt-LLaVA. CVPR 2024. arXiv:2312.04746",
    training_sets=("QUILT-1M", "QUILT-Instruct"),
    domain="medical",
    intended_use="Research; its makers forbid clinical use.",
    notes=(
        "Vicuna conversation. It was trained from Vicuna v1.5 on the LLaVA-1.5 recipe, not from LLaVA-1.5. "
        f"{_PIECES}"
    ),
)

LLAVA_ONEVISION_7B = ModelCard(
    name="llava-onevision-7b",
    title="LLaVA-OneVision 7B (Qwen2)",
    loader="transformers",
    source="hf://llava-hf/llava-onevision-qwen2-7b-ov-hf",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Li et al. LLaVA-OneVision: Easy Visual Task Transfer. arXiv:2408.03326",
    training_sets=("LLaVA-OneVision-Data",),
    family="llava-onevision",
    notes="A single image is cut into tiles beside an overview; of several images each is an overview alone.",
)
LLAVA_ONEVISION_72B = replace(
    LLAVA_ONEVISION_7B,
    name="llava-onevision-72b",
    title="LLaVA-OneVision 72B, chat (Qwen2)",
    source="hf://llava-hf/llava-onevision-qwen2-72b-ov-chat-hf",
    parameters="72 B",
    notes=f"{LLAVA_ONEVISION_7B.notes} The judge of 3MDBench, there in 4 bits.",
    unverified=("licence",),
)
