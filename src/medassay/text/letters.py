"""Reading a set of letters. Prose is not searched: letters stand alone, follow a cue, or open lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase

from medassay.text.cues import LINE_LEAD, STATEMENT_LIMIT, Letter, Options, cues, letters_of, options_of
from medassay.text.mentions import equal
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Choice

_JOINED = re.compile(r"[\W_]*([A-Z]{2,10})[\W_]*")
_ALONE = re.compile(r"(?:[\W_]|\b(?:[A-Z]|and|both|options?)\b)*", re.IGNORECASE)
_SINGLE = re.compile(r"\b([A-Za-z])\b")
_MEMBER_END = re.compile(r"\s*(?:,\s*and\b|[,;\n]|\band\b)\s*")
_OWN_LETTER = re.compile(r"^[A-J]\s*[.):]\s*")


def read_letters(text: str, choices: Sequence[Choice]) -> Reading:
    """The set of letters that the text decides for; `answer` is "A,C", `answers` the letters in order.

    Args:
        text: the answer as the model gave it.
        choices: the options in order A, B, ...
    """
    return read(text, _RULES, options_of(tuple(choices)))


def _set(letters: Sequence[Letter], options: Options) -> Hit | None:
    if not letters:
        return None
    answers = tuple(sorted({letter for letter, _, _ in letters}))
    start, end = letters[0][1], letters[-1][2]
    if not set(answers) <= set(letters_of(options)):
        return Hit(None, start, end)
    return Hit(",".join(answers), start, end, answers)


def _alone(text: str, options: Options) -> Hit | None:
    """Nothing but letters: "ACD", "A, C and D"."""
    if (joined := _JOINED.fullmatch(text)) and len(set(joined[1])) == len(joined[1]):
        return _set([(letter, *joined.span(1)) for letter in joined[1]], options)
    if len(text) > STATEMENT_LIMIT or not _ALONE.fullmatch(text):
        return None
    return _set([(m[1].upper(), *m.span(1)) for m in _SINGLE.finditer(text)], options)


def _cue(text: str, options: Options) -> Hit | None:
    return next((_set(letters, options) for _, _, letters in cues(text) if letters), None)


def _leads(text: str, options: Options) -> Hit | None:
    """Letters that open lines, unless all options are listed: then nothing says which are chosen."""
    found = [(m[1], *m.span(1)) for m in LINE_LEAD.finditer(text)]
    if {letter for letter, _, _ in found} == set(letters_of(options)):
        return Hit(None, found[0][1], found[-1][2])
    return _set(found, options)


def _texts(text: str, options: Options) -> Hit | None:
    """A list whose members are, each as a whole, options."""
    members = [member.strip(" .-") for member in _MEMBER_END.split(text[: 10 * STATEMENT_LIMIT])]
    found = [equal(_OWN_LETTER.sub("", member), options) for member in members if member]
    if not found or any(len(f) != 1 for f in found):
        return None
    return _set([(ascii_uppercase[f[0]], 0, len(text)) for f in found], options)


_RULES: tuple[Rule[Options], ...] = (
    ("letters", _alone),
    ("cue", _cue),
    ("leads", _leads),
    ("options", _texts),
)
