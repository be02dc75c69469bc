"""How models are asked that have no chat template of their own: the form their makers document.

The forms are templates like those that others ship, so that what is asked, and what is refused, is part of a
model's identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ONE_IMAGE = (
    "{%- set images = messages | map(attribute='content') | sum(start=[]) "
    "| selectattr('type', 'equalto', 'image') | list | length -%}"
    "{%- if images != 1 -%}"
    "{{- raise_exception('this model answers about exactly one image, and was given ' ~ images) -}}"
    "{%- endif -%}"
)
_EACH = "{%- for message in messages -%}"
_SAID = (
    "{%- set said = message.content | selectattr('type', 'equalto', 'text') "
    "| map(attribute='text') | join(' ') | trim -%}"
)
_BARE = (
    f"{_ONE_IMAGE}{_EACH}{_SAID}"
    "{%- if message.role == 'assistant' -%}"
    "{{- raise_exception('this model answers single questions, not conversations') -}}"
    "{%- endif -%}"
    "{{- said -}}{%- if not loop.last -%}{{- ' ' -}}{%- endif -%}"
    "{%- endfor -%}"
)
_QUESTION_ANSWER = (
    f"{_ONE_IMAGE}{_EACH}{_SAID}"
    "{%- if message.role == 'user' -%}{{- 'Question: ' ~ said ~ ' Answer:' -}}"
    "{%- elif message.role == 'assistant' -%}{{- ' ' ~ said ~ '. ' -}}"
    "{%- else -%}{{- said ~ ' ' -}}{%- endif -%}"
    "{%- endfor -%}"
)

FORMS: Mapping[str, str] = {
    "BlipForQuestionAnswering": _BARE,
    "Blip2ForConditionalGeneration": _QUESTION_ANSWER,
    "InstructBlipForConditionalGeneration": _BARE,
}
"""Jinja templates by the class that a checkpoint's configuration names.

By their documentation in transformers BLIP (VQA) and InstructBLIP take the bare question, BLIP-2
"Question: ... Answer:" with earlier turns before it (the latter also Li et al. 2023, for OPT).
"""


def form_of(config: Mapping[str, Any]) -> str | None:
    """The template for a checkpoint by its `config.json`; None where its family has no documented form."""
    return next((FORMS[name] for name in config.get("architectures") or () if name in FORMS), None)
