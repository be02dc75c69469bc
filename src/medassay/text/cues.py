"""Where a text decides in words ("the answer is ...", "I choose ...", "so ..."), and the letters that follow.

A letter is one only where it can be nothing else: the article in "the answer is a mass", the pronoun, the
B of "B cells" and the C of "C. difficile" are no options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_uppercase

from medassay.text.forms import lowered
from medassay.text.languages import LETTER_IS, LETTER_NAMES, leads
from medassay.text.mentions import equal
from medassay.text.passage import clean, fold
from medassay.text.reading import Hit
from medassay.types import Choice

Options = tuple[str, ...]
"""The texts of the options in order: A, B, ..."""

Letter = tuple[str, int, int]
"""An upper-case letter and where it stands."""

STATEMENT_LIMIT = 300  # characters of a statement that are looked at
_MANY = 50  # decisions beyond these are repetition

_CONNECTOR = (
    r"(?:\s*(?:is|are|would\s+be|should\s+be|must\s+be|will\s+be|has\s+to\s+be|'s|=|:|->|→|[-–—]|\n)\s*:?"
    r"|(?:是|为|：|:))\s*"
)
_ADVERB = (
    r"(?:(?:clearly|definitely|certainly|most\s+likely|likely|probably|therefore|thus|obviously|simply|indeed"
    r"|undoubtedly|surely|either|both|only|just|still|then)[,\s]+)?"
)
_NOUN = (
    r"(?<![a-z])(?:answers?|choices?|ans|selection|response|option|options\s+are(?=\s+[a-j]\b)|letters?|diagnosis)"
    r"(?:\s+letters?|\(s\))?(?:\s+(?:to|for)\s+(?:this|the)\s+question|\s+here)?"
)
_THOUGHT = (
    r"\b(?:i|we)(?:\s+would|\s+will|'d|'ll)?\s+(?:choose|pick|select|go\s+(?:for|with)|opt\s+for|vote\s+for|say|guess"
    r"|lean\s+towards?)"
    r"\s+|\bi(?:\s+would)?\s+(?:think|believe|guess|say)\s+(?:that\s+)?it\s*(?:is|'s|must\s+be|would\s+be|should\s+be)\s+"
    r"|\bit\s+(?:is|must\s+be|should\s+be|has\s+to\s+be)\s+(?=(?:option|choice|letter|answer)\b)"
)
_SO = r"\b(?P<so>so|thus|hence|therefore|it\s+is|it's)\b[,:]?\s+(?:it\s+is\s+|it's\s+)?"
_FITS = (
    r"\b(?:(?:consistent|compatible|in\s+keeping)\s+with|suggests?|supports?|favou?rs?|indicates?|represents?"
    r"|corresponds?\s+to|match(?:es)?|points?\s+to)\s+(?=(?:the\s+)?(?:option|choice|answer|letter)\s+[^\w\s]?[a-z]\b)"
)
_CUE = re.compile(rf"(?:{_NOUN}{_CONNECTOR}|{_THOUGHT}|{_FITS}|{_SO}){_ADVERB}")  # of text in lower case
# "why the others are not the best choice:" and "let us look at each option:" decide nothing
_NO_CUE_BEFORE = re.compile(
    r"(?:\bnot|n't|\b(?:in|un)\w+|\bwrong|\beach|\bevery|\bothers?|\banother|\bremaining|\bno|\bgiven|\bavailable"
    r"|\bfollowing|\bif|\bless|\bleast|\bwould|\bcould|\bmight|\bmay)(?:\s+(?:the|an?|best|right|correct|most|appropriate|likely|suitable|answer))*\s*$",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?P<name>(?:the\s+)?(?:options?|choices?|letters?|answers?|alternatives?)\s*:?\s*)?"
    r"(?P<open>[(\[\"'“‘<])?\s?(?P<letter>[A-Za-z])\s?(?P<close>[)\]\"'”’>])?(?![A-Za-z0-9'’]|-[A-Za-z])",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\s*(?:$|[.,:;!?\n)\]\"'–—/&(、。،-]|[\u0900-\u097f\u3040-\u9fff\uac00-\ud7af]"
    r"|(?:y|et|und|e|o|ou|oder|because|since|as|due|given|which|based|for|is|are|and|or|but|not|it|this|that|so|if|where|rather)\b)",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\s+cells?\b")
_GENUS = re.compile(
    r"\.\s+(?:coli|difficile|aureus|albicans|cereus|fumigatus|faecalis|histolytica|granulosus|jejuni|botulinum"
    r"|perfringens|tetani|fragilis|burgdorferi|pneumoniae|influenzae|pertussis|hominis)\b"
)
_AND = re.compile(r"\s*(?:,\s*(?:and|or)\b|,|/|&|\band\b|\bor\b)\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[;!?\n。]|\.(?!\d)")
_NOTHING_MORE = re.compile(r"\W{0,3}\s*(?:$|\n|[.!?;])")
_REST_OF_LINE = re.compile(r"[.:)\]\"'\s–—-]*([^\n]*)")
_WRONG = re.compile(
    r"\s*(?:(?:is|are|can\s+be|could\s+be|seems|looks|appears|was)\s*)?(?:(?:also|clearly|therefore|thus|very)\s+)?"
    r"(?:not\b|n't|isn't|unlikely|less\s+likely|incorrect|wrong|excluded|ruled\s+out|eliminated|out\b|false"
    r"|does\s*n[o']t)",
    re.IGNORECASE,
)
LINE_LEAD = re.compile(r"^[ \t•>-]*[(\[]?([A-Z])\s*[.):\]]", re.MULTILINE)
_NEXT_LINE = re.compile(r"\n+")


_OWN_LETTER = tuple(re.compile(rf"{letter}\s*[.:)]\s*") for letter in ascii_uppercase)


@lru_cache(maxsize=4096)
def options_of(choices: tuple[Choice, ...]) -> Options:
    """The options' texts, folded, without markup and without a letter of their own before them."""
    texts = [clean(fold(choice.label)).text for choice in choices]
    own = [prefix.match(text) for prefix, text in zip(_OWN_LETTER, texts, strict=False)]
    return tuple(text[prefix.end() :] if prefix else text for prefix, text in zip(own, texts, strict=False))


