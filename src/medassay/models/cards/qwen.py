"""Qwen2-VL, Qwen2.5-VL and Qwen3-VL."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_DATA = "Its makers name no training sets."
_PIXELS = (
    "Images keep their shape; how small and large they may be (min_pixels, max_pixels) is the checkpoint's "
    "processor's and part of the fingerprint. Harnesses that set their own limits measure another model."
)
_OWN_SYSTEM = "Its chat template adds the system prompt 'You are a helpful assistant.' where there is none."
_SAMPLED = "Its generation_config.json is not followed: decoding is what a request says."

QWEN2_VL_7B = ModelCard(
    name="qwen2-vl-7b",
    title="Qwen2-VL 7B Instruct",
    loader="transformers",
    family="qwen2-vl",
    source="hf://Qwen/Qwen2-VL-7B-Instruct",
    revision=None,
    parameters="7 B",
    licence="Apache-2.0",
    access="open",
    citation="Wang et al. Qwen2-VL. arXiv:2409.12191, 2024.",
    training_sets=(),
    notes=f"{_PIXELS} {_OWN_SYSTEM} {_SAMPLED} {_DATA}",
    unverified=("training_sets",),
)
QWEN2_VL_2B = replace(
    QWEN2_VL_7B,
    name="qwen2-vl-2b",
    title="Qwen2-VL 2B Instruct",
    source="hf://Qwen/Qwen2-VL-2B-Instruct",
    parameters="2 B",
)
QWEN2_VL_72B = replace(
    QWEN2_VL_7B,
    name="qwen2-vl-72b",
    title="Qwen2-VL 72B Instruct",
    source="hf://Qwen/Qwen2-VL-72B-Instruct",
    parameters="72 B",
    licence="Qwen licence",
)


def _qwen2_5(size: str, licence: str, *unverified: str) -> ModelCard:
    return ModelCard(
        name=f"qwen2.5-vl-{size.lower()}",
        title=f"Qwen2.5-VL {size} Instruct",
        loader="transformers",
        family="qwen",
        source=f"hf://Qwen/Qwen2.5-VL-{size}-Instruct",
        revision=None,
        parameters=f"{size[:-1]} B",
        licence=licence,
        access="open",
        citation="Qwen Team. Qwen2.5-VL Technical Report. arXiv:2502.13923, 2025.",
        training_sets=(),
        notes=f"{_PIXELS} {_OWN_SYSTEM} {_SAMPLED} {_DATA}",
        unverified=("training_sets", *unverified),
    )


QWEN2_5_VL_3B = _qwen2_5("3B", "Qwen research licence (non-commercial)", "licence")
QWEN2_5_VL_7B = _qwen2_5("7B", "Apache-2.0", "licence")
QWEN2_5_VL_32B = _qwen2_5("32B", "Apache-2.0")
QWEN2_5_VL_72B = _qwen2_5("72B", "Qwen licence", "licence")


def _qwen3(size: str, *unverified: str, parameters: str = "", family: str = "qwen3-vl") -> ModelCard:
    return ModelCard(
        name=f"qwen3-vl-{size.lower()}",
        title=f"Qwen3-VL {size} Instruct",
        loader="transformers",
        family=family,
        source=f"hf://Qwen/Qwen3-VL-{size}-Instruct",
        revision=None,
        parameters=parameters or f"{size[:-1]} B",
        licence="Apache-2.0",
        access="open",
        citation="Qwen Team. Qwen3-VL. https://github.com/QwenLM/Qwen3-VL, 2025.",
        training_sets=(),
        notes=f"{_PIXELS} {_SAMPLED} Its makers evaluate it by sampling, with up to 16384 tokens. {_DATA}",
        unverified=("training_sets", *unverified),
    )


def _thinking(instruct: ModelCard, family: str = "qwen3-vl-thinking") -> ModelCard:
    """The Thinking edition of a size."""
    return replace(
        instruct,
        name=f"{instruct.name}-thinking",
        title=instruct.title.replace("Instruct", "Thinking"),
        family=family,
        source=instruct.source.replace("-Instruct", "-Thinking"),
        style=Style(decoding={"max_tokens": 40960}),
        notes=f"{_PIXELS} Its chat template opens the thinking, and nothing switches it off: use the "
        "Instruct edition. Its makers evaluate it by sampling (temperature 1.0, top_p 0.95, top_k 20) with "
        f"up to 40960 tokens; greedy here unless the user says otherwise. {_DATA}",
        unverified=("training_sets", "licence"),
    )


_EXPERTS = "qwen3-vl-moe"
QWEN3_VL_2B = _qwen3("2B", "licence")
QWEN3_VL_4B = _qwen3("4B", "licence")
QWEN3_VL_8B = _qwen3("8B")
QWEN3_VL_32B = _qwen3("32B", "licence")
QWEN3_VL_30B = _qwen3("30B-A3B", "licence", parameters="30 B, 3 B active", family=_EXPERTS)
QWEN3_VL_235B = _qwen3("235B-A22B", "licence", parameters="235 B, 22 B active", family=_EXPERTS)
QWEN3_VL_2B_THINKING = _thinking(QWEN3_VL_2B)
QWEN3_VL_4B_THINKING = _thinking(QWEN3_VL_4B)
QWEN3_VL_8B_THINKING = _thinking(QWEN3_VL_8B)
QWEN3_VL_32B_THINKING = _thinking(QWEN3_VL_32B)
QWEN3_VL_30B_THINKING = _thinking(QWEN3_VL_30B, _EXPERTS)
QWEN3_VL_235B_THINKING = _thinking(QWEN3_VL_235B, _EXPERTS)
