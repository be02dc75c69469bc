"""What is right about a row: from its cells to options and target, by the task."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from medassay.benchmarks.described.description import Cells, Description
from medassay.benchmarks.described.pieces import nearest
from medassay.benchmarks.described.tables import Line
from medassay.text import normalise
from medassay.types import Box, Choice, Kind, Target

_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
_THERE, _NOT_THERE = _YES | {"x", "present"}, _NO | {"absent"}
_KINDS: Mapping[str, Kind] = {"open": "open", "closed": "closed", "yes/no": "yes/no"}
_AMBIGUOUS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")  # one and a quarter, or more than a thousand
_NUMBER = re.compile(r"[-+]?(?:(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_GAPS = re.compile("[, ]")
_SWAPPED = str.maketrans(",.", ".,")
_COORDINATE = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The part of a sample that its task decides."""

    kind: Kind
    target: Target
    choices: tuple[Choice, ...] = ()


def given(described: Description, line: Line, cells: Cells) -> tuple[str, ...]:
    """The values that stand in some cells of a row, without those that mean that there is none."""
    members = (m for name in cells.columns for m in line.texts(name, cells.separator))
    return tuple(member for member in members if member not in described.missing)


def needed(described: Description, line: Line, cells: Cells) -> tuple[str, ...]:
    """As `given`, of cells that may not be empty.

    Raises:
        DataError: they are.
    """
    found = given(described, line, cells)
    if not found:
        raise line.fail(f"nothing in {_named(cells)}: fill it in, or take the row out")
    return found


def one(described: Description, line: Line, cells: Cells) -> str:
    """The one value that stands in some cells.

    Raises:
        DataError: there is none, or more than one.
    """
    found = needed(described, line, cells)
    if len(found) > 1:
        raise line.fail(f"one value is expected in {_named(cells)}, not {', '.join(found)}")
    return found[0]


