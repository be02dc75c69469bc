"""Reading the letter of the chosen option.

Rules in order: the whole text is an option; a decision in words ("the answer is", "I choose", "so B"); a
letter that opens the text; a letter called right; a letter with its own option's text after "is"; a last
line that is a letter; the one bracketed letter; the one option that is named. Two different letters at one
level decide nothing. A letter that is not offered is an answer that cannot be scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from string import ascii_uppercase

from medassay.text.cues import (
    STATEMENT_LIMIT,
    Options,
    begins_name,
    chosen,
    cues,
    heads_list,
    letters_at,
    letters_of,
    options_of,
    rejected,
    statement_end,
)
from medassay.text.languages import latin_letters
from medassay.text.mentions import equal, mentions, phrase
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Choice


def read_choice(text: str, choices: Sequence[Choice]) -> Reading:
    """The one letter that the text decides for; `answer` is that letter.

    Args:
        text: the answer as the model gave it.
        choices: the options in order A, B, ...; a label may begin with its own letter ("A: opacity").
    """
    return read(latin_letters(text), _RULES, options_of(tuple(choices)))


def _whole(text: str, options: Options) -> Hit | None:
    found = equal(text, options) if len(text) <= 2 * STATEMENT_LIMIT else []
    if len(found) != 1 or len(options[found[0]]) == 1:
        return None
    return Hit(ascii_uppercase[found[0]], 0, len(text))


def _cue(text: str, options: Options) -> Hit | None:
    for place, words, letters in cues(text):
        if len({letter for letter, _, _ in letters}) > 1:
            return Hit(None, letters[0][1], letters[-1][2])
        if letters and not rejected(text, letters[0][2]):
            return chosen(text, options, *letters[0])
        if not letters and words and (hit := _named(text, options, place, statement_end(text, place))):
            return hit
    return None


_LEAD = re.compile(
    r"[\W_]{0,3}(?:(?:option|choice|answer|letter)\s+)?(?P<open>[(\[\"'“]\s?)?(?P<letter>[A-Za-z])(?:\s?[)\]\"'”])?"
    r"(?:\s*$|\s*\n|\s*[):\]](?=\W|[A-Z0-9]|$)|(?-i:(?<=[A-Z])\s*\.(?=\W|[A-Z]|$)|(?<=[a-z])\.(?=\s|$))|\s*,\s|\s+[-–—]|[-–—]\s)",
    re.IGNORECASE,
)


def _lead(text: str, options: Options) -> Hit | None:
    match = _LEAD.match(text)
    if match is None or begins_name(text, match.end("letter")) or rejected(text, match.end()):
        return None
    letters = letters_at(text, match.start("open") if match["open"] else match.start("letter"))
    if len({letter for letter, _, _ in letters}) > 1:
        return Hit(None, letters[0][1], letters[-1][2])
    found = (match["letter"].upper(), *match.span("letter"))
    named = _named(text, options, found[2]) if text.startswith(":", found[2]) else None
    if named and found[0] == "A" and named.answer != "A":  # "A:" may be short for answer
        return Hit(None, *found[1:])
    prose = found[0] not in letters_of(options) and match.end() < len(text)
    return None if prose or heads_list(text, found[0], found[2]) else chosen(text, options, *found)


_MENTION = re.compile(
    r"(?<![A-Za-z0-9'’.-])(?P<name>(?:option|choice|answer|alternative)\s+)?"
    r"(?P<open>[(\[])?\s?(?P<letter>[A-Za-z])\s?(?P<close>[)\]])?(?![A-Za-z0-9'’-])",
)
RIGHT = re.compile(
    r"\s*(?:(?:is|must\s+be|would\s+be|seems|appears|looks|remains|as)\s+(?:(?:the|my|clearly|most|definitely)\s+){0,3}"
    r"(?:correct|right|best|answer|true|appropriate|likely|accurate|suitable|choice|final)\b|fits\b|(?:is\s+)?[✓✔])",
    re.IGNORECASE,
)
NOT_BEFORE = re.compile(
    r"(?:\bnot|n't|\bneither|\bnor|\bexclude[sd]?|\breject(?:ed)?|\beliminated?|\brule[sd]?\s+out|\bthan)"
    r"\s+(?:be\s+|is\s+)?(?:option\s+|choice\s+)?$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(
    r"(?:panel|fig(?:ure|\.)?|image|arrow|label(?:l?ed)?|marked|view|grade|type|stage|group|class|vitamin|hepatitis"
    r"|segment|lipoprotein)s?\s*$",
    re.IGNORECASE,
)


def _standing(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Letters that stand alone and are not rejected, with whether they are called right."""
    for match in _MENTION.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        clear = match["letter"].isupper() or (match["open"] and match["close"]) or match["name"]
        if clear and not (
            NOT_BEFORE.search(before) or _NAME_BEFORE.search(before) or rejected(text, match.end())
        ):
            yield match, bool(RIGHT.match(text[match.end() : match.end() + 60]))


