"""Where a text names one of several known phrases, and whether it asserts or denies it.

Shared by options, labels and findings. Whole words only; where one phrase contains another the longest
counts; a phrase that is denied, asked about or ruled out in its clause is not asserted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from medassay.text.forms import lowered
from medassay.text.refusals import without_refusals

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[\u3040-\u9fff]|[^\W\d_\u3040-\u9fff]+|[<>≤≥+%±=]")
_BETWEEN = re.compile(r"[\s\-–/,()'’\"*]{0,3}")  # what may stand between two tokens of a phrase
_WINDOW = 120  # characters on either side that can deny a mention: bounded, so time stays linear

_CLAUSE_END = re.compile(
    r"[;:!?\n。]|\.(?!\d)|,\s*(?:it|this|these|there|the|which|i|so|therefore|thus|and\s+(?:it|there|the))\b"
    r"|\b(?:but|however|although|though|yet|while|whereas)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:no(?!\s*,|\s+(?:doubt|question)\b)|not(?!\s+only\b)|non|without|never|neither|nor|none|cannot|absence|absent"
    r"|lacks?|lacking|than|instead|except|excludes?|excluding|excluded|denies|unlikely|negative\s+for|free\s+of"
    r"|rul(?:es?|ed|ing)\s+out|whether|if)\b|n['’]t\b|(?:没有|不是|并非|排除|非)\s*$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:(?:is|are|was|were|can\s+be|could\s+be|has\s+been|have\s+been|seems?|appears?|looks?)\s+)?"
    r"(?:(?:also|very|highly|much|clearly|therefore|thus)\s+)?"
    r"(?:not\b|unlikely\b|less\s+likely\b|excluded\b|ruled\s+out\b|eliminated\b|incorrect\b|wrong\b|absent\b"
    r"|false\b|(?:is|are|was|were)n['’]t\b)",
    re.IGNORECASE,
)
_PARTICLE_END = re.compile(
    r"\s*(?:[,.;:!?)\]\n–—-]|$|(?:there|it|this|that|the|i|we|they|he|she)\b)", re.IGNORECASE
)
_CHANGES_NUMBER = frozenset("<>≤≥=±%+")
_STATEMENT_CLOSE = re.compile(r"[.!?;\n]")


@dataclass(frozen=True, slots=True)
class Mention:
    """Phrase number `index` named at `start:end`; `asserted` False where it is denied or only asked about."""

    index: int
    start: int
    end: int
    asserted: bool


def phrase(text: str) -> tuple[str, ...]:
    """The tokens of a phrase: words, numbers, signs and Chinese or Japanese characters, without case."""
    return tuple(_TOKEN.findall(text.lower()))


def mentions(text: str, phrases: tuple[str, ...]) -> list[Mention]:
    """All places where `text` names one of `phrases`, in order; declining statements are passed over.

    Args:
        text: clean text.
        phrases: what may be named; one of a single letter is never found (an option's letter, an article).
    """
    index, declining = _index(phrases)
    body = text if declining else without_refusals(text)
    words = [match.span() for match in _TOKEN.finditer(body)]
    lower = lowered(body)
    tokens = [lower[start:end] for start, end in words]
    found: list[tuple[int, int, int]] = []
    for place, token in enumerate(tokens):
        for number, wanted in index.get(token, ()):
            last = place + len(wanted) - 1
            if tuple(tokens[place : last + 1]) == wanted and _whole(body, words, place, last):
                start, end = words[place][0], words[last][1]
                if not found or end > found[-1][2]:  # else inside a longer phrase
                    found.append((number, start, end))
                break
    ends = [m.end() for m in _CLAUSE_END.finditer(body)] if found else []
    return [Mention(i, a, b, _asserted(body, a, b, ends)) for i, a, b in found]


def equal(text: str, phrases: tuple[str, ...]) -> list[int]:
    """The numbers of the phrases that the whole text equals, case, punctuation and white space apart."""
    whole = phrase(text)
    return [i for i, p in enumerate(phrases) if whole and phrase(p) == whole]


Index = dict[str, list[tuple[int, tuple[str, ...]]]]


@lru_cache(maxsize=4096)
def _index(phrases: tuple[str, ...]) -> tuple[Index, bool]:
    """Phrases by their first token, the longest first, and whether one of them itself declines to answer."""
    index: Index = {}
    known = {phrase(p): i for i, p in reversed(list(enumerate(phrases)))}
    for wanted, number in sorted(known.items(), key=lambda item: -len(item[0])):
        joined = "".join(wanted)
        if len(joined) > 1 or joined.isdigit() or joined > "\u3040":
            index.setdefault(wanted[0], []).append((number, wanted))
    return index, any(without_refusals(p) != p for p in phrases)


def _whole(text: str, words: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether tokens `first` to `last` stand together and are no part of something longer."""
    gaps = range(first, last)
    if not all(_BETWEEN.fullmatch(text, words[k][1], words[k + 1][0]) for k in gaps):
        return False
    start, end = words[first][0], words[last][1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start:end].lower() == "no" and not _PARTICLE_END.match(text, end):
        return False
    return not (_joins(before, text[start]) or _joins(after, text[end - 1]))


def _joins(neighbour: str, edge: str) -> bool:
    """Whether a character beside a phrase makes it another: a letter, a digit, the sign of a number."""
    if edge.isdigit() and neighbour in _CHANGES_NUMBER:
        return bool(neighbour)
    return neighbour.isalnum() and max(neighbour, edge) < "\u3040" and edge.isalnum()


def _asserted(text: str, start: int, end: int, clause_ends: list[int]) -> bool:
    k = bisect_right(clause_ends, start)
    clause = max(clause_ends[k - 1] if k else 0, start - _WINDOW)
    if _DENIED_BEFORE.search(text[clause:start]) or _DENIED_AFTER.match(text[end : end + _WINDOW]):
        return False
    closing = _STATEMENT_CLOSE.search(text, end, end + 2 * _WINDOW)
    return closing is None or closing[0] != "?"
