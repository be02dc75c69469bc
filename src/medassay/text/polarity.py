"""Reading yes or no. Whole words only: "normal" is never no, "not visible" is no reading of "no"."""

from __future__ import annotations

import re
import unicodedata

from medassay.text.languages import YES_NO, leads
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
_ENDS = r"(?=\s?(?:[,.;:!?)\]\"'\n–—。、।،]|$))"
_ALL_YES, _ALL_NO = ("|".join(words) for words in zip(*YES_NO.values(), strict=True))
_ABROAD = re.compile(rf"(?:(?P<yes>{_ALL_YES})|(?P<no>{_ALL_NO})){_ENDS}", re.IGNORECASE)
_PAIR = re.compile(rf"\b(?:{_YES}|{_NO})\s?(?:/|\||\bor\b)\s?(?:{_YES}|{_NO})\b", re.IGNORECASE)

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

    Rules in order: the word after the last "the answer is", in any language of `languages`; a word of another
    language that opens the text; a yes or no that stands as a word of its own (both: unparsed); and, where
    the question is given, one sentence that restates all of its content words, affirmed or denied ("There is
    no fracture" to "Is there a fracture?", 没有骨折 to 有骨折吗); then refusal.

    Args:
        text: the answer as the model gave it.
        question: the question, needed for the last rule only.
    """
    return read(text, _RULES, question)


def _polarity(match: re.Match[str]) -> str:
    return "yes" if match["yes"] else "no"


def _cue(text: str, _: str) -> Hit | None:
    for cue in reversed(list(_CUE.finditer(text))):
        if (word := _WORD.match(text, cue.end())) and not _joined(text, word):
            return Hit(_polarity(word), *word.span())
    for place in (end for _start, end in reversed(leads(text))):
        if word := _ABROAD.match(text, place):
            return Hit(_polarity(word), *word.span())
    return None


def _abroad(text: str, _: str) -> Hit | None:
    """A word of another language that opens the text and stands by itself."""
    word = _ABROAD.match(text)
    return Hit(_polarity(word), *word.span()) if word else None


def _joined(text: str, word: re.Match[str]) -> bool:
    """Whether another polarity word is joined to this one: "yes and no", "yes/no", "yes or no"."""
    joint = re.compile(r"\s*(?:and|or|/|\|)\s*").match(text, word.end())
    return bool(joint and _WORD.match(text, joint.end()))


def _word(text: str, _: str) -> Hit | None:
    text = _PAIR.sub(lambda pair: " " * len(pair[0]), text)  # the prompt's own "yes or no"
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
    if len(found) != 1 or _doubted(body, found[0]):
        return None
    denials = len(_DENIAL.findall(found[0][0]))
    return Hit(("yes", "no", None)[min(denials, 2)], *found[0].span())


def _doubted(text: str, sentence: re.Match[str]) -> bool:
    """Whether a sentence leaves the matter open. "No fracture or effusion" denies both."""
    said = text[sentence.start() : sentence.end() + 1]
    return bool(_DOUBT.search(_NO_OR.sub(r"\1", said)))


def _restated_chinese(text: str, question: str) -> Hit | None:
    """有X? answered in the words of the question: 没有X or 有X."""
    asked = _ASKED.search(unicodedata.normalize("NFKC", question))
    if asked is None or _OPEN_CHINESE.search(text):
        return None
    found = list(
        re.finditer(rf"(?P<no>{_HAS_NOT})?(?(no)|{_HAS})(?:明显|任何)?{re.escape(asked['what'])}", text)
    )
    if len({bool(m["no"]) for m in found}) != 1:
        return None
    return Hit("no" if found[0]["no"] else "yes", *found[0].span())


_NO_OR = re.compile(r"(\b(?:no|without|neither)\b[^.;,!?\n]{0,80}?)\bor\b", re.IGNORECASE)
_HAS, _HAS_NOT = r"(?:有|存在|可见|显示)", r"(?:没有|未见|不存在|未发现|无)"
_ASKED = re.compile(rf"{_HAS}(?:没有)?(?P<what>[\u4e00-\u9fff]{{1,20}}?)(?:吗|么|呢)?[?。]?\s*$")
_OPEN_CHINESE = re.compile("可能|是否|也许|吗|[?]")

_RULES: tuple[Rule[str], ...] = (
    ("cue", _cue),
    ("opens", _abroad),
    ("word", _word),
    ("restated", _restated),
    ("restated", _restated_chinese),
)
