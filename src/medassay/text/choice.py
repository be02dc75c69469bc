"""Reading the letter, or the letters, of the chosen options.

Rules in order (metrics reference, part D): the whole text is an option; a decision in words ("the answer
is", "I choose", "so B"); a letter that opens the text; a letter called right; a last line that is a
letter; the one bracketed letter; the one option that is named. Two different letters at one level decide
nothing. A letter that is not offered is an answer that cannot be scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from medassay.text.mentions import equal, mentions, phrase
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Choice

Options = tuple[str, ...]
"""The texts of the options in order: A, B, ..."""

_CONNECTOR = (
    r"(?:\s*(?:is|are|would\s+be|should\s+be|must\s+be|will\s+be|has\s+to\s+be|'s|=|:|->|→|[-–—]|\n)\s*:?"
    r"|(?:是|为|：|:))\s*"
)
_ADVERB = (
    r"(?:(?:clearly|definitely|certainly|most\s+likely|likely|probably|therefore|thus|obviously|simply|indeed"
    r"|undoubtedly|surely|either|both|only|just|still|then)[,\s]+)?"
)
_CUE = re.compile(
    r"(?:"
    r"(?<![a-z])(?:answers?|choices?|ans|selection|response|option|options\s+are(?=\s+[A-J]\b)|letters?|diagnosis)"
    r"(?:\s+letters?|\(s\))?(?:\s+(?:to|for)\s+(?:this|the)\s+question|\s+here)?"
    + _CONNECTOR
    + "|答案(?:是|为|:)?\\s*|选择?\\s*"
    r"|\b(?:i|we)(?:\s+would|\s+will|'d|'ll)?\s+(?:choose|pick|select|go\s+(?:for|with)|opt\s+for|vote\s+for|say|guess)\s+"
    r"|\bi(?:\s+would)?\s+(?:think|believe|guess|say)\s+(?:that\s+)?(?:it\s*(?:is|'s|must\s+be|would\s+be|should\s+be))\s+"
    r"|\bit\s+(?:is|must\s+be|should\s+be|has\s+to\s+be)\s+(?=(?:option|choice|letter|answer)\b)"
    r"|\b(?P<so>so|thus|hence|therefore|it\s+is|it's)\b[,:]?\s+(?:it\s+is\s+|it's\s+)?"
    r")" + _ADVERB,
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?P<name>(?:the\s+)?(?:options?|choices?|letters?|answers?|alternatives?)\s*:?\s*)?"
    r"(?P<open>[(\[\"'“‘<])?\s?(?P<letter>[A-Za-z])\s?(?P<close>[)\]\"'”’>])?(?![A-Za-z0-9'’]|-[A-Za-z])",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\s*(?:$|[.,:;!?\n)\]\"'–—/&(-]|(?:because|since|as|due|given|which|based|for|is|are|and|or|but|not|it|this|that|so"
    r"|if|where|rather)\b)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,\s*(?:and|or)\b|,|/|&|\band\b|\bor\b)\s*", re.IGNORECASE)
_GENUS = re.compile(
    r"\.\s+(?:coli|difficile|aureus|albicans|cereus|fumigatus|faecalis|histolytica|granulosus|jejuni|botulinum"
    r"|perfringens|tetani|fragilis|burgdorferi|pneumoniae|influenzae|pertussis|hominis)\b"
)
_SENTENCE_END = re.compile(r"[;!?\n。]|\.(?!\d)")
_STATEMENT_LIMIT = 300


def read_choice(text: str, choices: Sequence[Choice]) -> Reading:
    """The one letter that the text decides for; `answer` is that letter.

    Args:
        text: the answer as the model gave it.
        choices: the options in order A, B, ...; a label may begin with its own letter ("A: opacity").
    """
    return read(text, _CHOICE_RULES, _options(choices))


def read_letters(text: str, choices: Sequence[Choice]) -> Reading:
    """The set of letters that the text decides for; `answer` is "A,C", `answers` the letters in order.

    Prose is not searched for letters: they stand alone, after a cue, or open lines.
    """
    return read(text, _LETTERS_RULES, _options(choices))


def _options(choices: Sequence[Choice]) -> Options:
    own = (re.compile(rf"^\s*{letter}\s*[.:)]\s*") for letter in ascii_uppercase)
    return tuple(prefix.sub("", c.label) for prefix, c in zip(own, choices, strict=False))


def _decided(letter: str, options: Options, start: int, end: int) -> Hit:
    """The letter as an answer; as no answer if it is not offered."""
    return Hit(letter if letter in ascii_uppercase[: len(options)] else None, start, end)


def _is_letter(text: str, end: int, letter: str, closed: str | None) -> bool:
    """Whether a single letter stands for an option: not an article, a pronoun or part of a name."""
    if closed:
        return True
    if letter.islower() or letter in "AI":
        return bool(_CLOSED.match(text, end))
    return not (re.compile(r"\s+cells?\b").match(text, end) or _GENUS.match(text, end))


def _letters_at(text: str, place: int) -> list[tuple[str, int, int]]:
    """The list of letters that begins at `place`: "B", "(b)", "A or D", "A, C and D"; empty if none does."""
    found: list[tuple[str, int, int]] = []
    while match := _LETTER.match(text, place):
        if not _is_letter(text, match.end(), match["letter"], match["close"] and match["open"]):
            break
        found.append((match["letter"].upper(), match.start("letter"), match.end("letter")))
        joint = _AND.match(text, match.end())
        if joint is None:
            break
        place = joint.end()
    return found


# ---- the rules: (text, options) -> Hit or None


def _whole(text: str, options: Options) -> Hit | None:
    if (
        len(text) <= 2 * _STATEMENT_LIMIT
        and len(found := equal(text, options)) == 1
        and len(options[found[0]]) > 1
    ):
        return Hit(ascii_uppercase[found[0]], 0, len(text))
    return None


def _cues(text: str) -> Iterator[tuple[re.Match[str], list[tuple[str, int, int]]]]:
    """Decisions in words, the last first, each with the letters that follow it."""
    for cue in reversed(list(_CUE.finditer(text))):
        letters = _letters_at(text, cue.end())
        if cue["so"] and letters and not re.compile(r"\W{0,3}\s*(?:$|\n|[.!?;])").match(text, letters[-1][2]):
            continue  # "so A mass ..." and "so B is less likely" decide nothing
        yield cue, letters


def _cue(text: str, options: Options) -> Hit | None:
    for cue, letters in _cues(text):
        if len({letter for letter, _, _ in letters}) > 1:
            return Hit(None, letters[0][1], letters[-1][2])
        if letters:
            letter, start, end = letters[0]
            if _denied(text, end):
                continue
            return _agreed(text, options, letter, start, end)
        if not cue["so"] and (hit := _named(text, options, cue.end(), _statement_end(text, cue.end()))):
            return hit
    return None


def _statement_end(text: str, place: int) -> int:
    end = _SENTENCE_END.search(text, place + 1, place + _STATEMENT_LIMIT)
    return end.start() if end else min(len(text), place + _STATEMENT_LIMIT)


def _agreed(text: str, options: Options, letter: str, start: int, end: int) -> Hit:
    """The letter, unless the text beside it is word for word another option: then nothing is decided."""
    line = re.compile(r"[.:)\]\"'\s–—-]*([^\n]*)").match(text, end)
    same = equal(line[1], options) if line and len(line[1]) <= _STATEMENT_LIMIT else []
    if same and letter not in {ascii_uppercase[i] for i in same} and len(options[same[0]]) > 1:
        return Hit(None, start, end)
    return _decided(letter, options, start, end)


_LEAD = re.compile(
    r"[\W_]{0,3}(?:(?:option|choice|answer|letter)\s+)?(?P<open>[(\[\"'“]\s?)?(?P<letter>[A-Za-z])(?P<close>\s?[)\]\"'”])?"
    r"(?:\s*$|\s*\n|\s*[):\]](?=\W|[A-Z0-9]|$)|(?<=[A-Z])\s*\.(?=\W|[A-Z]|$)|(?<=[a-z])\.(?=\s|$)|\s*,\s|\s+[-–—]|[-–—]\s)",
    re.IGNORECASE,
)
_LINE_LEAD = re.compile(r"^\s*[(\[]?([A-Z])\s*[.):\]]", re.MULTILINE)


def _lead(text: str, options: Options) -> Hit | None:
    match = _LEAD.match(text)
    if match is None or _GENUS.match(text, match.end("letter")) or _denied(text, match.end()):
        return None
    letters = _letters_at(text, match.start("open") if match["open"] else match.start("letter"))
    if len({letter for letter, _, _ in letters}) > 1:
        return Hit(None, letters[0][1], letters[-1][2])
    letter = match["letter"].upper()
    valid = ascii_uppercase[: len(options)]
    if len({m[1] for m in _LINE_LEAD.finditer(text)} & set(valid)) > 1 and match.end() < len(text):
        return None  # a list of options, not a choice
    if letter not in valid and match.end() < len(text):
        return None  # prose may begin like this
    return _agreed(text, options, letter, match.start("letter"), match.end("letter"))


_MENTION = re.compile(
    r"(?<![A-Za-z0-9'’.-])(?P<name>(?:option|choice|answer|alternative)\s+)?"
    r"(?P<open>[(\[])?\s?(?P<letter>[A-Za-z])\s?(?P<close>[)\]])?(?![A-Za-z0-9'’-])",
)
_RIGHT = re.compile(
    r"\s*(?:(?:is|must\s+be|would\s+be|seems|appears|looks|remains|as)\s+(?:(?:the|my|clearly|most|definitely)\s+){0,3}"
    r"(?:correct|right|best|answer|true|appropriate|likely|accurate|suitable|choice|final)\b|fits\b|(?:is\s+)?✓|✔)",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"\s*(?:(?:is|are|can\s+be|could\s+be|seems|looks|appears|was)\s*)?(?:(?:also|clearly|therefore|thus|very)\s+)?"
    r"(?:not\b|n't|isn't|unlikely|less\s+likely|incorrect|wrong|excluded|ruled\s+out|eliminated|out\b|false|does\s*n[o']t)",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"(?:\bnot|n't|\bneither|\bnor|\bexclude[sd]?|\breject(?:ed)?|\beliminated?|\brule[sd]?\s+out|\bthan)"
    r"\s+(?:be\s+|is\s+)?(?:option\s+|choice\s+)?$",
    re.IGNORECASE,
)
_PICTURE_BEFORE = re.compile(
    r"(?:panel|fig(?:ure|\.)?|image|arrow|label(?:l?ed)?|marked|view|grade|type|stage|group|class|vitamin|hepatitis|segment)"
    r"s?\s*$",
    re.IGNORECASE,
)


def _denied(text: str, end: int) -> bool:
    return bool(_WRONG.match(text[end : end + 60]))


def _standing(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Letters that stand alone and are not rejected, with whether they are called right."""
    for match in _MENTION.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        after = text[match.end() : match.end() + 60]
        clear = match["letter"].isupper() or (match["open"] and match["close"]) or match["name"]
        if not clear or _NOT_BEFORE.search(before) or _PICTURE_BEFORE.search(before) or _WRONG.match(after):
            continue
        yield match, bool(_RIGHT.match(after))