def letters_of(options: Options) -> str:
    """The letters that are offered."""
    return ascii_uppercase[: len(options)]


def letters_at(text: str, place: int, joint: re.Pattern[str] = _AND) -> list[Letter]:
    """The list of letters that begins at `place`: "B", "(b)", "A or D", "A, C and D"; empty if none does.

    Args:
        text: clean text.
        place: where the list begins.
        joint: what stands between two letters.
    """
    found: list[Letter] = []
    while match := _LETTER.match(text, place):
        if not _stands_alone(text, match):
            break
        found.append((match["letter"].upper(), *match.span("letter")))
        further = joint.match(text, match.end())
        if further is None:
            break
        place = further.end()
    return found


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether a single letter stands for an option: not an article, a pronoun or part of a name."""
    if match["open"] and match["close"]:
        return True
    if match["letter"].islower() or match["letter"] in "AI":
        return bool(_CLOSED.match(text, match.end()))
    return not (_CELLS.match(text, match.end()) or begins_name(text, match.end()))


def begins_name(text: str, end: int) -> bool:
    """Whether the letter that ends at `end` shortens a genus ("C. difficile")."""
    return bool(_GENUS.match(text, end))


def cues(text: str) -> Iterator[tuple[int, bool, list[Letter]]]:
    """Decisions in words, the last first: where each begins, whether it may be words, and its letters."""
    english = [(cue.start(), cue.end(), cue["so"] is not None) for cue in _CUE.finditer(lowered(text))]
    for start, end, weak in sorted([*english, *_abroad(text)], reverse=True)[:_MANY]:
        letters = letters_at(text, end)
        # "so A mass ..." and "so B is less likely" decide nothing
        if weak and letters and not _NOTHING_MORE.match(text, letters[-1][2]):
            continue
        if letters and heads_list(text, letters[0][0], letters[0][2]):
            continue
        if not _NO_CUE_BEFORE.search(text[max(0, start - 60) : start]):
            yield end, not weak, letters


def _abroad(text: str) -> Iterator[tuple[int, int, bool]]:
    for start, end in leads(text):
        name = LETTER_NAMES.match(text, end)
        yield start, name.end() if name else end, False
    for start, end in leads(text, LETTER_IS):
        yield start, end, False


def heads_list(text: str, letter: str, end: int) -> bool:
    """Whether the letter opens a list: the next line that is not empty opens with the next letter."""
    line = _NEXT_LINE.search(text, end)
    following = LINE_LEAD.match(text, line.end()) if line else None
    return following is not None and ord(following[1]) == ord(letter) + 1


def statement_end(text: str, place: int) -> int:
    """Where the statement that begins at `place` ends."""
    end = _SENTENCE_END.search(text, place + 1, place + STATEMENT_LIMIT)
    return end.start() if end else min(len(text), place + STATEMENT_LIMIT)


def rejected(text: str, end: int) -> bool:
    """Whether what ends at `end` is at once called wrong: "B is unlikely", "C can be excluded"."""
    return bool(_WRONG.match(text[end : end + 60]))


def chosen(text: str, options: Options, letter: str, start: int, end: int) -> Hit:
    """The letter as an answer; none if it is not offered, or another option's very words stand beside it."""
    line = _REST_OF_LINE.match(text, end)
    beside = equal(line[1], options) if line and len(line[1]) <= STATEMENT_LIMIT else []
    disagrees = any(len(options[i]) > 1 for i in beside) and letter not in {
        ascii_uppercase[i] for i in beside
    }
    return Hit(letter if letter in letters_of(options) and not disagrees else None, start, end)
