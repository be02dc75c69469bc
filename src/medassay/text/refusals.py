"""How a model says that it cannot tell, or will not answer: patterns by kind and language.

"I cannot see any fracture" is an answer: what follows "cannot" decides. A statement that declines says
nothing about the findings it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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


_CANNOT = r"(?:can\s?not|can'?t|could\s?n(?:o|')t|(?:am|'m|are|is)?\s*(?:un|not\s+)able\s+to)\s+(?:\w+ly\s+)?"
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

REFUSALS: tuple[tuple[str, Kind, str], ...] = (
    ("en", "abstains", rf"{_CANNOT}{_TELL}\b"),
    ("en", "abstains", rf"{_CANNOT}(?:see|view|access|open|analy[sz]e|process)\s+{_PICTURE}\b"),
    ("en", "abstains", rf"(?:im|not\s+)possible\s+to\s+(?:{_TELL}|{_SERVE})\b"),
    ("en", "abstains", r"(?:'m|am|are)?\s*not\s+(?:sure|certain)\b"),
    ("en", "abstains", r"\b(?:do\s*n[o']t|do\s+not)\s+know\b"),
    (
        "en",
        "abstains",
        r"\b(?:in|not\s+)(?:sufficient|enough)\s+(?:information|data|detail|context|evidence\s+to)",
    ),
    ("en", "abstains", rf"\bno\s+(?:image|picture|scan)s?\s+{_GIVEN}\b"),
    ("en", "declines", rf"{_CANNOT}{_SERVE}\b"),
    ("en", "declines", r"\bagainst\s+(?:my|our|the)\s+(?:polic(?:y|ies)|guidelines?)\b"),
    ("en", "declines", r"\bnot\s+(?:qualified|licensed|allowed|permitted)\s+to\b"),
    ("zh", "abstains", r"(?:无法|不能)(?:确定|判断|回答|辨别|得出)|不知道|不确定|看不清"),
    ("zh", "declines", r"(?:无法|不能|不便)(?:提供|协助|帮助|诊断)"),
    (
        "ja",
        "abstains",
        r"(?:判断|回答|特定|判別)(?:は)?(?:でき|出来)(?:ません|ない)|(?:分|わ)かり(?:ません|かねます)",
    ),
    (
        "ja",
        "declines",
        r"(?:提供|診断|お手伝い|お答え)(?:は|を|すること(?:は|が))?(?:でき|出来)(?:ません|ない)",
    ),
    ("ko", "abstains", r"(?:판단|답변|확인|결정)할\s?수\s?없|알\s?수\s?없|모르겠"),
    ("ko", "declines", r"(?:제공|진단|도와\s?드릴)(?:할)?\s?수\s?없"),
    (
        "es",
        "abstains",
        r"\bno\s+(?:puedo|es\s+posible|se\s+puede)\s+(?:determinar|responder|saber|decir)|\bno\s+lo\s+sé\b",
    ),
    ("es", "declines", r"\bno\s+puedo\s+(?:ayudar|proporcionar|ofrecer|dar|diagnosticar|interpretar)"),
    (
        "pt",
        "abstains",
        r"\bnão\s+(?:posso|consigo|é\s+possível)\s+(?:determinar|responder|saber|dizer)|\bnão\s+sei\b",
    ),
    (
        "pt",
        "declines",
        r"\bnão\s+(?:posso|consigo)\s+(?:ajudar|fornecer|oferecer|dar|diagnosticar|interpretar)",
    ),
    (
        "fr",
        "abstains",
        r"\bne\s+(?:peux|puis)\s+pas\s+(?:déterminer|répondre|dire|savoir)|\bne\s+sais\s+pas\b",
    ),
    (
        "fr",
        "declines",
        r"\bne\s+(?:peux|puis)\s+pas\s+(?:vous\s+)?(?:aider|fournir|donner|diagnostiquer|interpréter)",
    ),
    (
        "de",
        "abstains",
        r"\bkann\s+(?:ich\s+)?(?:\w+\s+){0,5}nicht\s+(?:bestimmen|beantworten|sagen|beurteilen|feststellen)\b",
    ),
    ("de", "abstains", r"\bweiß\s+(?:ich\s+|es\s+)?nicht\b"),
    ("de", "declines", r"\bkann\s+(?:ich\s+)?(?:\w+\s+){0,5}(?:nicht\s+helfen|keine\s+(?:\w+\s+)?diagnose)"),
    (
        "it",
        "abstains",
        r"\bnon\s+(?:posso|è\s+possibile|riesco\s+a)\s+(?:determinare|rispondere|dire|stabilire)|\bnon\s+lo\s+so\b",
    ),
    ("it", "declines", r"\bnon\s+posso\s+(?:aiutar|fornire|offrire|dare|diagnosticare|interpretare)"),
    (
        "ru",
        "abstains",
        r"\bне\s+(?:могу|можем|удаётся|удается)\s+(?:определить|ответить|сказать|установить)|\bне\s+знаю\b",
    ),
    ("ru", "abstains", r"\bневозможно\s+(?:определить|ответить|сказать|установить)"),
    ("ru", "declines", r"\bне\s+могу\s+(?:помочь|предоставить|поставить\s+диагноз|давать)"),
    ("ar", "abstains", r"لا\s+(?:يمكنني|أستطيع|يمكن)\s+(?:تحديد|الإجابة|الجزم|معرفة)|لا\s+أعرف"),
    ("ar", "declines", r"لا\s+(?:يمكنني|أستطيع)\s+(?:تقديم|المساعدة|تشخيص)"),
    (
        "he",
        "abstains",
        r"(?:לא\s+ניתן|(?:איני|אינני|לא)\s+יכול(?:ה)?|אי\s+אפשר)\s+(?:לקבוע|לענות|לדעת|לומר)|לא\s+יודע",
    ),
    ("he", "declines", r"(?:איני|אינני|לא)\s+יכול(?:ה)?\s+(?:לעזור|לספק|לאבחן)"),
    ("hi", "abstains", r"(?:निर्धारित|उत्तर|बता|तय)\s?(?:नहीं|करना\s+संभव\s+नहीं)|(?:पता|मालूम)\s+नहीं"),
    ("hi", "declines", r"(?:प्रदान|सहायता|मदद|निदान)\s+नहीं\s+(?:कर|दे)\s+सक"),
)
"""(language, kind, pattern) of every way to refuse that is known here."""

_KINDS: tuple[Kind, ...] = ("declines", "abstains")
_REFUSAL = re.compile(
    "|".join(f"(?P<{kind}>{'|'.join(p for _, k, p in REFUSALS if k == kind)})" for kind in _KINDS),
    re.IGNORECASE,
)
_STATEMENT_END = re.compile(r"[.;!?\n](?!\d)|\b(?:but|however|nevertheless|nonetheless)\b|。", re.IGNORECASE)


def refusal(text: str) -> Refusal | None:
    """Where the text first declines to answer; None where it does not."""
    found = _REFUSAL.search(text.replace("’", "'"))
    return Refusal("declines" if found["declines"] else "abstains", *found.span()) if found else None


def without_refusals(text: str) -> str:
    """The text with each declining statement blanked out to its end, at the same length."""
    parts: list[str] = []
    done = 0
    for found in _REFUSAL.finditer(text.replace("’", "'")):
        if found.start() < done:
            continue
        end = _STATEMENT_END.search(text, found.end())
        stop = end.start() if end else len(text)
        parts += [text[done : found.start()], " " * (stop - found.start())]
        done = stop
    return "".join([*parts, text[done:]])
