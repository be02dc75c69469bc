"""What was read from a text, and the loop that tries rules in order. No rule ever guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from medassay.text.passage import Passage, Span, clean, marked, prepare
from medassay.types import Box

Context = TypeVar("Context")


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading one answer.

    Attributes:
        status: "scored", "unparsed" (no single answer without guessing) or "refused".
        answer: what was read in its canonical form; None unless scored.
        rule: the id of the rule that decided: "mark/rule" inside a box, tag or JSON field.
        span: where in the original text.
        answers: the members, where an answer is a set (may be empty: "none").
        number: the value, where an answer is a number, in the unit that was asked for.
        boxes: the boxes, where an answer is boxes.
    """

    status: Literal["scored", "unparsed", "refused"]
    answer: str | None = None
    rule: str = ""
    span: Span | None = None
    answers: tuple[str, ...] = ()
    number: float | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that speaks: its answer, or None where the text decides for nothing that can be read."""

    answer: str | None
    start: int
    end: int
    answers: tuple[str, ...] = ()
    number: float | None = None
    boxes: tuple[Box, ...] = ()


Rule = tuple[str, Callable[[str, Context], Hit | None]]


def read(text: str, rules: Sequence[Rule[Context]], context: Context) -> Reading:
    """Read `text` by the first of `rules` that speaks; a part marked as the answer is all that counts.

    Args:
        text: the answer as the model gave it.
        rules: (id, rule) in order; a rule sees clean text and returns a Hit or None.
        context: what the rules need beside the text.
    """
    passage = prepare(text)
    if not passage.text:
        return Reading("unparsed", rule="empty")
    if found := marked(passage):
        mark, part = found
        return _by_rules(part, rules, context, prefix=f"{mark}/")
    return _by_rules(clean(passage), rules, context)


def _by_rules(part: Passage, rules: Sequence[Rule[Context]], context: Context, prefix: str = "") -> Reading:
    for name, rule in rules:
        hit = rule(part.text, context)
        if hit is None:
            continue
        status: Literal["scored", "unparsed"] = "unparsed" if hit.answer is None else "scored"
        span = part.span(hit.start, hit.end)
        return Reading(status, hit.answer, prefix + name, span, hit.answers, hit.number, hit.boxes)
    if place := refusal(part.text):
        return Reading("refused", rule=f"{prefix}refusal", span=part.span(*place))
    return Reading("unparsed", rule=f"{prefix}none")


_CANNOT = r"(?:can\s?not|can'?t|could\s?n(?:o|')t|(?:am|'m|are|is)?\s*(?:un|not\s+)able\s+to)"
_DECIDE = (
    r"(?:determine|answer|provide|interpret|diagnose|assist|help|tell|say|offer|comment|conclude|decide"
    r"|ascertain|choose|select|fulfil?l|comply|make\s+(?:a|any)\s+(?:medical\s+)?(?:diagnos[ie]s|determination)"
    r"|give\s+(?:a|an|any|you|medical)|be\s+(?:determined|answered|ascertained|concluded|decided))"
)
_PICTURE = r"(?:the|any|this|these|your)?\s*(?:medical\s+)?(?:image|picture|photo|scan|file|x-?ray)s?"
_GIVEN = r"(?:was|were|is|are|has|have)\s+(?:been\s+)?(?:provided|attached|uploaded|visible|given)"
REFUSALS = (
    rf"{_CANNOT}\s+(?:\w+ly\s+)?{_DECIDE}\b",
    rf"{_CANNOT}\s+(?:see|view|access|open|analy[sz]e|process)\s+{_PICTURE}\b",
    rf"(?:im|not\s+)possible\s+to\s+{_DECIDE}\b",
    r"(?:'m|am|are)?\s*not\s+(?:sure|certain)\b",
    r"\b(?:do\s*n[o']t|do\s+not)\s+know\b",
    r"\b(?:in|not\s+)(?:sufficient|enough)\s+(?:information|data|detail|context|evidence\s+to)",
    rf"\bno\s+(?:image|picture|scan)s?\s+{_GIVEN}\b",
    r"\bagainst\s+(?:my|our|the)\s+(?:polic(?:y|ies)|guidelines?)\b",
    r"\bnot\s+(?:qualified|licensed|allowed|permitted)\s+to\b",
    r"(?:无法|不能)(?:确定|判断|回答|提供)|不知道|不确定",
)
"""How a model says that it cannot or will not answer. "I cannot see any fracture" is an answer."""

_REFUSAL = re.compile("|".join(REFUSALS), re.IGNORECASE)
_STATEMENT_END = re.compile(r"[.;!?\n](?!\d)|\b(?:but|however|nevertheless|nonetheless)\b|。", re.IGNORECASE)


def refusal(text: str) -> Span | None:
    """Where the text declines to answer; None where it does not."""
    found = _REFUSAL.search(text.replace("’", "'"))
    return found.span() if found else None


def without_refusals(text: str) -> str:
    """The text with each declining statement blanked out to its end, at the same length."""
    parts: list[str] = []
    done = 0
    for found in _REFUSAL.finditer(text.replace("’", "'")):
        if found.start() < done:
            continue
        end = _STATEMENT_END.search(text, found.end())
        stop = end.start() if end else len(text)
        parts += [text[done : found.start()], " " * (stop - found.start())]
        done = stop
    return "".join([*parts, text[done:]])
