"""Where a text names one of several known phrases, and whether it asserts or denies it.

Shared by options, labels and findings. Whole words only; where one phrase contains another the longest
counts; a phrase that is denied, asked about or ruled out in its clause is not asserted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from medassay.text.reading import without_refusals

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[<>≤≥+%±=]")
_BETWEEN = r"[\s\-–/,()'’]{0,3}"
_WINDOW = 120  # characters on either side that can deny a mention: bounded, so time stays linear

_CLAUSE_END = re.compile(
    r"[;:!?\n。]|\.(?!\d)|,\s*(?:it|this|these|there|the|which|i|so|therefore|thus|and\s+(?:it|there|the))\b"
    r"|\b(?:but|however|although|though|yet|while|whereas)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:no(?!\s*,|\s+(?:doubt|question)\b)|not(?!\s+only\b)|non|without|never|neither|nor|none|cannot|absence|absent"
    r"|lacks?|lacking|than|instead|except|excludes?|excluding|excluded|denies|unlikely|negative\s+for|free\s+of"
    r"|rul(?:es?|ed|ing)\s+out|whether|if)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:(?:is|are|was|were|can\s+be|could\s+be|has\s+been|have\s+been|seems?|appears?|looks?)\s+)?"
    r"(?:(?:also|very|highly|much|clearly|therefore|thus)\s+)?"
    r"(?:not\b|unlikely\b|less\s+likely\b|excluded\b|ruled\s+out\b|eliminated\b|incorrect\b|wrong\b|absent\b"
    r"|false\b|(?:is|are|was|were)n['’]t\b)",
    re.IGNORECASE,
)
_PARTICLE_END = r"(?=\s*(?:[,.;:!?)\]\n–—-]|$|\b(?:there|it|this|that|the|i|we|they|he|she)\b))"


@dataclass(frozen=True, slots=True)
class Mention:
    """Phrase number `index` named at `start:end`; `asserted` False where it is denied or only asked about."""

    index: int
    start: int
    end: int
    asserted: bool


def phrase(text: str) -> tuple[str, ...]:
    """The tokens of a phrase: words, numbers and signs, without case."""
    return tuple(token.lower() for token in _TOKEN.findall(text))


def mentions(text: str, phrases: tuple[str, ...]) -> list[Mention]:
    """All places where `text` names one of `phrases`, in order; declining statements are passed over.

    Args:
        text: clean text.
        phrases: what may be named; one of a single letter is never found (an option's letter, an article).
    """
    pattern = _pattern(phrases)
    if pattern is None:
        return []
    index = {phrase(p): i for i, p in enumerate(phrases)}
    body = text if any(without_refusals(p) != p for p in phrases) else without_refusals(text)
    found: list[tuple[int, int, int]] = []
    for match in pattern.finditer(body):
        start, end = match.span(1)
        if not found or end > found[-1][2]:  # else inside a longer phrase
            found.append((index[phrase(match[1])], start, end))
    ends = [m.end() for m in _CLAUSE_END.finditer(body)] if found else []
    return [Mention(i, a, b, _asserted(body, a, b, ends)) for i, a, b in found]


def equal(text: str, phrases: tuple[str, ...]) -> list[int]:
    """The numbers of the phrases that the whole text equals, case, punctuation and white space apart."""
    whole = phrase(text)
    return [i for i, p in enumerate(phrases) if whole and phrase(p) == whole]


@lru_cache(maxsize=4096)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    tokens = {phrase(p) for p in phrases}
    usable = sorted(
        (t for t in tokens if len("".join(t)) > 1 or "".join(t).isdigit()), key=_length, reverse=True
    )
    if not usable:
        return None
    # a lookahead finds the longest phrase at every place, overlapping ones included
    return re.compile(rf"(?=({'|'.join(_bounded(t) for t in usable)}))", re.IGNORECASE)


def _length(tokens: tuple[str, ...]) -> int:
    return len("".join(tokens))


def _bounded(tokens: tuple[str, ...]) -> str:
    body = _BETWEEN.join(re.escape(token) for token in tokens)
    first, last = tokens[0][0], tokens[-1][-1]
    before = r"(?<![^\W_])" if first.isalnum() and first < "\u3000" else ""
    after = r"(?![^\W_])" if last.isalnum() and last < "\u3000" else ""
    if first.isdigit():
        before += r"(?<!\d[.,])(?<![<>≤≥=±])"
    if last.isdigit():
        after += r"(?![.,]\d)(?!\s*[%+±])"
    if tokens == ("no",):
        after += _PARTICLE_END
    return before + body + after


def _asserted(text: str, start: int, end: int, clause_ends: list[int]) -> bool:
    k = bisect_right(clause_ends, start)
    clause = max(clause_ends[k - 1] if k else 0, start - _WINDOW)
    if _DENIED_BEFORE.search(text[clause:start]) or _DENIED_AFTER.match(text[end : end + _WINDOW]):
        return False
    closing = re.compile(r"[.!?;\n]").search(text, end, end + 2 * _WINDOW)
    return closing is None or closing[0] != "?"
