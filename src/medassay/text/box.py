"""Reading boxes, in pixels of the original image, in whatever dialect a model writes them.

What a text marks itself decides: tags and keys say how their numbers are meant. Four numbers without a mark
are meant in the dialect that is given, else in pixels, except that numbers with decimals from 0 to 1 are
fractions (a box within one pixel is no box). Where the image's size is needed and not known, nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from medassay.errors import UsageError
from medassay.text.detections import Detection, write_detections
from medassay.text.dialects import DIALECTS, Dialect, Size, in_pixels
from medassay.text.passage import ANSWER_MARKS, compact
from medassay.text.reading import Hit, Reading, Rule, read
from medassay.types import Box

AUTO = "auto"
_FIGURE = r"-?\d+(?:\.\d+)?"
_NUMBER = rf"\s{{0,9}}({_FIGURE})\s{{0,9}}"
_GROUP = re.compile(rf"[\[(]{_NUMBER}[,;]{_NUMBER}[,;]{_NUMBER}[,;]{_NUMBER}[\])]")
_CORNERS = re.compile(
    rf"[\[(]{_NUMBER}[,;]{_NUMBER}[\])]\s?(?:,|;|to|and|-|–)?\s?[\[(]{_NUMBER}[,;]{_NUMBER}[\])]"
)
_PLAIN = re.compile(rf"\W{{0,3}}?{_NUMBER}[,; ]{_NUMBER}[,; ]{_NUMBER}[,; ]{_NUMBER}\W{{0,3}}")


@dataclass(frozen=True, slots=True)
class _Written:
    """Four numbers as the text has them; `dialect` "" where it does not say how they are meant."""

    numbers: tuple[float, ...]
    dialect: str
    start: int
    end: int
    label: str = ""
    confidence: float | None = None
    named: bool = False  # whether keys say which number is which


@dataclass(frozen=True, slots=True)
class _Context:
    """How unmarked numbers are meant, and the size of the image."""

    dialect: Dialect | None  # None: pixels, or fractions where that is plain
    size: Size | None

    def box(self, written: _Written) -> Box | None:
        numbers = written.numbers
        dialect = DIALECTS[written.dialect] if written.dialect else self.dialect
        if not numbers:
            return None
        if dialect is None:
            within = all(0 <= n <= 1 for n in numbers) and any(n % 1 for n in numbers)
            dialect = DIALECTS["fractions" if within else "pixels"]
        if written.named:
            dialect = replace(dialect, order="xyxy")
        return in_pixels(numbers, dialect, self.size, written.label)


def read_boxes(text: str, *, size: Size | None = None, dialect: str = AUTO) -> Reading:
    """All boxes of the text, in order; `boxes` holds them in pixels, `answer` writes them down.

    The answer has the names and the confidences that the text gives (`medassay.text.detections`).

    Tags (`<box>`, `<|box_start|>`, `<|det|>`, `<loc0123>`, `{<12><34><56><78>}`), JSON (`bbox_2d`, `box_2d`,
    keys such as x_min and width; "confidence" or "score"), "[10, 12, 20, 24]", "(10, 12), (20, 24)", or a
    text that is nothing but four numbers. Names that a tag or a JSON object gives to a box are its label.
    Reversed boxes are kept: they cover nothing.

    Args:
        text: the answer as the model gave it.
        size: (width, height) of the original image; every dialect but pixels needs it.
        dialect: how unmarked numbers are meant, a name of `DIALECTS`; "auto" or "": see above.

    Raises:
        UsageError: there is no such dialect.
    """
    if dialect not in {"", AUTO, *DIALECTS}:
        raise UsageError(f"no dialect of boxes {dialect!r}: one of {', '.join((AUTO, *DIALECTS))}")
    return read(text, _RULES, _Context(DIALECTS.get(dialect), size), marks=ANSWER_MARKS, tidy=compact)


# ---- tags

_TAGS = (
    (re.compile(r"<box>([^<>]*)</box>", re.IGNORECASE), "0-1000"),
    (re.compile(r"<\|box_start\|>([^<>]*)<\|box_end\|>"), "0-1000"),
    (re.compile(r"<\|det\|>([^<>]*)<\|/det\|>"), "0-999"),
    (re.compile(r"\{((?:<\d{1,3}>){4})\}"), "0-100"),
    (re.compile(r"(?:<loc(\d{4})>){4}"), "0-1024-yx"),
    (re.compile(r"<(?:\|box\||bbox)>([^<>]*)<(?:\|/box\||/bbox)>", re.IGNORECASE), ""),
)
"""Tags with their dialect: Qwen-VL and InternVL, Qwen2-VL, DeepSeek-VL2, MiniGPT-v2, PaliGemma; or none."""

_NAME_BEFORE = re.compile(
    r"(?:<ref>([^<>]*)</ref>|<p>([^<>]*)</p>|<\|ref\|>([^<>]*)<\|/ref\|>"
    r"|<\|object_ref_start\|>([^<>]*)<\|object_ref_end\|>)\s*$"
)
_NAME_AFTER = re.compile(r"[^\S\n]{0,9}([^\W\d_][^<>;\n]{0,80})")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")


def _tagged(text: str, context: _Context) -> Hit | None:
    return _hit(sorted(_in_tags(text), key=lambda written: written.start), context)


def _in_tags(text: str) -> Iterator[_Written]:
    for pattern, dialect in _TAGS:
        for tag in pattern.finditer(text):
            figures = [float(figure) for figure in _FIGURES.findall(tag[0])]
            whole = len(figures) % 4 == 0
            for k in range(0, len(figures), 4):
                numbers = tuple(figures[k : k + 4]) if whole else ()
                yield _Written(numbers, dialect, *tag.span(), _name(text, tag, dialect))


def _name(text: str, tag: re.Match[str], dialect: str) -> str:
    if dialect == "0-1024-yx":  # PaliGemma names a box behind it
        behind = _NAME_AFTER.match(text, tag.end())
        return behind[1].strip(" .") if behind else ""
    before = _NAME_BEFORE.search(text[max(0, tag.start() - 120) : tag.start()])
    return next((name.strip() for name in before.groups() if name), "") if before else ""


# ---- JSON

_OBJECT = re.compile(r"\{[^{}]*\}")
_LIST = re.compile(
    rf'"(?P<key>bbox_2d|box_2d|bbox|box|bounding_box)"\s*:\s*\[{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\]'
)
_LABEL = re.compile(r'"(?:label|name|category|text_content)"\s*:\s*"([^"]*)"')
_CONFIDENCE = re.compile(rf'"(?:confidence|score)"\s*:\s*({_FIGURE}(?:[eE][-+]?\d{{1,3}})?)')
_KEYED = re.compile(
    rf'["\']?(?P<key>[a-z]+_?[a-z]*[0-9]?)["\']?\s?[:=]\s?(?P<number>{_FIGURE})', re.IGNORECASE
)
_KEYS = (
    ("x0", "y0", "x1", "y1"),
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("left", "top", "right", "bottom"),
    ("x", "y", "width", "height"),
    ("x", "y", "w", "h"),
)
_WITH_WIDTH = {"width", "w"}


def _json(text: str, context: _Context) -> Hit | None:
    found: list[_Written] = []
    for held in _OBJECT.finditer(text):
        label = _LABEL.search(held[0])
        name = label[1] if label else ""
        stated = _CONFIDENCE.search(held[0])
        confidence = float(stated[1]) if stated else None
        if four := _LIST.search(held[0]):
            numbers = tuple(map(float, four.groups()[1:]))
            dialect = "0-1000-yx" if four["key"] == "box_2d" else ""
            found.append(_Written(numbers, dialect, *held.span(), name, confidence))
        elif keyed := _by_keys(held[0]):
            found.append(_Written(keyed, "", *held.span(), name, confidence, named=True))
    return _hit(found, context)


def _by_keys(text: str) -> tuple[float, ...] | None:
    """The corners that keys name, or a corner and the sides from it."""
    held = {m["key"].lower().replace("_", ""): float(m["number"]) for m in _KEYED.finditer(text)}
    for keys in _KEYS:
        if held.keys() >= set(keys):
            a, b, c, d = (held[key] for key in keys)
            return (a, b, a + c, b + d) if keys[2] in _WITH_WIDTH else (a, b, c, d)
    return None


# ---- numbers

_Pattern = re.Pattern[str]


def _numbers(pattern: _Pattern, *, whole: bool = False) -> Callable[[str, _Context], Hit | None]:
    def rule(text: str, context: _Context) -> Hit | None:
        matches = [pattern.fullmatch(text)] if whole else pattern.finditer(text)
        written = [_Written(tuple(map(float, m.groups())), "", *m.span()) for m in matches if m]
        return _hit(written, context)

    return rule


def _hit(written: list[_Written], context: _Context) -> Hit | None:
    """The boxes; an answer that cannot be read where one of them has no meaning in its dialect."""
    if not written:
        return None
    start, end = written[0].start, written[-1].end
    found = [(context.box(w), w.confidence) for w in written]
    known = [Detection(box, confidence) for box, confidence in found if box is not None]
    if len(known) < len(found):
        return Hit(None, start, end)
    return Hit(write_detections(known), start, end, boxes=tuple(held.box for held in known))


_RULES: tuple[Rule[_Context], ...] = (
    ("tag", _tagged),
    ("json", _json),
    ("bracket", _numbers(_GROUP)),
    ("corners", _numbers(_CORNERS)),
    ("bare", _numbers(_PLAIN, whole=True)),
)