def _one(found: list[re.Match[str]], options: Options) -> Hit | None:
    """The only letter of `found`; several decide nothing; none is silence."""
    letters = {match["letter"].upper() for match in found}
    if not letters:
        return None
    start, end = found[-1].span("letter")
    letter = letters.pop() if len(letters) == 1 else ""
    return Hit(letter if letter and letter in letters_of(options) else None, start, end)


def _right(text: str, options: Options) -> Hit | None:
    return _one([match for match, right in _standing(text) if right], options)


_ITEM = re.compile(r"(?<![A-Za-z0-9])[(\[]?(?P<letter>[A-Z])\s?[.:)\]]+\s*")
_COPULA_BEFORE = re.compile(
    r"(?:\b(?:is|are|be|as|would\s+be|typically|likely|probably|indeed|es|é|son|são|ser[ií]a|with|choose)|:|は)[\s:、\"'「(]*$",
    re.IGNORECASE,
)


_WRONG_BEFORE = re.compile(
    r"\b(?:(?:in|un)(?:correct|suitable|likely|appropriate)|wrong|less|not|other|others)\b", re.IGNORECASE
)


def _item(text: str, options: Options) -> Hit | None:
    """A letter with its own option's words, where a sentence leads up to it: "the cause is B. Fracture"."""
    return _one(
        [m for m in _ITEM.finditer(text) if _own_words(text, m, options) and _led_up_to(text, m)], options
    )


def _own_words(text: str, item: re.Match[str], options: Options) -> bool:
    k = ascii_uppercase.index(item["letter"])
    own = "".join(phrase(options[k])) if k < len(options) else ""
    said = accumulate(phrase(text[item.end() : item.end() + 2 * len(own) + 10]))
    return bool(own) and own in said  # however either parts its words: files break them at line ends


def _led_up_to(text: str, item: re.Match[str]) -> bool:
    before = text[max(0, item.start() - 60) : item.start()]
    leads = _COPULA_BEFORE.search(before) and not _WRONG_BEFORE.search(before)
    return bool(leads) and not heads_list(text, item["letter"], item.end("letter"))


_LAST = re.compile(
    r"(?:^|\n|[.!?:]\s)\s*[(\[\"']?(?P<letter>(?<=\n)[A-Za-z]|(?<=\n[(\[])[A-Za-z]|[A-Z])\s?[)\]\"']?\s?[.!]?$"
)


def _last(text: str, options: Options) -> Hit | None:
    match = _LAST.search(text, max(0, len(text) - 60))
    return _one([match], options) if match else None


def _bracketed(text: str, options: Options) -> Hit | None:
    """The one letter in brackets; none if the option that is named is another."""
    valid = letters_of(options)
    found = [m for m, _ in _standing(text) if m["open"] and m["close"] and m["letter"] in valid]
    hit = _one(found, options)
    named = _named(text, options) if hit else None
    return Hit(None, hit.start, hit.end) if hit and named and named.answer != hit.answer else hit


def _named(text: str, options: Options, start: int = 0, end: int | None = None) -> Hit | None:
    """The one option that is named and not denied."""
    found = [m for m in mentions(text[start:end], options) if m.asserted]
    labels = {phrase(options[m.index]) for m in found}
    if len(labels) != 1 or [phrase(o) for o in options].count(labels.pop()) != 1:
        return None
    return Hit(ascii_uppercase[found[0].index], start + found[0].start, start + found[0].end)


_RULES: tuple[Rule[Options], ...] = (
    ("option", _whole),
    ("cue", _cue),
    ("lead", _lead),
    ("right", _right),
    ("item", _item),
    ("last", _last),
    ("bracket", _bracketed),
    ("mention", _named),
)
