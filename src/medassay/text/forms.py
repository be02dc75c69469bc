"""Named normal forms of short answers. A comparison says which form it uses; forms never mix."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Literal

Form = Literal["raw", "lower", "squad", "vqa-med"]

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
ALIASES = {"x ray": "xray", "x rays": "xray", "xrays": "xray", "mr": "mri"}
"""Spellings of one thing, as whole words."""

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_JOINTS = re.compile(r"[-‐‑‒–—/()\[\]{}]")  # hyphens and dashes of every kind
_WORDS = re.compile(rf"\b(?:{'|'.join([*ALIASES, *NUMBER_WORDS])})\b")


def normalise(text: str, form: Form) -> str:
    """The text in a named form.

    Args:
        text: a short answer.
        form: "raw" strips and collapses white space; "lower" adds Unicode NFKC and lower case; "squad" is
            Rajpurkar et al. 2016 (lower case, ASCII punctuation deleted, the words a, an and the deleted);
            "vqa-med" is ours: "lower", then joints (hyphen, slash, brackets) to spaces, a final full
            stop removed, number words zero to ten to digits, aliases (x-ray, MR), and articles removed
            where something remains ("a" is an answer, "a mass" is "mass").
    """
    if form == "raw":
        return " ".join(text.split())
    if form == "squad":
        return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
    lower = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return lower if form == "lower" else _vqa_med(lower)


def _vqa_med(lower: str) -> str:
    spaced = " ".join(_JOINTS.sub(" ", lower).split()).removesuffix(".").rstrip()
    plain = _WORDS.sub(lambda m: ALIASES.get(m[0]) or str(NUMBER_WORDS[m[0]]), spaced)
    bare = " ".join(_ARTICLES.sub(" ", plain).split())
    return bare or plain
