"""GLM-4.1V-Thinking and GLM-4.5V."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_PAPER = "GLM-V Team. GLM-4.5V and GLM-4.1V-Thinking. arXiv:2507.01006, 2025."
_MARKS = (
    "The marks of its thinking are special tokens, which a decoder that drops those loses: thinking and "
    "answer then run together."
)

GLM_4_1V_9B_THINKING = ModelCard(
    name="glm-4.1v-9b-thinking",
    title="GLM-4.1V 9B Thinking",
    loader="transformers",
    family="glm4v",
    source="hf://zai-org/GLM-4.1V-9B-Thinking",
    revision=None,
    parameters="9 B",
    licence="MIT",
    access="open",
    citation=_PAPER,
    training_sets=(),
    style=Style(decoding={"max_tokens": 8192}),
    notes=f"{_MARKS} It always thinks. Its makers' script ends the thinking after 8192 tokens and asks for "
    "the answer; here it counts as truncated. The answer may stand between <answer> and </answer>.",
    unverified=("training_sets", "licence"),
)
GLM_4_5V = replace(
    GLM_4_1V_9B_THINKING,
    name="glm-4.5v",
    title="GLM-4.5V",
    family="glm4v-moe",
    source="hf://zai-org/GLM-4.5V",
    parameters="106 B, 12 B active",
    notes=f"{_MARKS} It thinks unless thinking is switched off, which its chat template can do. The number "
    "of tokens is that of its makers' script for GLM-4.1V. The answer may stand between <|begin_of_box|> and "
    "<|end_of_box|>.",
)
