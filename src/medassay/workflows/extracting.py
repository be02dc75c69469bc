"""What the scorer sees in an answer: the readers alone, without a benchmark and without what is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from string import ascii_uppercase
from typing import Any, Literal, get_args

from medassay import codec
from medassay import text as reading
from medassay.errors import DataError, UsageError
from medassay.metrics.answers import flags
from medassay.text import Reading
from medassay.types import Choice, Response

Form = Literal["choice", "multi-choice", "yes/no", "label", "multilabel", "number", "box", "text"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the question an answer belongs to; each form takes what it needs.

    `choices` for letters and labels, `question` for yes or no, `unit` for a number, `size` of the image and
    the `dialect` of the model for boxes.
    """

    choices: tuple[Choice, ...] = ()
    question: str = ""
    unit: str = ""
    size: tuple[int, int] | None = None
    dialect: str = "auto"


_READERS: Mapping[Form, Callable[[str, Asked], Reading]] = {
    "choice": lambda text, asked: reading.read_choice(text, asked.choices),
    "multi-choice": lambda text, asked: reading.read_letters(text, asked.choices),
    "yes/no": lambda text, asked: reading.read_yes_no(text, asked.question),
    "label": lambda text, asked: reading.read_label(text, asked.choices),
    "multilabel": lambda text, asked: reading.read_labels(text, asked.choices),
    "number": lambda text, asked: reading.read_number(text, asked.unit),
    "box": lambda text, asked: reading.read_boxes(text, size=asked.size, dialect=asked.dialect),
    "text": lambda text, _: reading.read_text(text),
}
_WITH_OPTIONS = frozenset[Form]({"choice", "multi-choice", "label", "multilabel"})
_LETTERED = frozenset[Form]({"choice", "multi-choice"})


def options_of(text: str, form: Form) -> tuple[Choice, ...]:
    """The options in "A=fracture;B=no fracture", or in "fracture;no fracture".

    Raises:
        UsageError: letters that do not follow one another from A, or none where they are needed.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    named = [part.partition("=") for part in parts]
    if parts and all(equals and len(letter.strip()) == 1 for letter, equals, _ in named):
        letters = [letter.strip().upper() for letter, _, _ in named]
        if letters != list(ascii_uppercase[: len(letters)]):
            raise UsageError(
                f"the options are lettered {', '.join(letters)}: begin with A and leave none out"
            )
        parts = [label.strip() for _, _, label in named]
    if form in _WITH_OPTIONS and not parts:
        raise UsageError(f"a {form} is read among options: --options 'A=...;B=...'")
    if len(parts) > len(ascii_uppercase) and form in _LETTERED:
        raise UsageError(f"{len(parts)} options, and letters for {len(ascii_uppercase)}")
    return tuple(Choice(label=part) for part in parts)


def size_of(text: str) -> tuple[int, int] | None:
    """The (width, height) in "640x480"; None for "".

    Raises:
        UsageError: it is not two whole numbers.
    """
    if not text:
        return None
    width, x, height = text.lower().partition("x")
    if not (x and all(re.fullmatch(r"[1-9]\d{0,8}", side) for side in (width, height))):
        raise UsageError(f"the size {text!r} should read like 640x480: width, x, height in pixels")
    return int(width), int(height)


def extract(
    lines: Iterable[str], *, form: Form, asked: Asked | None = None, as_json: bool = False
) -> Iterator[dict[str, Any]]:
    """What is read in each line: status, answer, rule, span, and what the form has beside them.

    Args:
        lines: one response each; or, `as_json`, one object each with `response` and, where known, `id`,
            `finish_reason`, and `options` (a list of texts, or an object from letter to text), `question`,
            `unit` and `size` ([width, height]) of its own.
        form: what is looked for.
        asked: what holds for lines that bring nothing of their own.
        as_json: how the lines read.

    Raises:
        UsageError: options are needed and missing, or there is no such dialect.
        DataError: a line is not such an object; names it.
    """
    common = asked or Asked()
    if form in _WITH_OPTIONS and not common.choices and not as_json:
        raise UsageError(f"a {form} is read among options: --options 'A=...;B=...'")
    for number, line in enumerate(lines, start=1):
        if as_json and not line.strip():
            continue
        response, own, identity = (
            _object(line, number, common) if as_json else (Response(text=line), common, None)
        )
        if form in _WITH_OPTIONS and not own.choices:
            raise DataError(f"line {number}: a {form} is read among options: give it options, or --options")
        found = _READERS[form](response.text.rstrip("\n"), own)
        named = {"id": identity} if identity is not None else {}
        held = flags(response)
        yield {**named, **_said(found), **({"flags": list(held)} if held else {})}


def _object(line: str, number: int, common: Asked) -> tuple[Response, Asked, Any]:
    try:
        held = codec.loads(line)
        response = Response(text=held["response"], finish_reason=held.get("finish_reason") or "stop")
        options = held.get("options") or ()
        texts = list(options.values() if isinstance(options, dict) else options)
        width, height = held.get("size") or common.size or (0, 0)
        question, unit = held.get("question", common.question), held.get("unit", common.unit)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"line {number}: needs an object with response (a text) ({error})") from error
    if not all(isinstance(text, str) for text in (response.text, question, unit, *texts)):
        raise DataError(f"line {number}: response, question, unit and options are texts")
    if not (isinstance(width, int) and isinstance(height, int)):
        raise DataError(f"line {number}: size is [width, height] in whole pixels")
    own = Asked(
        choices=tuple(Choice(label=text) for text in texts) or common.choices,
        question=question,
        unit=unit,
        size=(width, height) if width and height else None,
        dialect=common.dialect,
    )
    return response, own, held.get("id")


def _said(found: Reading) -> dict[str, Any]:
    held: dict[str, Any] = {
        "status": found.status,
        "answer": found.answer,
        "rule": found.rule,
        "span": list(found.span) if found.span else None,
    }
    if found.answers:
        held["answers"] = list(found.answers)
    if found.number is not None:
        held["number"] = found.number
    if found.boxes:
        held["boxes"] = [asdict(box) for box in found.boxes]
    return held