def free(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """A question with any answer; a column may say that it is closed, or yes/no."""
    texts = needed(described, line, described.roles.answer)
    kind: Kind = "open"
    if described.roles.kind:
        word = one(described, line, described.roles.kind)
        if word.lower() not in _KINDS:
            raise line.fail(f"the kind {word!r} is not known: write one of {', '.join(_KINDS)}")
        kind = _KINDS[word.lower()]
    return yes_no(described, line, ()) if kind == "yes/no" else Answer(kind=kind, target=Target(texts=texts))


def yes_no(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """Yes or no."""
    text = one(described, line, described.roles.answer)
    word = text.lower().removesuffix(".0").rstrip(".")  # 1.0 is what is left of 1 beside empty cells
    if word not in _YES | _NO:
        raise line.fail(f"the answer {text!r} should be yes or no")
    return Answer(kind="yes/no", target=Target(texts=("yes" if word in _YES else "no",)))


def one_option(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """The letter of an option, or its words."""
    choices = _options(described, line)
    letter = _letter(line, one(described, line, described.roles.answer), choices)
    return Answer(kind="choice", target=Target(texts=(letter,)), choices=choices)


def some_options(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """The letters of some options (`A, C` or `AC`), or their words parted by the separator."""
    choices = _options(described, line)
    texts = needed(described, line, described.roles.answer)
    if len(texts) == 1 and re.fullmatch(r"[A-Z](?:[ ,;/|]*[A-Z])*", texts[0]):
        texts = tuple(re.findall(r"[A-Z]", texts[0]))
    letters = sorted({_letter(line, text, choices) for text in texts})
    return Answer(kind="multi-choice", target=Target(texts=tuple(letters)), choices=choices)


def one_label(described: Description, line: Line, labels: Sequence[Choice]) -> Answer:
    """One of the labels."""
    label = _label(described, line, one(described, line, described.roles.label), labels)
    return Answer(kind="label", target=Target(texts=(label,)), choices=tuple(labels))


def some_labels(described: Description, line: Line, labels: Sequence[Choice]) -> Answer:
    """Any number of labels: named in one column, or a column of 1 and 0 for each; empty or -1 is unknown."""
    cells = described.roles.label
    if len(cells.columns) == 1:
        found = [_label(described, line, text, labels) for text in given(described, line, cells)]
        target = Target(texts=tuple(c.label for c in labels if c.label in found))
        return Answer(kind="multilabel", target=target, choices=tuple(labels))
    there, unknown = list[str](), list[str]()
    for column in cells.columns:
        text, label = line.text(column), _label(described, line, column, labels)
        word = text.lower().removesuffix(".0")
        if text in described.missing or word == "-1":
            unknown.append(label)
        elif word in _THERE:
            there.append(label)
        elif word not in _NOT_THERE:
            raise line.fail(f"{text!r} under {column!r} should be 1, 0, or empty where nobody knows")
    target = Target(texts=tuple(there), unknown=tuple(unknown))
    return Answer(kind="multilabel", target=target, choices=tuple(labels))


def report(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """A text."""
    return Answer(kind="report", target=Target(texts=needed(described, line, described.roles.answer)))


def number(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """A number in the unit of the dataset. `1,250` is refused unless `decimal:` says what the comma is."""
    text = one(described, line, described.roles.answer)
    plain = text.removesuffix(described.unit).strip()
    if not described.decimal and _AMBIGUOUS.fullmatch(plain):
        raise line.fail(
            f"{text!r} can be read in two ways: write `decimal: ','` or `decimal: '.'` in the YAML file"
        )
    comma = described.decimal == "," or (not described.decimal and plain.rfind(",") > plain.rfind("."))
    if comma:
        plain = plain.translate(_SWAPPED)
    if not _NUMBER.fullmatch(plain):
        raise line.fail(
            f"the answer {text!r} should be a number" + (f" in {described.unit}" if described.unit else "")
        )
    return Answer(kind="number", target=Target(number=float(_GAPS.sub("", plain)), unit=described.unit))


def boxes(described: Description, line: Line, _: Sequence[Choice]) -> Answer:
    """Boxes x0, y0, x1, y1 in pixels: four columns, or one whose cell holds one or, parted, several."""
    members = needed(described, line, described.roles.box)
    fours = [_COORDINATE.findall(member) for member in members]
    if any(len(four) != 4 for four in fours):
        fours = [_COORDINATE.findall(" ".join(members))]
    found = []
    for four in fours:
        if len(four) != 4:
            raise line.fail(f"a box is four numbers x0, y0, x1, y1, not {' '.join(members)!r}")
        x0, y0, x1, y1 = map(float, four)
        if x0 >= x1 or y0 >= y1:
            raise line.fail(
                f"the box {' '.join(four)} is empty: x0, y0 is its upper left, x1, y1 its lower right"
            )
        found.append(Box(x0=x0, y0=y0, x1=x1, y1=y1))
    return Answer(kind="box", target=Target(boxes=tuple(found)))


def alike(names: Sequence[str]) -> tuple[str, str] | None:
    """Two names that no judge could tell apart: they differ in case or blanks at most."""
    held: dict[str, str] = {}
    for name in names:
        form = normalise(name, "lower")
        if form in held:
            return held[form], name
        held[form] = name
    return None


def _options(described: Description, line: Line) -> tuple[Choice, ...]:
    cells = described.roles.options
    texts = [line.text(name) for name in cells.columns]
    if len(cells.columns) == 1:
        texts = list(line.texts(cells.columns[0], cells.separator))
    while texts and texts[-1] in described.missing:
        texts.pop()
    if any(text in described.missing for text in texts):
        raise line.fail("an option is empty and a later one is not: its letters would shift")
    if not 2 <= len(texts) <= len(ascii_uppercase):
        raise line.fail(f"{len(texts)} options in {_named(cells)}: at least 2 are needed")
    if pair := alike(texts):
        raise line.fail(f"the options {pair[0]!r} and {pair[1]!r} read the same: keep one")
    return tuple(Choice(label=text) for text in texts)


def _letter(line: Line, text: str, choices: Sequence[Choice]) -> str:
    """The letter of the option that a cell names by its letter or its words, where both agree."""
    bare, letters = text.strip("().: "), ascii_uppercase[: len(choices)]
    found = {
        letter for letter, c in zip(letters, choices, strict=True) if c.label.casefold() == text.casefold()
    }
    if len(bare) == 1 and bare.upper() in letters:
        found.add(bare.upper())
    if len(found) != 1:
        what = "fits more than one option" if found else f"is none of the options A to {letters[-1]}"
        raise line.fail(f"the answer {text!r} {what}: write the letter of the right one")
    return found.pop()


def _label(described: Description, line: Line, text: str, labels: Sequence[Choice]) -> str:
    label = described.values.get(text, text)
    known = [choice.label for choice in labels]
    if label not in known:
        raise line.fail(f"the label {text!r} is not among `labels:`: {nearest(label, known)}")
    return label


def _named(cells: Cells) -> str:
    return " and ".join(repr(name) for name in cells.columns)
