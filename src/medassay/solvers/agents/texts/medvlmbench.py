"""The prompts of MedVLMBench's MDAgent, as published (CC0 1.0): roles, tasks and tags of its modes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CALL = (
    "You are acting as the {role} in a medical multi-agent team.",
    "Use only the provided image and question.",
    "If the image is uncertain or insufficient, say so briefly and still provide the best supported answer.",
    "Task: {task}",
    "Question: {question}",
)
NOTES = "Prior team notes:\n{evidence}"
TAGGED = "[{tag}]\n{text}"


class Part(NamedTuple):
    """A role, its task, and the tag under which later roles read what it said; the last is read by none."""

    role: str
    task: str
    tag: str = ""


MODES: Mapping[str, tuple[Part, ...]] = {
    "basic": (
        Part(
            "primary clinician",
            "Answer the question directly and concisely. Return only the final answer.",
        ),
    ),
    "intermediate": (
        Part(
            "visual examiner",
            "List the most relevant visual findings for answering the question. Keep it short.",
            "visual examiner",
        ),
        Part(
            "medical specialist",
            "Use the image and the prior team notes to propose the best answer with a short rationale.",
            "medical specialist",
        ),
        Part(
            "skeptical reviewer",
            "Check the proposed answer for mistakes, unsupported claims, or better alternatives. Be concise.",
            "skeptical reviewer",
        ),
        Part(
            "moderator",
            "Synthesize the team discussion and return only the final answer in a concise form.",
        ),
    ),
    "advanced": (
        Part(
            "triage lead",
            "Break the problem into 2-4 short subproblems needed to answer the question.",
            "triage plan",
        ),
        Part(
            "visual examiner",
            "Summarize the clinically relevant visual findings that matter for the question.",
            "visual findings",
        ),
        Part(
            "differential diagnostician",
            "Propose the best answer and key alternatives, grounded in the image and notes.",
            "differential diagnostician",
        ),
        Part(
            "quality reviewer",
            "Identify weak points in the proposed answer and state whether it should be revised.",
            "quality reviewer",
        ),
        Part(
            "chief moderator",
            "Return only the final answer. Keep it concise and directly answer the question.",
        ),
    ),
}
