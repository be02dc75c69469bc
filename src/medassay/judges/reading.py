"""Reading what a judge replied. No reply is guessed at: one that cannot be read is nobody's verdict.

A reader is made from the words of its rubric and maps a reply to a `Verdict`, or to None where the reply
holds none, or two that differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from medassay import codec
from medassay.text.passage import Passage, without_thinking
from medassay.types import Sample

ACCURACY, SCORE, GREEN, PREFERENCE = "judge_accuracy", "judge_score", "judge_green", "judge_preference"
"""The values that verdicts carry; metrics of the same names average them."""

ERRORS = (
    "false_finding",
    "missing_finding",
    "wrong_location",
    "wrong_severity",
    "false_comparison",
    "missing_comparison",
)
"""The six kinds of error that GREEN counts (Ostmeier et al. 2024), under short names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge said: in a word, and as values. `answer` None: what was judged answers nothing."""

    answer: str | None
    values: Mapping[str, float] = field(default_factory=dict)


Reader = Callable[[str, Sample], Verdict | None]


def word_in_field(name: str, words: Mapping[str, float | None]) -> Reader:
    """Reads the text of a JSON field; the words map to the value, None for "the text answers nothing"."""
    return lambda reply, _sample: _worded(_fields(reply, name), words)


def word_in_tag(name: str, words: Mapping[str, float | None]) -> Reader:
    """Reads what stands between `<name>` and `</name>`."""
    pattern = re.compile(rf"<{name}>\s*(.*?)\s*</{name}>", re.DOTALL | re.IGNORECASE)
    return lambda reply, _sample: _worded(pattern.findall(_spoken(reply)), words)


def points_in_field(name: str, *, highest: int, right: int) -> Reader:
    """Reads whole points from 1 to `highest` in a JSON field; from `right` on the answer is right."""

    def read(reply: str, _sample: Sample) -> Verdict | None:
        points = _points(_one(_fields(reply, name)), highest)
        if points is None or points != int(points):
            return None
        return Verdict(f"{points:g}", {SCORE: points / highest, ACCURACY: float(points >= right)})

    return read


def points_in_first_line(*, highest: int) -> Reader:
    """Reads points from 1 to `highest` that stand alone in the first line."""

    def read(reply: str, _sample: Sample) -> Verdict | None:
        points = _points(_spoken(reply).partition("\n")[0].strip(), highest)
        return None if points is None else Verdict(f"{points:g}", {SCORE: points / highest})

    return read


def letter_in_field(name: str) -> Reader:
    """Reads the letter that the judge found in an answer, and compares it with the right one here."""

    def read(reply: str, sample: Sample) -> Verdict | None:
        found = (_one(_fields(reply, name)) or "").upper()
        if found == "NONE":
            return Verdict(None)
        if found not in set(ascii_uppercase[: len(sample.choices)]):
            return None
        return Verdict(found, {ACCURACY: float(found in sample.target.texts)})

    return read


def winner_in_field(name: str) -> Reader:
    """Reads which of two answers is the better: the value is 1 for the first shown, 0 for the second."""
    values = {"a": 1.0, "b": 0.0, "tie": 0.5}

    def read(reply: str, _sample: Sample) -> Verdict | None:
        word = _one(_fields(reply, name))
        return Verdict(word, {PREFERENCE: values[word]}) if word in values else None

    return read


def errors_in_json(reply: str, _sample: Sample) -> Verdict | None:
    """Reads counts of errors and matched findings, and makes of them `matched / (matched + significant)`.

    0 where nothing matched, as GREEN has it.
    """
    spoken = _spoken(reply)
    try:
        held = codec.loads(spoken[spoken.index("{") : spoken.rindex("}") + 1])
        significant, insignificant = (
            {name: _count(held[part][name]) for name in ERRORS} for part in ("significant", "insignificant")
        )
        matched = _count(held["matched"])
    except (ValueError, KeyError, TypeError):
        return None
    errors = sum(significant.values())
    value = matched / (matched + errors) if matched else 0.0
    counts = {f"significant_{name}": float(n) for name, n in significant.items()}
    counts |= {"matched": float(matched), "insignificant": float(sum(insignificant.values()))}
    return Verdict(f"{matched} matched, {errors} significant errors", {GREEN: value, **counts})


def _worded(found: Iterable[str], words: Mapping[str, float | None]) -> Verdict | None:
    word = (_one(found) or "").lower()
    if word not in words:
        return None
    value = words[word]
    return Verdict(None) if value is None else Verdict(word, {ACCURACY: value})


def _spoken(reply: str) -> str:
    """The reply without the judge's own thinking."""
    return without_thinking(Passage(reply)).text.strip()


def _fields(reply: str, name: str) -> list[str]:
    """What a JSON field of that name holds, wherever it stands; a reply cut off behind it still counts."""
    pattern = rf'"{name}"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)(?![\w.]))'
    return [text.strip() or number for text, number in re.findall(pattern, _spoken(reply), re.IGNORECASE)]


def _one(found: Iterable[str]) -> str | None:
    """The one thing that was said, however often."""
    words = {word.strip().lower() for word in found}
    return words.pop() if len(words) == 1 else None


def _points(text: str | None, highest: int) -> float | None:
    if text is None or not re.fullmatch(r"\d+(?:\.\d+)?", text):
        return None
    points = float(text)
    return points if 1 <= points <= highest else None


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value
