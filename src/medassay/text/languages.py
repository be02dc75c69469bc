"""What is known of languages: how each says "the answer is", yes and no, and which letters stand for A to E.

Tables, so that a language is added in one line. Texts are folded before they meet them (NFKC), so that the
full-width colon and comma are ASCII here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS = r"(?:\s+\w+){0,3}?\s*"
_THEN = r"\s*:?\s*"

_ANSWER_IS = {
    "zh": ("答案|正确选项", r"(?:答案|正确选项)(?:应该?)?(?:(?:是|为):?|:)\s*"),
    "ja": ("答え|正解|解答|回答", r"(?:正しい答え|正解|答え|解答|回答)(?:は|:)[、:\s]*"),
    "ko": ("답", rf"(?:정답|답변?)(?:\s?[은는]|\s?:){_THEN}"),
    "es": ("respuesta|opci", rf"\b(?:respuestas?|opci[oó]n){_WORDS}(?:\bes\b|\bson\b|:){_THEN}"),
    "pt": (
        "respost|opç|opc|altern",
        rf"\b(?:respostas?|op[çc][aã]o|alternativas?){_WORDS}(?:\bé\b|\bsão\b|:){_THEN}",
    ),
    "fr": ("ponse", rf"\br[ée]ponses?{_WORDS}(?:\best\b|\bsont\b|:){_THEN}"),
    "de": ("antwort", rf"\bantwort(?:en)?{_WORDS}(?:\bist\b|\bsind\b|\blautet\b|:){_THEN}"),
    "it": ("rispost", rf"\brispost[ae]{_WORDS}(?:\bè\b|\bsono\b|:){_THEN}"),
    "ru": ("ответ", rf"\bответ(?:ы)?{_WORDS}(?:[-–—:]|\bэто\b){_THEN}"),
    "ar": ("إجابة|جواب", rf"(?:إجابة|جواب){_WORDS}(?:\bهي\b|\bهو\b|:){_THEN}"),
    "he": ("תשובה", rf"תשובה{_WORDS}(?:\bהיא\b|\bהוא\b|:){_THEN}"),
    "hi": ("उत्तर|जवाब", rf"(?:उत्तर|जवाब)\s*(?:है|:){_THEN}"),
}
_LETTER_IS = {
    "zh": ("答案|选", r"答案\s*|选择?\s*|选项(?=[A-Z]\s?(?:是)?正确)"),
    "ja": ("正解|選択肢|が|は", r"正解\s*|(?:選択肢)?(?=[A-Z]\s?[がは](?:正し|正解|最も))"),
    "pt": ("opção|alternativa", r"\b(?:é|seria)\s+a\s+(?:opção|alternativa)\s*(?=[A-Z]\b)"),
    "es": ("opción|alternativa", r"\b(?:es|sería)\s+la\s+(?:opción|alternativa)\s*(?=[A-Z]\b)"),
    "hi": ("उत्तर|जवाब|विकल्प", r"(?:उत्तर|जवाब|विकल्प)\s*(?=[A-Z]\b)"),
}

Cues = Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]]


def _compiled(table: Mapping[str, tuple[str, str]]) -> Cues:
    return {k: (tuple(n.split("|")), re.compile(p, re.IGNORECASE)) for k, (n, p) in table.items()}


ANSWER_IS: Cues = _compiled(_ANSWER_IS)
"""How a text leads up to its answer, beside the English that each reader has of its own.

By language: words of which every such text holds one, so that most languages are passed over fast; and how.
"""

LETTER_IS: Cues = _compiled(_LETTER_IS)
"""What leads up to a letter, but would be too little before words."""


def leads(text: str, table: Cues = ANSWER_IS) -> list[tuple[int, int]]:
    """The stretches in which the text leads up to its answer, in order."""
    lower = text.lower()
    held = (how for words, how in table.values() if any(word in lower for word in words))
    return sorted(match.span() for how in held for match in how.finditer(text))


LETTER_NAMES = re.compile(
    r"(?:(?:la|le)\s+|(?-i:a\s+)|l')?(?:(?:option|opci[oó]n|op[çc][aã]o|opzione|letra|lettre|lettera|buchstabe|alternativa"
    r"|вариант|الخيار|אפשרות)\s*)?",
    re.IGNORECASE,
)
"""What may stand between such words and a letter: articles, and "option"."""

YES_NO: Mapping[str, tuple[str, str]] = {
    "zh": ("是的|是|有|对|存在", "不是|没有|不存在|否|无|不"),
    "ja": ("はい", "いいえ"),
    "ko": ("네|예", "아니요|아니오|아닙니다"),
    "es": ("sí", "no"),
    "pt": ("sim", "não"),
    "fr": ("oui", "non"),
    "de": ("ja", "nein"),
    "it": ("sì", "no"),
    "ru": ("да", "нет"),
    "ar": ("نعم", "لا|كلا"),
    "he": ("כן", "לא"),
    "hi": ("जी\\s+हाँ|हाँ|हां|जी\\s+हां", "जी\\s+नहीं|नहीं"),
}
"""Yes and no as words of their own. The Chinese for "normal" is neither."""

_OTHER_LETTERS = {
    **dict(zip("АВСЕ", "ABCE", strict=True)),  # Cyrillic, alike to the eye
    **dict(zip("ΑΒΕ", "ABE", strict=True)),  # Greek
    **dict(zip("أبجده", "ABCDE", strict=True)),  # Arabic, in the order of its lists
    **dict(zip("אבגדה", "ABCDE", strict=True)),  # Hebrew, likewise
}
_LONE = re.compile(
    rf"(?<![^\W\d_])[{''.join(_OTHER_LETTERS)}](?![^\W\d_])(?![\s.]{{0,3}}[\u0370-\u06ff]|\s?[-־])"
)


def latin_letters(text: str) -> str:
    """The text with letters of other alphabets that stand for A to E made Latin, at the same length.

    Only letters that stand alone, and not before a word of their own script or a hyphen: the Russian
    preposition that looks like B is none, nor is the Hebrew one before a foreign name.
    """
    return text if text.isascii() else _LONE.sub(lambda found: _OTHER_LETTERS[found[0]], text)
