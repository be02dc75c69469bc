"""One row as a reader sees it: question, options, answer with the part that was read, and what was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medassay.reporting import words
from medassay.reporting.conversation import Conversation, conversation
from medassay.reporting.thumbnails import Thumbnail, thumbnail
from medassay.types import Row, Sample

MAX_IMAGES = 4
MAX_TEXT = 1500
_CONTEXT = 300  # characters kept before the part that was read, where the text is cut
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text in three parts, of which the middle was read; what was cut is counted in characters."""

    before: str
    read: str
    after: str
    cut_before: int = 0
    cut_after: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """An option, whether it is right, and whether it was taken."""

    letter: str
    label: str
    gold: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A row in the words and pictures of the page."""

    id: str
    status: str
    flags: tuple[str, ...]
    question: str
    options: tuple[Option, ...]
    text: Excerpt
    probability: str
    read_as: str
    rule: str
    gold: str
    values: str
    tags: str
    error: str
    images: tuple[Thumbnail, ...]
    more_images: int
    conversation: Conversation | None


def example(row: Row) -> Example:
    """The row as shown; its images are opened and made small."""
    sample, response, score = row.sample, row.response, row.score
    pictures = [thumbnail(image, sample.target.boxes) for image in sample.images[:MAX_IMAGES]]
    return Example(
        id=words.printable(sample.id),
        status=score.status,
        flags=score.flags,
        question=_shortened(sample.question),
        options=_options(row),
        text=excerpt(response.text, score.span),
        probability=_probability(row),
        read_as=_shortened(score.answer or "", 200),
        rule=words.printable(score.rule),
        gold=gold(sample),
        values=", ".join(f"{words.metric_name(k)} {words.number(v)}" for k, v in score.values.items()),
        tags=words.printable(" · ".join(f"{words.plain_name(k)} {v}" for k, v in sample.tags.items() if v)),
        error=_shortened(response.error or "", 400),
        images=tuple(pictures),
        more_images=max(0, len(sample.images) - MAX_IMAGES),
        conversation=conversation(response),
    )


def excerpt(text: str, span: tuple[int, int] | None, limit: int = MAX_TEXT) -> Excerpt:
    """At most about `limit` characters of `text`, the part at `span` always among them."""
    start, end = span if span is not None and 0 <= span[0] <= span[1] <= len(text) else (0, 0)
    end = min(end, start + limit)
    first = 0 if end <= limit else max(0, start - _CONTEXT)
    last = min(len(text), max(first + limit, end))
    before, read, after = (
        words.printable(part) for part in (text[first:start], text[start:end], text[end:last])
    )
    return Excerpt(before, read, after, cut_before=first, cut_after=len(text) - last)


def gold(sample: Sample) -> str:
    """What is right, as text: the letter with its option, the labels, the number with its unit, the boxes."""
    target = sample.target
    if target.boxes:
        return "; ".join(_box(b.label, (b.x0, b.y0, b.x1, b.y1)) for b in target.boxes)
    if target.number is not None:
        return f"{target.number:g} {target.unit}".strip()
    if sample.kind in ("choice", "multi-choice"):
        named = [f"{o.letter}. {o.label}" for o in _lettered(sample, taken=()) if o.gold]
        return _shortened("; ".join(named or target.texts))
    joined = "; " if sample.kind in ("multilabel", "multi-choice") else " or "
    return _shortened(joined.join(target.texts) or "(none)")


def _box(label: str, corners: Sequence[float]) -> str:
    return words.printable(f"{label} [{', '.join(f'{c:g}' for c in corners)}]".strip())


def _options(row: Row) -> tuple[Option, ...]:
    answer = row.score.answer or ""
    return _lettered(row.sample, taken=[part.strip() for part in (answer, *answer.split(","))])


def _lettered(sample: Sample, *, taken: Sequence[str]) -> tuple[Option, ...]:
    lettered = sample.kind in ("choice", "multi-choice")
    options = []
    for index, choice in enumerate(sample.choices):
        letter = _LETTERS[index] if lettered and index < len(_LETTERS) else ""
        name = letter or choice.label
        right, chosen = name in sample.target.texts, name in taken
        options.append(Option(letter, words.printable(choice.label), right, chosen))
    return tuple(options)


def _probability(row: Row) -> str:
    """The probability of each option, for a model that ranks instead of writing; "" for one that writes."""
    probs, choices = row.response.probs, row.sample.choices
    if probs is None or row.response.text or len(probs) != len(choices):
        return ""
    return words.printable(
        ", ".join(f"{c.label} {words.number(p)}" for c, p in zip(choices, probs, strict=True))
    )


def _shortened(text: str, limit: int = MAX_TEXT) -> str:
    shown = words.printable(text)
    return shown if len(shown) <= limit else f"{shown[:limit]} … ({len(shown) - limit:,} more characters)"
