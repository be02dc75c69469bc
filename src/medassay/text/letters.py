"""Reading a set of letters.

Prose is not searched: letters stand alone, follow a cue, are called right, or open lines. "A or C" is no set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase

from medassay.text.choice import NOT_BEFORE
from medassay.text.cues import (
    LINE_LEAD,
    STATEMENT_LIMIT,
    Letter,
    Options,
    cues,
    letters_at,
    letters_of,
    options_of,
    rejected,
)
from medassay.text.languages import latin_letters
from medassay.text.mentions import equal
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Choice

_JOINED = re.compile(r"[\W_]*([A-Z]{2,10})[\W_]*")
_GLUED = re.compile(r"\s?[(\[\"'“]?([A-J]{2,10})(?=\s*(?:$|[^\w\s]|\n|[\u3040-\u9fff]))")
_ALONE = re.compile(r"(?:[\W_]|\b(?:[A-Z]|and|both|options?)\b)*", re.IGNORECASE)
_BUT_NOT = re.compile(r"\W{0,3}\b(?:but|and)\s+not\b(?:[\W_]|\b(?:[A-Z]|and|or)\b)*$", re.IGNORECASE)
_SINGLE = re.compile(r"\b([A-Za-z])\b")
_JOINT = re.compile(
    r"\s*(?:,\s*(?:and|y|et|und|e)\s+(?=\W?[A-Z]\b)|[,;/&+、と和및와과]|\b(?:and|y|et|und|e|и)\s+(?=\W?[A-Z]\b))\s*",
    re.IGNORECASE,
)
_GLOSS = re.compile(rf"\s?\([^()]{{1,80}}\)(?:{_JOINT.pattern})", re.IGNORECASE)  # "A (opacity) and C"
_OR = re.compile(r"\s*,?\s*\b(?:or|o|ou|oder)\s+[A-J]\b")
_MEMBER_END = re.compile(r"\s*(?:,\s*and\b|[,;\n]|\band\b)\s*")
_OWN_LETTER = re.compile(r"^[(\[]?([A-J])\s*[.):\]]\s*")


def read_letters(text: str, choices: Sequence[Choice]) -> Reading:
    """The set of letters that the text decides for; `answer` is "A,C", `answers` the letters in order.

    "All of the above" and "none" are the set of all options and the empty one (`answer` ""), unless an option
    says so itself.

    Args:
        text: the answer as the model gave it.
        choices: the options in order A, B, ...
    """
    return read(latin_letters(text), _RULES, options_of(tuple(choices)))


def _set(letters: Sequence[Letter], options: Options) -> Hit | None:
    if not letters:
        return None
    answers = tuple(sorted({letter for letter, _, _ in letters}))
    start, end = letters[0][1], letters[-1][2]
    if not set(answers) <= set(letters_of(options)):
        return Hit(None, start, end)
    return Hit(",".join(answers), start, end, answers)


def _alone(text: str, options: Options) -> Hit | None:
    """Nothing but letters: "ACD", "A, C and D", "A, but not B"."""
    if (joined := _JOINED.fullmatch(text)) and len(set(joined[1])) == len(joined[1]):
        return _set([(letter, *joined.span(1)) for letter in joined[1]], options)
    if len(text) > STATEMENT_LIMIT or _NONE.fullmatch(text):
        return None
    text = _BUT_NOT.sub("", text)
    if not _ALONE.fullmatch(text):
        return None
    return _set([(m[1].upper(), *m.span(1)) for m in _SINGLE.finditer(text)], options)


def _cue(text: str, options: Options) -> Hit | None:
    for place, _, _ in cues(text):
        found = letters_at(text, place, _JOINT)
        while found and (gloss := _GLOSS.match(text, found[-1][2])):
            more = letters_at(text, gloss.end(), _JOINT)
            if not more:
                break
            found += more
        if found and rejected(text, found[-1][2]):  # "A and C; B is wrong"
            found.pop()
        if not found and (glued := _GLUED.match(text, place)):
            found = [(letter, *glued.span(1)) for letter in glued[1]]
        if found and _OR.match(text, found[-1][2]):
            return Hit(None, found[0][1], found[-1][2])
        if found:
            return _set([*found, *_further_lines(text, found[-1], options)], options)
    return None


_NEXT_ITEM = re.compile(r"([^\n]{0,200})\n{1,2}[ \t•>-]{0,3}[(\[]?([A-J])\b")


def _further_lines(text: str, last: Letter, options: Options) -> list[Letter]:
    """Letters that open the lines after one: each line is a letter alone or with its option's own words."""
    found = [last]
    while (item := _NEXT_ITEM.match(text, found[-1][2])) and _names_itself(item[1], found[-1][0], options):
        found.append((item[2], *item.span(2)))
    line = text[found[-1][2] :].split("\n", 1)[0]
    return found[1:] if _names_itself(line, found[-1][0], options) else found[1:-1]


