"""What was read from a text, and the loop that tries rules in order. No rule ever guesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from medassay.text.passage import MARKS, Marks, Passage, Span, clean, marked, prepare
from medassay.text.refusals import refusal
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


def read(
    text: str,
    rules: Sequence[Rule[Context]],
    context: Context,
    *,
    marks: Marks = MARKS,
    tidy: Callable[[Passage], Passage] = clean,
) -> Reading:
    """Read `text` by the first of `rules` that speaks; a part marked as the answer is all that counts.

    Args:
        text: the answer as the model gave it.
        rules: (id, rule) in order; a rule sees tidy text and returns a Hit or None.
        context: what the rules need beside the text.
        marks: what sets an answer apart.
        tidy: what the text loses before the rules see it.
    """
    passage = prepare(text)
    if not passage.text:
        return Reading("unparsed", rule="empty")
    if found := marked(passage, marks, tidy):
        mark, part = found
        return _by_rules(part, rules, context, prefix=f"{mark}/")
    return _by_rules(tidy(passage), rules, context)


def _by_rules(part: Passage, rules: Sequence[Rule[Context]], context: Context, prefix: str = "") -> Reading:
    for name, rule in rules:
        hit = rule(part.text, context)
        if hit is None:
            continue
        status: Literal["scored", "unparsed"] = "unparsed" if hit.answer is None else "scored"
        span = part.span(hit.start, hit.end)
        return Reading(status, hit.answer, prefix + name, span, hit.answers, hit.number, hit.boxes)
    if found := refusal(part.text):
        return Reading("refused", rule=f"{prefix}{found.rule}", span=part.span(found.start, found.end))
    return Reading("unparsed", rule=f"{prefix}none")
