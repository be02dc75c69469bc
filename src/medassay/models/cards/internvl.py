"""InternVL3 and InternVL3.5, as their conversions for transformers."""

from __future__ import annotations

from medassay.types import ModelCard

_TILES = (
    "The conversion whose name ends in -hf: the original repository brings code of its own and its own "
    "tiling. An image is cut into tiles of 448 x 448 pixels with an overview of the whole. Images go before "
    "the text; a published wrapper put the text first."
)


def _internvl3(size: str) -> ModelCard:
    return ModelCard(
        name=f"internvl3-{size.lower()}",
        title=f"InternVL3 {size}",
        loader="transformers",
        family="internvl",
        source=f"hf://OpenGVLab/InternVL3-{size}-hf",
        revision=None,
        parameters=f"{size[:-1]} B",
        licence="Qwen licence by the tag of the conversion, Apache-2.0 by that of the original",
        access="open",
        citation="Zhu et al. InternVL3. arXiv:2504.10479, 2025.",
        training_sets=(),
        notes=_TILES,
        unverified=("training_sets", *(() if size == "8B" else ("licence",))),
    )


def _internvl3_5(size: str) -> ModelCard:
    return ModelCard(
        name=f"internvl3.5-{size.lower()}",
        title=f"InternVL3.5 {size}",
        loader="transformers",
        family="internvl3.5",
        source=f"hf://OpenGVLab/InternVL3_5-{size}-HF",
        revision=None,
        parameters=f"{size[:-1]} B",
        licence="Apache-2.0",
        access="open",
        citation="Wang et al. InternVL3.5. arXiv:2508.18265, 2025.",
        training_sets=("MMPR-v1.2", "MMPR-Tiny"),
        notes=f"{_TILES} Its hub page names the sets of its preference and reinforcement learning only. It "
        "thinks only where a system prompt asks for it, between <think> and </think>.",
        unverified=("training_sets", "notes", *(() if size == "8B" else ("licence",))),
    )


INTERNVL3_1B = _internvl3("1B")
INTERNVL3_2B = _internvl3("2B")
INTERNVL3_8B = _internvl3("8B")
INTERNVL3_14B = _internvl3("14B")
INTERNVL3_38B = _internvl3("38B")
INTERNVL3_78B = _internvl3("78B")
INTERNVL3_5_1B = _internvl3_5("1B")
INTERNVL3_5_2B = _internvl3_5("2B")
INTERNVL3_5_4B = _internvl3_5("4B")
INTERNVL3_5_8B = _internvl3_5("8B")
INTERNVL3_5_14B = _internvl3_5("14B")
INTERNVL3_5_38B = _internvl3_5("38B")
