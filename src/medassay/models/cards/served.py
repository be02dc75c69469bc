"""Models that only their makers serve. Each is asked by a dated name where there is one.

A name is no fingerprint: what the server says that it is, is kept with every answer. Their thinking counts
against the limit on tokens, so a limit meant for a short answer would cut it off before it begins.
"""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard, Style

_OPENAI = "https://api.openai.com/v1"
_GEMINI = "https://generativelanguage.googleapis.com/v1beta/openai"
_NAMES = "The names of its models stand in ChatModel of the openai package (3.54)."
_UNKNOWN = "Its training data is not published: whether it has seen a benchmark cannot be told."
_THINKS = Style(decoding={"max_tokens": 25_000})

O3 = ModelCard(
    name="o3",
    title="OpenAI o3",
    loader="server",
    source=_OPENAI,
    revision=None,
    parameters="not published",
    licence="OpenAI's terms of use",
    access="registration",
    citation="OpenAI: o3, model o3-2025-04-16.",
    training_sets=(),
    style=_THINKS,
    options={"name": "o3-2025-04-16", "dialect": "openai-reasoning"},
    family="served",
    unverified=("training_sets", "style"),
    notes=f"{_UNKNOWN} {_NAMES} It takes no temperature. Key: OPENAI_API_KEY.",
)

GPT_5_2 = replace(
    O3,
    name="gpt-5.2",
    title="OpenAI GPT-5.2",
    citation="OpenAI: GPT-5.2, model gpt-5.2-2025-12-11.",
    options={"name": "gpt-5.2-2025-12-11", "dialect": "openai-reasoning"},
    notes=f"{_UNKNOWN} {_NAMES} Its effort of reasoning is left as the server has it. Key: OPENAI_API_KEY.",
)

GEMINI_2_5_PRO = replace(
    O3,
    name="gemini-2.5-pro",
    title="Google Gemini 2.5 Pro",
    source=_GEMINI,
    licence="Google's terms of the Gemini API",
    citation="Google: Gemini 2.5 Pro.",
    options={"name": "gemini-2.5-pro", "dialect": "gemini"},
    notes=f"{_UNKNOWN} The figures of MedVLMBench under this name were made with "
    "gemini-2.5-flash-preview-05-20, another model. The name has no date. Key: GEMINI_API_KEY.",
)

GEMINI_3_1_PRO = replace(
    GEMINI_2_5_PRO,
    name="gemini-3.1-pro",
    title="Google Gemini 3.1 Pro (preview)",
    citation="Google: Gemini 3.1 Pro, https://ai.google.dev/gemini-api/docs/models/gemini-3.1-pro-preview",
    options={"name": "gemini-3.1-pro-preview", "dialect": "gemini"},
    notes=f"{_UNKNOWN} A preview: it can change or end under its name. Key: GEMINI_API_KEY.",
)