def _names_itself(rest: str, letter: str, options: Options) -> bool:
    words = rest.strip(" .:)]-")
    return not words or ascii_uppercase.index(letter) in equal(words, options)


_VERDICT = re.compile(
    r"^[ \t•>-]{0,9}[(\[]?(?P<letter>[A-J])\s?[.):\]]\s?[-–:]?\s?"
    r"(?:(?P<yes>yes|correct|true|right|✓|✔)|no|incorrect|false|wrong|not\s+correct|✗|✘|❌)(?!\w)",
    re.IGNORECASE | re.MULTILINE,
)


def _verdicts(text: str, options: Options) -> Hit | None:
    """A verdict on each line: "A: yes", "B: no"."""
    found = list(_VERDICT.finditer(text))
    if not found or len(found) != len(LINE_LEAD.findall(text)):
        return None
    yes = [(m["letter"].upper(), *m.span("letter")) for m in found if m["yes"]]
    return _set(yes, options) if yes else Hit("", found[0].start(), found[-1].end())


_ARE_RIGHT = re.compile(
    r"\s*(?:is|are)\s+(?:both\s+|all\s+|also\s+)?(?:the\s+)?(?:correct|right|true)\b", re.IGNORECASE
)
_GROUP = re.compile(
    r"(?<![A-Za-z0-9'’.-])[(\[]?[A-J]\b[)\]]?(?:\s*(?:,\s*and\b|,|&|\band\b)\s*[(\[]?[A-J]\b[)\]]?)*"
)


def _right(text: str, options: Options) -> Hit | None:
    """Letters that are called right: "A and C are correct; B is wrong"."""
    found: list[Letter] = []
    for group in _GROUP.finditer(text):
        before = text[max(0, group.start() - 40) : group.start()]
        if _ARE_RIGHT.match(text[group.end() : group.end() + 60]) and not NOT_BEFORE.search(before):
            found += [
                (m[1], group.start() + m.start(), group.start() + m.end()) for m in _SINGLE.finditer(group[0])
            ]
    return _set(found, options)


_ANSWER = r"\W*(?:(?:the\s+)?(?:correct\s+)?answers?\s*(?:is|are|:)\s*)?"
_ALL = re.compile(
    _ANSWER + r"(?:all(?:\s+of)?\s+(?:the\s+|these\s+|them\s*)?(?:above|options|answers|choices)?"
    r"(?:\s*are\s+(?:correct|true|right))?|all|以上(?:全部|都)(?:是|对|正确)|全部)\W*",
    re.IGNORECASE,
)
_NONE = re.compile(
    _ANSWER + r"(?:none(?:\s+of\s+(?:the\s+(?:above|options|choices)|them|these))?"
    r"(?:\s+(?:is|are)\s+(?:correct|true|right))?|以上都不(?:是|对|正确))\W*",
    re.IGNORECASE,
)
_SUMS = re.compile(r"\b(?:all|none)\b|以上", re.IGNORECASE)


def _every(text: str, options: Options) -> Hit | None:
    """All or none of the options in words, where no option says so itself."""
    if len(text) > STATEMENT_LIMIT or any(_SUMS.search(option) for option in options):
        return None
    if _ALL.fullmatch(text):
        return Hit(",".join(letters_of(options)), 0, len(text), tuple(letters_of(options)))
    return Hit("", 0, len(text)) if _NONE.fullmatch(text) else None


def _leads(text: str, options: Options) -> Hit | None:
    """Letters that open lines, unless all options are listed: then nothing says which are chosen."""
    found = [(m[1], *m.span(1)) for m in LINE_LEAD.finditer(text) if not rejected(text, m.end())]
    if {letter for letter, _, _ in found} == set(letters_of(options)):
        return Hit(None, found[0][1], found[-1][2])
    return _set(found, options)


def _texts(text: str, options: Options) -> Hit | None:
    """A list whose members are, each as a whole, options; with their letters it must not be all of them."""
    members = [
        m for m in (part.strip(" .-") for part in _MEMBER_END.split(text[: 10 * STATEMENT_LIMIT])) if m
    ]
    own = [_OWN_LETTER.match(member) for member in members]
    found = [
        equal(member[letter.end() :] if letter else member, options)
        for member, letter in zip(members, own, strict=True)
    ]
    if not found or any(len(f) != 1 for f in found):
        return None
    letters = [ascii_uppercase[f[0]] for f in found]
    differs = any(letter and letter[1] != named for letter, named in zip(own, letters, strict=True))
    if differs or (all(own) and set(letters) == set(letters_of(options))):
        return Hit(None, 0, len(text))
    return _set([(letter, 0, len(text)) for letter in letters], options)


_RULES: tuple[Rule[Options], ...] = (
    ("letters", _alone),
    ("cue", _cue),
    ("verdicts", _verdicts),
    ("right", _right),
    ("every", _every),
    ("options", _texts),
    ("leads", _leads),
)
