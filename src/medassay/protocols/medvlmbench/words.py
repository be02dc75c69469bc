"""The normal form of MedVLMBench (after the VQA challenge), with its quirks."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from medassay.text.forms import NUMBER_WORDS

_MARKS = (
    ";",
    "/",
    "[",
    "]",
    '"',
    "{",
    "}",
    "(",
    ")",
    "=",
    "+",
    "\\",
    "_",
    "-",
    ">",
    "<",
    "@",
    "`",
    ",",
    "?",
    "!",
)
_NUMBER_COMMA = re.compile(r"\d,\d")
_STOP = re.compile(r"\.(?!\d)")
_MOST_STOPS = 32  # the flag re.UNICODE stands where the count should
_NUMBERS = {word: str(number) for word, number in NUMBER_WORDS.items()}
_NUMBERS["none"] = "0"
_ARTICLES = frozenset({"a", "an", "the"})

# Words whose apostrophe was left out, and those of two apostrophes of which one was.
_SINGLE = """
ain't aren't can't could've couldn't didn't doesn't don't hadn't hasn't haven't he'd he's how'd how'll
how's isn't it'd it'll ma'am mightn't might've mustn't must've needn't not've o'clock oughtn't shan't
should've shouldn't somebody'll somebody's someone'd someone'll someone's something'd something'll that's
there'd there're there's they'd they'll they're they've 'twas wasn't we've weren't what'll what're what's
what've when's where'd where's where've who'd who'll who's who've why'll why're why's won't would've
wouldn't y'all you'd you'll you're you've
"""
_DOUBLE = """
couldn't've hadn't've he'd've it'd've mightn't've she'd've shouldn't've somebody'd've someone'd've
something'd've there'd've they'd've we'd've who'd've wouldn't've y'all'll you'd've
"""
_ODD = {
    "ow's'at": "'ow's'at",
    "'ows'at": "'ow's'at",
    "'ow'sat": "'ow's'at",
    "somebody'd": "somebodyd",
    "yall'd've": "y'all'd've",
    "y'alld've": "y'all'd've",
    "y'all'dve": "y'all'd've",
}


def _contractions() -> dict[str, str]:
    table = {word.replace("'", ""): word for word in _SINGLE.split()}
    for word in _DOUBLE.split():
        head, middle, tail = word.split("'")
        table |= {f"{head}{middle}'{tail}": word, f"{head}'{middle}{tail}": word}
    return table | _ODD


CONTRACTIONS = _contractions()
"""Contractions by the forms that are mended; they apply to lower-case words alone."""


def unmarked(text: str) -> str:
    """The text without the marks of the VQA challenge; VLMEvalKit's rule for yes and no begins so, too.

    A mark that touches a blank anywhere is deleted everywhere, and so are all marks of a text that holds a
    number with a comma; else it becomes a blank.
    """
    commas = _NUMBER_COMMA.search(text) is not None
    bare = text
    for mark in _MARKS:
        if mark in text:
            touches = f"{mark} " in text or f" {mark}" in text
            bare = bare.replace(mark, "" if touches or commas else " ")
    return bare


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The normal form of a text that is in lower case already.

    Marks go (`unmarked`), and full stops unless a digit follows, the first 32 of them. "none" is 0. The
    articles go, the option letter A with them.
    """
    stopped = _STOP.sub("", unmarked(text), count=_MOST_STOPS)
    words = (_NUMBERS.get(word, word) for word in stopped.lower().split())
    kept = (CONTRACTIONS.get(word, word) for word in words if word not in _ARTICLES)
    return " ".join(kept).replace(",", "")


def tokens(text: str) -> Counter[str]:
    """The words of a normal form with their counts."""
    return Counter(text.split())
