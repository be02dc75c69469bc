"""What the scorer sees in an answer: the readers alone, without a benchmark and without what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from string import ascii_uppercase
from typing import Any, Literal, get_args

from medassay import text as reading
from medassay.errors import DataError, UsageError
from medassay.text import Reading
from medassay.types import Choice

Form = Literal["choice", "multi-choice", "yes/no", "label", "multilabel", "number", "box", "text"]
FORMS: tuple[Form, ...] = get_args(Form)

_Choices = Sequence[Choice]
_READERS: Mapping[Form, Callable[[str, _Choices, str], Reading]] = {
    "choice": lambda text, choices, _: reading.read_choice(text, choices),
    "multi-choice": lambda text, choices, _: reading.read_letters(text, choices),
    "yes/no": lambda text, _, __: reading.read_yes_no(text, ""),
    "label": lambda text, choices, _: reading.read_label(text, choices),
    "multilabel": lambda text, choices, _: reading.read_labels(text, choices),
    "number": lambda text, _, unit: reading.read_number(text, unit),
    "box": lambda text, _, __: reading.read_boxes(text),
    "text": lambda text, _, __: reading.read_text(text),
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


def extract(
    lines: Iterable[str], *, form: Form, options: str = "", unit: str = "", as_json: bool = False
) -> Iterator[dict[str, Any]]:
    """What is read in each line: status, answer, rule, span, and what the form has beside them.

    Args:
        lines: one response each; or, `as_json`, one object each with `response` and, if known, `id` and
            `options` (a list of texts, or an object from letter to text) of its own.
        form: what is looked for.
        options: see `options_of`; for lines that bring none.
        unit: in which a number is wanted, "" for as it stands.
        as_json: how the lines read.

    Raises:
        UsageError: options are needed and missing, or are not options.
        DataError: a line is not such an object; names it.
    """
    common = options_of(options, form) if options or not as_json else ()
    for number, line in enumerate(lines, start=1):
        if as_json and not line.strip():
            continue
        response, choices, identity = _object(line, number, form, common) if as_json else (line, common, None)
        found = _READERS[form](response.rstrip("\n"), choices, unit)
        yield {**({"id": identity} if identity is not None else {}), **_said(found)}


def _object(line: str, number: int, form: Form, common: _Choices) -> tuple[str, _Choices, Any]:
    try:
        held = json.loads(line)
        response = held["response"]
        own = held.get("options") or ()
        texts = list(own.values() if isinstance(own, dict) else own)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"line {number}: needs an object with response (a text) ({error})") from error
    if not isinstance(response, str) or not all(isinstance(text, str) for text in texts):
        raise DataError(f"line {number}: response and options are texts")
    choices = tuple(Choice(label=text) for text in texts) or common
    if form in _WITH_OPTIONS and not choices:
        raise DataError(f"line {number}: a {form} is read among options: give it options, or --options")
    return response, choices, held.get("id")


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