def _one(found: list[re.Match[str]], options: Options) -> Hit | None:
    """The only letter of `found`; several decide nothing; none is silence."""
    if not found:
        return None
    letters = {match["letter"].upper() for match in found}
    start, end = found[-1].span("letter")
    return _decided(letters.pop(), options, start, end) if len(letters) == 1 else Hit(None, start, end)


def _right(text: str, options: Options) -> Hit | None:
    return _one([match for match, right in _standing(text) if right], options)


_LAST = re.compile(
    r"(?:^|\n|[.!?:]\s)\s*[(\[\"']?(?P<letter>(?<=\n)[A-Za-z]|(?<=\n[(\[])[A-Za-z]|[A-Z])\s?[)\]\"']?\s?[.!]?$"
)


def _last(text: str, options: Options) -> Hit | None:
    tail = max(0, len(text) - 60)
    match = _LAST.search(text, tail)
    if match is None:
        return None
    return _decided(match["letter"].upper(), options, *match.span("letter"))


def _bracketed(text: str, options: Options) -> Hit | None:
    found = [m for m, _ in _standing(text) if (m["open"] and m["close"]) or m["name"]]
    return _one([m for m in found if m["letter"].upper() in ascii_uppercase[: len(options)]], options)


def _named(text: str, options: Options, start: int = 0, end: int | None = None) -> Hit | None:
    """The one option that is named and not denied."""
    found = [m for m in mentions(text[start:end], options) if m.asserted]
    labels = {phrase(options[m.index]) for m in found}
    if len(labels) != 1 or [phrase(o) for o in options].count(labels.pop()) != 1:
        return None
    return Hit(ascii_uppercase[found[0].index], start + found[0].start, start + found[0].end)


