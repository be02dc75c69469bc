"""Named normal forms of short answers. A comparison says which form it uses; forms never mix."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

Form = Literal["raw", "lower", "squad", "vqa-med", "cjk", "mmmu-open", "lmms-slake"]

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


def form_of(text: str) -> Form:
    """The form of an accepted answer: "cjk" where it is Chinese or Japanese, else "vqa-med"."""
    return "cjk" if _CJK_CHARACTER.search(text) else "vqa-med"


def normalise(text: str, form: Form) -> str:
    """The text in a named form.

    Args:
        text: a short answer.
        form: "raw" strips and collapses white space; "lower" adds Unicode NFKC and lower case; "squad" is
            Rajpurkar et al. 2016 (lower case, ASCII punctuation deleted, the words a, an and the deleted);
            "vqa-med" is ours: "lower", then joints (hyphen, slash, brackets) to spaces, a final full
            stop removed, number words zero to ten to digits, aliases (x-ray, MR), and articles removed
            where something remains ("a" is an answer, "a mass" is "mass"); "cjk" is "lower" without Chinese
            and Japanese punctuation and without white space beside their characters; "mmmu-open" is
            MMMU's (a whole number string as a float rounded to 2 decimals, else lower case; its two
            padded spellings of a one-character string are left to the caller); "lmms-slake" is lmms-eval's
            for SLAKE (brackets with their content deleted, punctuation to spaces, "x ray" to "xray",
            words for yes and no to yes and no, which there include the Chinese for normal).
    """
    if form == "raw":
        return " ".join(text.split())
    if form == "mmmu-open":
        return _mmmu_open(text)
    if form == "lmms-slake":
        return _lmms_slake(text)
    if form == "squad":
        return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
    lower = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _FROM_LOWER[form](lower)


def _cjk(lower: str) -> str:
    return _CJK_SPACE.sub("", " ".join(_CJK_PUNCTUATION.sub(" ", lower).split()))


def _mmmu_open(text: str) -> str:
    """MMMU's eval_utils: numbers with thousands separators, else lower case."""
    plain = text.strip()
    try:
        return str(round(float(plain.replace(",", "")), 2))
    except ValueError:
        return plain.lower()


def _lmms_slake(text: str) -> str:
    bare = _BRACKETED.sub("", text.lower())
    words = " ".join(_ANY_PUNCTUATION.sub(" ", bare).split()).replace("x ray", "xray")
    return "yes" if words in _SLAKE_YES else "no" if words in _SLAKE_NO else words


_CJK = "\u3040-\u30ff\u3400-\u9fff"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_CJK_PUNCTUATION = re.compile(
    r"[\u3001-\u3003\u3008-\u3011\u3014-\u301f\u30fb,;:!?()\"'.。·…]+" rf"(?=[{_CJK}]|\s|$)"
)
_CJK_SPACE = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_BRACKETED = re.compile(r"\([^()]*\)|（[^（）]*）")
_ANY_PUNCTUATION = re.compile(
    rf"[{re.escape(string.punctuation)}\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20，。！？；：…·]"
)
_SLAKE_YES = frozenset(["yes", "yeah", "yep", "true", "是", "是的", "有", "包含", "可以", "能", "会", "正常"])
_SLAKE_NO = frozenset(
    ["no", "nope", "false", "否", "不是", "没有", "无", "不包含", "不能", "不会", "不可以", "不正常", "异常"]
)


def _vqa_med(lower: str) -> str:
    spaced = " ".join(_JOINTS.sub(" ", lower).split()).removesuffix(".").rstrip()
    plain = _WORDS.sub(lambda m: ALIASES.get(m[0]) or str(NUMBER_WORDS[m[0]]), spaced)
    bare = " ".join(_ARTICLES.sub(" ", plain).split())
    return bare or plain


_FROM_LOWER: Mapping[str, Callable[[str], str]] = {"lower": str, "vqa-med": _vqa_med, "cjk": _cjk}


def lowered(text: str) -> str:
    """The text in lower case, every letter in its place: one that would become two stays as it is."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
