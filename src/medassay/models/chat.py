"""Requests as conversations, and raw answers taken apart. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from medassay.types import Request

_OPEN, _CLOSE = "<think>", "</think>"
_GEMMA_OPEN, _GEMMA_CLOSE = "<unused94>", "<unused95>"  # MedGemma's, the first followed by "thought"


def conversation(request: Request) -> list[dict[str, Any]]:
    """The messages as a chat template reads them; images are placeholders, in their place among the text."""
    return [
        {
            "role": message.role,
            "content": [
                {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}
                for part in message.parts
            ],
        }
        for message in request.messages
    ]


def answered(text: str) -> dict[str, Any]:
    """An answer as a chat template reads it."""
    return {"role": "assistant", "content": [{"type": "text", "text": text}]}


def written(tokenizer: Any, tokens: Sequence[int]) -> str:
    """What the tokens say, without special ones but with the marks of thinking.

    Some families (GLM-V) count those marks among their special tokens: dropped with the rest, the thinking
    would run into the answer.
    """
    known = (_OPEN, _CLOSE, _GEMMA_OPEN, _GEMMA_CLOSE)
    marks = {tokenizer.convert_tokens_to_ids(mark): mark for mark in known}
    text, start = "", 0
    for place, token in enumerate(tokens):
        if token in marks and token != tokenizer.unk_token_id:
            text += tokenizer.decode(tokens[start:place], skip_special_tokens=True) + marks[token]
            start = place + 1
    return text + str(tokenizer.decode(tokens[start:], skip_special_tokens=True))


def split_thinking(text: str, *, opened: bool = False) -> tuple[str, str]:
    """The thinking and the answer of a raw text.

    `opened` says that the prompt itself ended inside the thinking. Thinking that was cut off leaves an
    empty answer.
    """
    if _GEMMA_OPEN in text:
        text = text.replace(_GEMMA_OPEN + "thought", _OPEN).replace(_GEMMA_CLOSE, _CLOSE)
    thinking, closed, answer = text.rpartition(_CLOSE)
    if closed:
        return thinking.strip().removeprefix(_OPEN).strip(), answer.strip()
    if opened or text.lstrip().startswith(_OPEN):
        return text.strip().removeprefix(_OPEN).strip(), ""
    return "", text.strip()


def opens_thinking(prompt: str) -> bool:
    """Whether a rendered prompt ends inside the thinking."""
    return prompt.rstrip().endswith(_OPEN)


def cut_at_stop(text: str, stop: tuple[str, ...]) -> str:
    """The text before the first stop string."""
    ends = [text.find(s) for s in stop]
    return text[: min((end for end in ends if end >= 0), default=len(text))]


def asked_answers(request: Request) -> tuple[str, ...]:
    """What the prompt asks to answer with, one text per choice: letters where it lists lettered options.

    An option is lettered where a line of the prompt reads "A. label", "A) label", "(A) label" or "A: label".
    """
    lines = {line.strip() for line in request.text.splitlines()}
    labels = [choice.label for choice in request.choices]
    for form in ("{}. {}", "{}) {}", "({}) {}", "{}: {}"):
        lettered = zip(ascii_uppercase, labels, strict=False)
        if 0 < len(labels) <= len(ascii_uppercase) and all(form.format(a, b) in lines for a, b in lettered):
            return tuple(ascii_uppercase[: len(labels)])
    return tuple(labels)