_CHOICE_RULES: tuple[Rule[Options], ...] = (
    ("option", _whole),
    ("cue", _cue),
    ("lead", _lead),
    ("right", _right),
    ("last", _last),
    ("bracket", _bracketed),
    ("mention", _named),
)


# ---- several letters


def _set(letters: Sequence[tuple[str, int, int]], options: Options) -> Hit | None:
    if not letters:
        return None
    chosen = tuple(sorted({letter for letter, _, _ in letters}))
    start, end = letters[0][1], letters[-1][2]
    if not set(chosen) <= set(ascii_uppercase[: len(options)]):
        return Hit(None, start, end)
    return Hit(",".join(chosen), start, end, chosen)


def _set_alone(text: str, options: Options) -> Hit | None:
    joined = re.compile(r"[\W_]*([A-Z]{2,10})[\W_]*").fullmatch(text)
    if joined and len(set(joined[1])) == len(joined[1]):
        return _set([(letter, *joined.span(1)) for letter in joined[1]], options)
    if len(text) > _STATEMENT_LIMIT or not re.compile(
        r"(?:[\W_]|\b[A-Za-z]\b|\band\b|\bboth\b|\boptions?\b)*"
    ).fullmatch(text):
        return None
    found = re.compile(r"\b([A-Za-z])\b").finditer(text)
    return _set([(m[1].upper(), *m.span(1)) for m in found], options)


def _set_cue(text: str, options: Options) -> Hit | None:
    return next((_set(letters, options) for _, letters in _cues(text) if letters), None)


def _set_leads(text: str, options: Options) -> Hit | None:
    """Letters that open lines, unless all options are listed: then nothing says which are chosen."""
    found = [(m[1], *m.span(1)) for m in _LINE_LEAD.finditer(text)]
    return _set(found, options) if {m[0] for m in found} != set(ascii_uppercase[: len(options)]) else None


def _set_texts(text: str, options: Options) -> Hit | None:
    """A list whose members are, each as a whole, options."""
    members = [m for m in re.split(r"\s*(?:,\s*and\b|,|;|\n|\band\b)\s*", text[:2000]) if m.strip(" .-")]
    found = [equal(re.sub(r"^[A-J]\s*[.):]\s*", "", member.strip(" .-")), options) for member in members]
    if not found or any(len(f) != 1 for f in found):
        return None
    return _set([(ascii_uppercase[f[0]], 0, len(text)) for f in found], options)


_LETTERS_RULES: tuple[Rule[Options], ...] = (
    ("letters", _set_alone),
    ("cue", _set_cue),
    ("leads", _set_leads),
    ("options", _set_texts),
)
