"""How a model says that it cannot tell, or will not answer: patterns by kind and language.

"I cannot see any fracture" is an answer: what follows "cannot" decides. A statement that declines says
nothing about the findings it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["abstains", "declines"]
"""abstains: it cannot tell from what it has; declines: it must not or will not answer."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Where a text refuses, and how."""

    kind: Kind
    start: int
    end: int

    @property
    def rule(self) -> str:
        """The id of the rule that a refusal is read by."""
        return f"refusal/{self.kind}"


_CANNOT = r"\b(?:can\s?not|can'?t|could\s?n(?:o|')t|(?:un|not\s+)able\s+to)\s+(?:\w+ly\s+)?"
_TELL = (
    r"(?:determine|answer|tell|say|comment|conclude|decide|ascertain|choose|select|measure|estimate|quantify"
    r"|calculate|be\s+(?:determined|answered|ascertained|concluded|decided|measured))"
)
_SERVE = (
    r"(?:provide|interpret|diagnose|assist|help|offer|fulfil?l|comply"
    r"|make\s+(?:a|any)\s+(?:medical\s+)?(?:diagnos[ie]s|determination)|give\s+(?:a|an|any|you|medical))"
)
_PICTURE = r"(?:the|any|this|these|your)?\s*(?:medical\s+)?(?:image|picture|photo|scan|file|x-?ray)s?"
_GIVEN = r"(?:was|were|is|are|has|have)\s+(?:been\s+)?(?:provided|attached|uploaded|visible|given)"


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to refuse. A text that matches holds one of the needles, so most are passed over fast."""

    language: str
    kind: Kind
    needles: tuple[str, ...]
    pattern: re.Pattern[str]


def _ways(language: str, needles: str, abstains: str, declines: str) -> tuple[_Way, ...]:
    words = tuple(needles.split("|"))
    held: tuple[tuple[Kind, str], ...] = (("abstains", abstains), ("declines", declines))
    return tuple(_Way(language, kind, words, re.compile(p, re.IGNORECASE)) for kind, p in held)


REFUSALS: tuple[_Way, ...] = (
    *_ways(
        "en",
        "can|could|able",
        rf"{_CANNOT}(?:{_TELL}|(?:see|view|access|open|analy[sz]e|process)\s+{_PICTURE})\b",
        rf"{_CANNOT}{_SERVE}\b",
    ),
    *_ways(
        "en",
        "not|n't|insuff|enough|impossible|against|provided|attached|uploaded|visible|given",
        rf"(?:im|not\s+)possible\s+to\s+(?:{_TELL}|{_SERVE})\b|\bnot\s+(?:sure|certain)\b|\bdo(?:\s*n[o']t|\s+not)\s+know\b"
        r"|\b(?:in|not\s+)(?:sufficient|enough)\s+(?:information|data|detail|context|evidence\s+to)"
        rf"|\bno\s+(?:image|picture|scan)s?\s+{_GIVEN}\b",
        r"\bagainst\s+(?:my|our|the)\s+(?:polic(?:y|ies)|guidelines?)\b"
        r"|\bnot\s+(?:qualified|licensed|allowed|permitted)\s+to\b",
    ),
    *_ways(
        "zh",
        "无法|不能|不便|不知道|不确定|看不清",
        r"(?:无法|不能)(?:确定|判断|回答|辨别|得出)|不知道|不确定|看不清",
        r"(?:无法|不能|不便)(?:提供|协助|帮助|诊断)",
    ),
    *_ways(
        "ja",
        "ません|ない|かねます",
        r"(?:判断|回答|特定|判別)(?:は)?(?:でき|出来)(?:ません|ない)|(?:分|わ)かり(?:ません|かねます)",
        r"(?:提供|診断|お手伝い|お答え)(?:は|を|すること(?:は|が))?(?:でき|出来)(?:ません|ない)",
    ),
    *_ways(
        "ko",
        "수|모르겠",
        r"(?:판단|답변|확인|결정)할\s?수\s?없|알\s?수\s?없|모르겠",
        r"(?:제공|진단|도와\s?드릴)(?:할)?\s?수\s?없",
    ),
    *_ways(
        "es",
        "puedo|posible|puede|sé",
        r"\bno\s+(?:puedo|es\s+posible|se\s+puede)\s+(?:determinar|responder|saber|decir)|\bno\s+lo\s+sé\b",
        r"\bno\s+puedo\s+(?:ayudar|proporcionar|ofrecer|dar|diagnosticar|interpretar)",
    ),
    *_ways(
        "pt",
        "não",
        r"\bnão\s+(?:posso|consigo|é\s+possível)\s+(?:determinar|responder|saber|dizer)|\bnão\s+sei\b",
        r"\bnão\s+(?:posso|consigo)\s+(?:ajudar|fornecer|oferecer|dar|diagnosticar|interpretar)",
    ),
    *_ways(
        "fr",
        "peux|puis|sais",
        r"\bne\s+(?:peux|puis)\s+pas\s+(?:déterminer|répondre|dire|savoir)|\bne\s+sais\s+pas\b",
        r"\bne\s+(?:peux|puis)\s+pas\s+(?:vous\s+)?(?:aider|fournir|donner|diagnostiquer|interpréter)",
    ),
    *_ways(
        "de",
        "kann|weiß",
        r"\bkann\s+(?:ich\s+)?(?:\w+\s+){0,5}nicht\s+(?:bestimmen|beantworten|sagen|beurteilen|feststellen)\b"
        r"|\bweiß\s+(?:ich\s+|es\s+)?nicht\b",
        r"\bkann\s+(?:ich\s+)?(?:\w+\s+){0,5}(?:nicht\s+helfen|keine\s+(?:\w+\s+)?diagnose)",
    ),
    *_ways(
        "it",
        "non",
        r"\bnon\s+(?:posso|è\s+possibile|riesco\s+a)\s+(?:determinare|rispondere|dire|stabilire)|\bnon\s+lo\s+so\b",
        r"\bnon\s+posso\s+(?:aiutar|fornire|offrire|dare|diagnosticare|interpretare)",
    ),
    *_ways(
        "ru",
        "не",
        r"\bне\s+(?:могу|можем|удаётся|удается)\s+(?:определить|ответить|сказать|установить)|\bне\s+знаю\b"
        r"|\bневозможно\s+(?:определить|ответить|сказать|установить)",
        r"\bне\s+могу\s+(?:помочь|предоставить|поставить\s+диагноз|давать)",
    ),
    *_ways(
        "ar",
        "لا",
        r"لا\s+(?:يمكنني|أستطيع|يمكن)\s+(?:تحديد|الإجابة|الجزم|معرفة)|لا\s+أعرف",
        r"لا\s+(?:يمكنني|أستطيع)\s+(?:تقديم|المساعدة|تشخيص)",
    ),
    *_ways(
        "he",
        "לא|איני|אינני|אי אפשר",
        r"(?:לא\s+ניתן|(?:איני|אינני|לא)\s+יכול(?:ה)?|אי\s+אפשר)\s+(?:לקבוע|לענות|לדעת|לומר)|לא\s+יודע",
        r"(?:איני|אינני|לא)\s+יכול(?:ה)?\s+(?:לעזור|לספק|לאבחן)",
    ),
    *_ways(
        "hi",
        "नहीं",
        r"(?:निर्धारित|उत्तर|बता|तय)\s?(?:नहीं|करना\s+संभव\s+नहीं)|(?:पता|मालूम)\s+नहीं",
        r"(?:प्रदान|सहायता|मदद|निदान)\s+नहीं\s+(?:कर|दे)\s+सक",
    ),
)
"""Every way to refuse that is known here, by language."""

_STATEMENT_END = re.compile(r"[.;!?\n](?!\d)|\b(?:but|however|nevertheless|nonetheless)\b|。", re.IGNORECASE)


_NEEDLES = tuple(dict.fromkeys(needle for way in REFUSALS for needle in way.needles))
_PLAIN_NEEDLES = tuple(needle for needle in _NEEDLES if needle.isascii())


@lru_cache(maxsize=4)  # the readers of one answer ask more than once
def _found(text: str) -> tuple[Refusal, ...]:
    text = text.replace("’", "'")
    lower = text.lower()
    there = {needle for needle in (_PLAIN_NEEDLES if text.isascii() else _NEEDLES) if needle in lower}
    found = [
        Refusal(way.kind, *match.span())
        for way in (REFUSALS if there else ())
        if not there.isdisjoint(way.needles)
        for match in way.pattern.finditer(text)
    ]
    return tuple(sorted(found, key=lambda refusal: (refusal.start, -refusal.end)))


def refusal(text: str) -> Refusal | None:
    """Where the text first declines to answer; None where it does not."""
    return next(iter(_found(text)), None)


def without_refusals(text: str) -> str:
    """The text with each declining statement blanked out to its end, at the same length."""
    parts: list[str] = []
    done = 0
    for found in _found(text):
        if found.start < done:
            continue
        end = _STATEMENT_END.search(text, found.end)
        stop = end.start() if end else len(text)
        parts += [text[done : found.start], " " * (stop - found.start)]
        done = stop
    return "".join([*parts, text[done:]])
