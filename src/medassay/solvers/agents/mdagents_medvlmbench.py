"""MedVLMBench's MDAgent: roles that read each other in a fixed order; which of them, keywords decide.

It shares with MDAgents the names of its modes alone: no triage by the model, no recruiting, no vote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from medassay.solvers.agents.texts import medvlmbench as say
from medassay.types import Case, Image, Message, Request, Turns

Mode = Literal["adaptive", "basic", "intermediate", "advanced"]

_CHOICES = ("answer choices:", "answer with the single letter", "(a)", "(b)", "(c)")
_YES_NO = re.compile(
    r"answer the following question about the image with yes or no|.*\byes or no\b"
    r"|(?:is|are|does|do|can|could|was|were|has|have)\b",
    re.DOTALL,
)
_HARD = (
    "why",
    "explain",
    "describe",
    "evidence",
    "differential",
    "most likely diagnosis",
    "best next",
    "how many",
    "comparison",
)
_LONG = 18  # words


def mdagents_medvlmbench(_case: Case, request: Request, *, mode: Mode = "adaptive") -> Turns:
    """Ask one, four or five roles in turn; the last one's text is the answer, as it is.

    Every role sees the images and has no memory but the notes it is given. Decoding is the question's, so
    greedy unless somebody says otherwise. Nothing is parsed, so nothing can break.

    Args:
        _case: not looked at.
        request: the question.
        mode: which roles; "adaptive" goes by keywords of the question (`adaptive`).
    """
    question = "".join(part for part in _asked(request).parts if isinstance(part, str)).strip()
    taken = adaptive(question) if mode == "adaptive" else mode
    notes: list[tuple[str, str]] = []
    for part in say.MODES[taken]:
        [response] = yield [_worded(request, part, question, notes)]
        notes.append((part.tag, response.text))
    return response


def adaptive(question: str) -> str:
    """The mode for a question: its rules in their order, by substrings of the whole prompt."""
    text = question.lower().strip()
    if any(word in text for word in _CHOICES) or _YES_NO.match(text):
        return "basic"
    hard = len(text.split()) >= _LONG or any(word in text for word in _HARD)
    return "advanced" if hard else "intermediate"


def _worded(request: Request, part: say.Part, question: str, notes: Sequence[tuple[str, str]]) -> Request:
    """The request in a role's words; the first note alone stands without a tag, as published."""
    alone = len(notes) == 1
    evidence = "\n\n".join(text if alone else say.TAGGED.format(tag=tag, text=text) for tag, text in notes)
    told = [line.format(role=part.role, task=part.task, question=question) for line in say.CALL]
    told += [say.NOTES.format(evidence=evidence)] if evidence else []
    asked = _asked(request)
    images = tuple(piece for piece in asked.parts if isinstance(piece, Image))
    message = replace(asked, parts=(*images, "\n\n".join(told).strip()))
    messages = tuple(message if held is asked else held for held in request.messages)
    return replace(request, messages=messages, role=part.role)


def _asked(request: Request) -> Message:
    """What the user says last."""
    return next(message for message in reversed(request.messages) if message.role == "user")
