"""Reading a label, a set of labels, or a short answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medassay.text.languages import leads
from medassay.text.mentions import equal, mentions, phrase
from medassay.text.passage import clean, marked, prepare
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.text.refusals import Refusal, refusal
from medassay.types import Choice

Labels = tuple[str, ...]
_NONE = re.compile(
    r"\W*(?:none(?:\s+of\s+(?:the\s+above|them|these))?|no\s+(?:findings?|labels?))\W*", re.IGNORECASE
)


def read_label(text: str, choices: Sequence[Choice]) -> Reading:
    """The one label that the text equals, or alone names without denying it; `answer` is the label."""
    return read(text, _ONE, tuple(c.label for c in choices))


def read_labels(text: str, choices: Sequence[Choice]) -> Reading:
    """The set of labels that the text names without denying them; `answers` in the order of `choices`.

    "None", and a text that denies every label it names, give the empty set (`answer` ""). A text that
    names no label is unparsed.
    """
    return read(text, _SET, tuple(c.label for c in choices))


def _label(text: str, labels: Labels) -> Hit | None:
    found = equal(text, labels)
    return Hit(labels[found[0]], 0, len(text)) if len(found) == 1 else None


def _mention(text: str, labels: Labels) -> Hit | None:
    found = [m for m in mentions(text, labels) if m.asserted]
    if len({phrase(labels[m.index]) for m in found}) != 1:
        return None
    return Hit(labels[found[0].index], found[0].start, found[0].end)


def _none(text: str, labels: Labels) -> Hit | None:
    return Hit("", 0, len(text)) if _NONE.fullmatch(text) and not equal(text, labels) else None


def _mentions(text: str, labels: Labels) -> Hit | None:
    found = mentions(text, labels)
    if not found:
        return None
    named = {m.index for m in found if m.asserted}
    answers = tuple(label for i, label in enumerate(labels) if i in named)
    return Hit(", ".join(answers), found[0].start, found[-1].end, answers)


_ONE: tuple[Rule[Labels], ...] = (("label", _label), ("mention", _mention))
_SET: tuple[Rule[Labels], ...] = (("none", _none), ("mentions", _mentions))


# ---- short answers

_CUE = re.compile(r"\banswer\s*(?:is|:|would\s+be)\s*:?\s*(?=\S)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[;!?\n。]|\.(?!\d)")
_APOLOGY = re.compile(r"\W*(?:i'?m\s+|i\s+am\s+)?(?:sorry|unfortunately|apologi)", re.IGNORECASE)
_CONTINUES = re.compile(
    r"\b(?:but|however|nevertheless|(?:most\s+)?likely|probably|appears?|suggests?|suggestive)\b",
    re.IGNORECASE,
)


def read_text(text: str, *, cues: bool = True) -> Reading:
    """The final answer as words: the marked part, else what follows the last "the answer is", else all of it.

    Args:
        text: the answer as the model gave it.
        cues: whether "the answer is" counts (not in a report, which is prose throughout).
    """
    passage = prepare(text)
    mark, part = marked(passage) or ("", clean(passage))
    if not part.text:
        return Reading("unparsed", rule="empty")
    rule = mark or "whole"
    if found := declines(part.text):
        return Reading("refused", rule=found.rule, span=part.span(found.start, found.end))
    if cues and not mark and (place := _after_cue(part.text)):
        end = _SENTENCE_END.search(part.text, place + 1)
        part, rule = part.part(place, end.start() if end else len(part.text)).strip(), "cue"
    return Reading("scored", part.text, rule, part.span(0, len(part.text)))


def _after_cue(text: str) -> int:
    """Where the words after the last "the answer is" begin; 0 where there is none."""
    ends = [cue.end() for cue in _CUE.finditer(text)] + [end for _, end in leads(text)]
    return max((end for end in ends if end < len(text)), default=0)


def final_answer(text: str) -> str:
    """The words of the final answer, "" where there is none (`read_text`)."""
    return read_text(text).answer or ""


def declines(text: str) -> Refusal | None:
    """Where a free answer as a whole declines: its first sentence does, and nothing more is ventured."""
    found = refusal(text)
    if found is None:
        return None
    first = _SENTENCE_END.search(text)
    begins = first is None or found.start < first.start() or not text[: first.start()].strip()
    whole = begins or _APOLOGY.match(text)
    return found if whole and not _CONTINUES.search(text, found.end) else None
