"""MiMo-VL, which thinks before it answers."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_NOTES = (
    "It runs as Qwen2.5-VL. It thinks by default and needs thousands of tokens: an answer that is cut off "
    "while it thinks is truncated, not an answer. Images go before the text; its chat template holds its "
    "system prompt."
)

MIMO_VL_7B_SFT = ModelCard(
    name="mimo-vl-7b-sft",
    title="MiMo-VL 7B SFT",
    loader="transformers",
    family="qwen",
    source="hf://XiaomiMiMo/MiMo-VL-7B-SFT",
    revision=None,
    parameters="7 B",
    licence="MIT",
    access="open",
    citation="LLM-Core-Team Xiaomi. MiMo-VL Technical Report. arXiv:2506.03569, 2025.",
    training_sets=(),
    style=Style(decoding={"max_tokens": 8192}),
    notes=f"{_NOTES} The number of tokens is chosen here. The -2508 refresh has other weights.",
    unverified=("training_sets", "licence"),
)
MIMO_VL_7B_RL = replace(
    MIMO_VL_7B_SFT,
    name="mimo-vl-7b-rl",
    title="MiMo-VL 7B RL",
    source="hf://XiaomiMiMo/MiMo-VL-7B-RL",
    base="mimo-vl-7b-sft",
    unverified=("training_sets",),
)
MIMO_VL_7B_SFT_2508 = replace(
    MIMO_VL_7B_SFT,
    name="mimo-vl-7b-sft-2508",
    title="MiMo-VL 7B SFT, refresh of August 2025",
    source="hf://XiaomiMiMo/MiMo-VL-7B-SFT-2508",
    style=replace(MIMO_VL_7B_SFT.style, no_think="/no_think"),
    notes=f"{_NOTES} The number of tokens is chosen here. Its makers deploy it with temperature 0.3 and "
    "top_p 0.95.",
)
MIMO_VL_7B_RL_2508 = replace(
    MIMO_VL_7B_SFT_2508,
    name="mimo-vl-7b-rl-2508",
    title="MiMo-VL 7B RL, refresh of August 2025",
    source="hf://XiaomiMiMo/MiMo-VL-7B-RL-2508",
    base="mimo-vl-7b-sft-2508",
)
