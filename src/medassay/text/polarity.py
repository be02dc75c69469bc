"""Reading yes or no. Whole words only: "normal" is never no, "not visible" is no reading of "no"."""

from __future__ import annotations

import re

from medassay.text.reading import Hit, Reading, Rule, read
from medassay.text.refusals import without_refusals

_YES = r"yes|yeah|yep|yup|true"
_NO = r"nope|nah|false|no"
_STANDS = r"(?=\s*(?:[,;:!?)\]\"'\n–—]|\.(?!\s*\d)|-\s|$|(?:there|it|this|that|the|i|we|they|he|she|not)\b))"
# "no" as a word of its own; before a noun ("no fracture") it says something of the noun
_WORD = re.compile(rf"(?<![\w-])(?:(?P<yes>{_YES})(?![\w'’])|(?P<no>{_NO}){_STANDS})(?!-\w)", re.IGNORECASE)
_CUE = re.compile(
    r"(?<![a-z])(?:answer|ans|response|conclusion)\s*(?:is|:|=|[-–—]|would\s+be|\n)\s*[\"'(]?\s*",
    re.IGNORECASE,
)
_SHORT = {
    "是": "yes",
    "是的": "yes",
    "有": "yes",
    "对": "yes",
    "否": "no",
    "不是": "no",
    "没有": "no",
    "无": "no",
    "不": "no",
}

_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\d))+")
_DENIAL = re.compile(
    r"\b(?:no|not|without|never|none|neither|nor|cannot|absent|absence|lacks?|unlikely|excluded|ruled\s+out"
    r"|negative)\b|n['’]t\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|maybe|if|whether|unclear|uncertain|either|or|but|however|although)"
    r"\b|\?",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    re.findall(
        r"\S+",
        """is are was were be been there this that these those the a an any some of in on at to for with
        by from and it its does do did has have had can you see seen show shows shown evidence evident
        visible present presence appear appears image picture scan radiograph film x ray xray ct mri
        patient s no not without""",
    )
)
"""Words that carry no content in a question that yes or no answers."""


def read_yes_no(text: str, question: str = "") -> Reading:
    """Yes or no; `answer` is "yes" or "no".

    Rules in order: the word after the last "the answer is"; a yes or no that stands as a word of its own
    (both: unparsed); refusal; and, where the question is given, one sentence that restates all of its
    content words, affirmed or denied ("There is no fracture" to "Is there a fracture?").

    Args:
        text: the answer as the model gave it.
        question: the question, needed for the last rule only.
    """
    return read(text, _RULES, question)


def _polarity(match: re.Match[str]) -> str:
    return "yes" if match["yes"] else "no"


def _short(text: str, _: str) -> Hit | None:
    word = _SHORT.get(text.strip(" .,!。，！"))
    return Hit(word, 0, len(text)) if word else None


def _cue(text: str, _: str) -> Hit | None:
    for cue in reversed(list(_CUE.finditer(text))):
        if (word := _WORD.match(text, cue.end())) and not _joined(text, word):
            return Hit(_polarity(word), *word.span())
    return None


def _joined(text: str, word: re.Match[str]) -> bool:
    """Whether another polarity word is joined to this one: "yes and no", "yes/no", "yes or no"."""
    joint = re.compile(r"\s*(?:and|or|/|\|)\s*").match(text, word.end())
    return bool(joint and _WORD.match(text, joint.end()))


def _word(text: str, _: str) -> Hit | None:
    found = [m for m in _WORD.finditer(text) if not (_denied(text, m.start()) or _asked(text, m.end()))]
    if not found:
        return None
    one = len({_polarity(m) for m in found}) == 1
    return Hit(_polarity(found[0]) if one else None, *found[0].span())


_NOT_BEFORE = re.compile(r"\b(?:not|neither|nor|n['’]t)\s+(?:a\s+|simply\s+)?[\"']?$", re.IGNORECASE)
_SENTENCE_CLOSE = re.compile(r"[.!?\n]")


def _denied(text: str, start: int) -> bool:
    return bool(_NOT_BEFORE.search(text[max(0, start - 20) : start]))


def _asked(text: str, end: int) -> bool:
    """Whether the word belongs to a question, such as the prompt's own "yes or no?"."""
    close = _SENTENCE_CLOSE.search(text, end, end + 100)
    return close is not None and close[0] == "?"


def _content(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return frozenset(w.removesuffix("s") if len(w) > 3 else w for w in words if w not in _EMPTY)


def _restated(text: str, question: str) -> Hit | None:
    asked = _content(question)
    if not asked or _DENIAL.search(question) or _DOUBT.search(question.rstrip(" ?")):
        return None
    body = without_refusals(text)
    found = [m for m in _SENTENCE.finditer(body) if asked <= _content(m[0])]
    if len(found) != 1 or _DOUBT.search(body[found[0].start() : found[0].end() + 1]):
        return None
    denials = len(_DENIAL.findall(found[0][0]))
    return Hit(("yes", "no", None)[min(denials, 2)], *found[0].span())


_RULES: tuple[Rule[str], ...] = (("short", _short), ("cue", _cue), ("word", _word), ("restated", _restated))
