"""Reading a number with its unit. A range is no number, and several numbers are none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from medassay.text.forms import NUMBER_WORDS
from medassay.text.languages import leads
from medassay.text.reading import Hit, Reading, Rule, read

_SCALES = {
    "length": {"km": 1e3, "m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9, "in": 0.0254},
    "area": {"m2": 1.0, "cm2": 1e-4, "mm2": 1e-6, "um2": 1e-12},
    "volume": {"l": 1.0, "dl": 1e-1, "cl": 1e-2, "ml": 1e-3},
    "angle": {"deg": 1.0},
    "ratio": {"": 1.0, "%": 1e-2},
    "time": {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
    "picture": {"px": 1.0},
    "density": {"hu": 1.0},
}
"""Units by what they measure, each with its size in one common unit."""

_SPELLINGS = {
    "m": "metre meter",
    "cm": "centimetre centimeter 厘米",
    "mm": "millimetre millimeter 毫米",
    "um": "µm μm micrometre micrometer micron",
    "nm": "nanometre nanometer",
    "in": "inch inche",
    "mm2": "mm^2 mm²",
    "cm2": "cm^2 cm²",
    "um2": "µm2 μm2 µm² μm² um^2",
    "l": "liter litre",
    "ml": "cc cm3 cm³ cm^3 milliliter millilitre 毫升",
    "deg": "° degree 度",
    "%": "percent",
    "s": "sec second",
    "ms": "millisecond",
    "min": "minute",
    "h": "hour 小时",
    "px": "pixel 像素",
}
_UNIT_WORDS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_KINDS = {unit: (kind, scale) for kind, units in _SCALES.items() for unit, scale in units.items()}
_NAMES = sorted({*_KINDS, *_UNIT_WORDS} - {""}, key=len, reverse=True)

_NUMBER = re.compile(
    r"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?<![.,])(?P<sign>[-+−](?=[\d.])|(?<!\d))(?P<digits>\d+(?:[.,]\d+)*|\.\d+)"
    r"(?:[eE](?P<power>[-+]?\d{1,3})|\s?[x×*·]\s?10\^(?P<ten>[-+−]?\d{1,3})|(?P<raised>\^[-+−]?\d+))?"
    rf"(?:\s?[-–]?(?P<unit>{'|'.join(re.escape(name) for name in _NAMES)})s?(?![^\W\d]|\^|²))?",
    re.IGNORECASE,
)
_PARTS = r"half|halves|thirds?|quarters?|fourths?|fifths?|tenths?|dozens?|hundred|thousand|million|billion"
_WORD = re.compile(
    rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?![-–]|\s+(?:can|could|may|might|should|would|must|sees?|of|{_PARTS})\b)",
    re.IGNORECASE,
)
_APPROXIMATELY = (
    r"\W{0,3}(?:(?:it\s+is|there\s+(?:is|are)|approximately|about|around|roughly|circa|ca\.?|nearly|almost"
    r"|exactly|only|aproximadamente|cerca\s+de|environ|etwa|около)\s+|大?约|およそ|約|약\s?)*\W{0,3}"
)
_LEAD = re.compile(_APPROXIMATELY, re.IGNORECASE)
_CUE = re.compile(r"\banswer\s*(?:is|:|=)", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?:\s?(?:-|–|—|to|and|or|x|×|/|:|by)\s?|[^\S\n])(?=\.?\d)|\s(?:{_PARTS})\b", re.IGNORECASE
)
_BOUND_BEFORE = re.compile(
    r"(?:(?<![-=])(?<!<\w)[<>≤≥]=?|\b(?:less|more|greater|smaller|larger|fewer|lower|higher)\s+than|\bat\s+(?:least|most)"
    r"|\bup\s+to|\b(?:under|over|below|above|exceed(?:s|ing)?|minus|negative))\s?$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(
    r"\b(?:slice|image|figure|fig\.?|series|frame|case|panel|page|question|step)\s?$", re.IGNORECASE
)
_EUROPEAN = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_TOLERANCE = re.compile(r"\s?(?:±|\+/-|\+-)\s?\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class _Found:
    """A number, or a range or product of them; `rank` tells how surely it is in the asked unit."""

    value: float | None  # in the asked unit; None for a range or product
    rank: int  # 0 the asked unit is written, 1 one that converts, 2 none, 3 one that does not convert
    start: int
    end: int


def read_number(text: str, unit: str = "") -> Reading:
    """The number in the asked unit; `number` is its value, `answer` its shortest decimal form.

    "12 mm", "approximately 1.2 cm", "0,45", "1,234", "45 %" for 0.45, "three" (where no digits are).
    Ranges ("10-12", "10 to 12"), bounds ("<5", "at least 3"), products ("3 x 4 mm"), compounds ("1 h 30
    min") and fractions are unparsed, and so are several
    different numbers of which none follows "the answer is" or opens the text. A number without a unit
    is taken to be in the asked one; one with a unit of another dimension does not count.

    Args:
        text: the answer as the model gave it.
        unit: the unit that was asked for; "" for a count or a ratio.
    """
    return read(text, _RULES, unit)


def _unit(name: str) -> str:
    lower = " ".join(name.lower().split())
    singular = lower.removesuffix("s") if len(lower) > 2 else lower
    return next((u for w in (lower, singular) for u in (_UNIT_WORDS.get(w, w),) if u in _KINDS), lower)


def _value(match: re.Match[str]) -> float:
    digits = match["digits"]
    if match["raised"]:
        return float("nan")
    if _EUROPEAN.fullmatch(digits):
        digits = digits.replace(".", "")
    thousands = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?").fullmatch(digits)
    plain = digits.replace(",", "") if thousands else digits.replace(",", ".")
    if plain.count(".") > 1:  # a date or a version
        return float("nan")
    sign = -1.0 if match["sign"] in {"-", "−"} else 1.0
    return sign * float(plain) * 10.0 ** int((match["power"] or match["ten"] or "0").replace("−", "-"))


def _convert(value: float, given: str, asked: str) -> tuple[float, int]:
    """The value in the asked unit, and its rank."""
    if given == asked:
        return value, 0
    if not given:
        return value, 2
    kind, scale = _KINDS[given]
    asked_kind, asked_scale = _KINDS.get(asked, ("", 1.0))
    return (value * (scale / asked_scale), 1) if kind == asked_kind else (value, 3)


def _numbers(text: str, asked: str) -> list[_Found]:
    """The numbers that may answer: those of the best rank, and ranges and products without value."""
    found: list[_Found] = []
    joined, last = False, 0
    for match in _NUMBER.finditer(text):
        if match.start() < last:  # the tolerance of the number before
            continue
        value, rank = _convert(_value(match), _unit(match["unit"] or ""), asked)
        tolerance = _TOLERANCE.match(text, match.end())
        last = tolerance.end() if tolerance else match.end()
        joint = _RANGE.match(text, last)
        before = text[max(0, match.start() - 20) : match.start()]
        if _NAME_BEFORE.search(before):
            continue
        single = not (joined or joint or math.isnan(value) or _BOUND_BEFORE.search(before))
        found.append(_Found(value if single else None, rank, match.start(), last))
        joined = bool(joint)
    best = min((n.rank for n in found if n.value is not None), default=3)
    return [n for n in found if n.value is None or n.rank == best < 3]


def _hit(found: _Found) -> Hit:
    if found.value is None:
        return Hit(None, found.start, found.end)
    number = round(found.value, 12) + 0.0
    return Hit(f"{number:.12g}", found.start, found.end, number=number)


def _cue(text: str, asked: str) -> Hit | None:
    ends = sorted([cue.end() for cue in _CUE.finditer(text)] + [end for _, end in leads(text)], reverse=True)
    at = {n.start: n for n in _numbers(text, asked)} if ends else {}
    places = (lead.end() for end in ends if (lead := _LEAD.match(text, end)))
    return next((_hit(at[place]) for place in places if place in at), None)


def _lead(text: str, asked: str) -> Hit | None:
    start = _LEAD.match(text)
    found = _numbers(text, asked)
    return _hit(found[0]) if start and found and found[0].start == start.end() else None


def _only(text: str, asked: str) -> Hit | None:
    """The one number; beside a range only one with a unit of its own is sure enough."""
    found = _numbers(text, asked)
    if not found:
        return None
    ranges = any(n.value is None for n in found)
    usable = [n for n in found if n.value is not None and not (ranges and (n.rank == 2 or not asked))]
    if len({n.value for n in usable}) != 1:
        return Hit(None, found[0].start, found[-1].end)
    return _hit(usable[0])


def _word(text: str, _: str) -> Hit | None:
    lead = _LEAD.match(text)
    begins = lead.end() if lead else 0
    found = [m for m in _WORD.finditer(text) if m[0].lower() != "one" or m.start() == begins]
    values = {NUMBER_WORDS[m[0].lower()] for m in found}
    if len(values) != 1:
        return None
    value = float(values.pop())
    return Hit(f"{value:.12g}", *found[0].span(), number=value)


_RULES: tuple[Rule[str], ...] = (
    ("cue", lambda text, unit: _cue(text, _unit(unit))),
    ("lead", lambda text, unit: _lead(text, _unit(unit))),
    ("only", lambda text, unit: _only(text, _unit(unit))),
    ("word", _word),
)
