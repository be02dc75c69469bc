"""The letter extractor of MedVLMBench's later code, which looks at the first match of each pattern alone."""

from __future__ import annotations

import re

_CUES = (
    re.compile(r"(?:final answer|answer is|answer|ans|choice|option)\s*[:\-]?\s*[(\[]?\s*([a-z])", re.I),
    re.compile(r"correct answer is\s*[(\[]?\s*([a-z])", re.I),  # without a colon, unlike the first
)
_BRACKETED = re.compile(r"[(\[]\s*([a-z])\s*[)\]]")
_BOLD = re.compile(r"\*\*\s*([a-z])\s*\*\*")
_ALONE = re.compile(r"\b([a-z])\b")


def letter(text: str, offered: str) -> str | None:
    """The letter, in upper case, that the harness credits; None where it finds none of those offered.

    No letter ends at the end of a word behind a cue ("the answer is definitely B" gives D), and the first
    letter that stands alone wins, the article "a" and the pronoun "i" among them.
    """
    flat = " ".join(text.lower().split())
    for pattern in (*_CUES, _BRACKETED, _BOLD, _ALONE):
        found = pattern.search(flat)
        if found and found[1].upper() in offered:
            return found[1].upper()
    return None
