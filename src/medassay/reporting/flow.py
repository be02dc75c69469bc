"""The flow of items through a study as STARD 2015 draws it (item 19, its figure): boxes with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, _BOX, _HIGH, _GAP = 720, 220, 44, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box with its lines of text; x and y are its upper left corner, in pixels."""

    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The drawing: boxes, arrows (x1, y1, x2, y2), its height, and all of it in words."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int, int, int], ...]
    height: int
    label: str


def flow(
    table: Mapping[str, tuple[int, int, int]], *, of_part: int, target: str, why: Mapping[str, int]
) -> Flow:
    """Draw the items of a part, those of the study, the index test's results, and what is true of them.

    Args:
        table: by truth ("positive", "negative") the rows called positive, negative and indeterminate.
        of_part: rows of the whole part, of which the study takes those that its plan names.
        target: what a positive row has.
        why: rows without a result by what they were instead (unparsed, refused).

    Raises:
        ValueError: the counts do not add up.
    """
    results = [(table["positive"][i], table["negative"][i]) for i in range(3)]
    taken = sum(map(sum, results))
    if taken > of_part:
        raise ValueError(f"{taken} rows are in the table, and the part has {of_part}")
    if sum(why.values()) > sum(results[2]):
        raise ValueError(f"{sum(why.values())} rows gave no result, and {sum(results[2])} are indeterminate")
    middle = (WIDTH - _BOX) // 2
    top = Box(x=middle, y=8, width=_BOX, height=_HIGH, lines=("rows of the part", f"n = {of_part:,}"))
    out = Box(
        x=WIDTH - _BOX, y=8 + _HIGH + _GAP // 2, width=_BOX, height=_HIGH,
        lines=("not of this study (plan: where)", f"n = {of_part - taken:,}"),
    )  # fmt: skip
    second = out.y + _HIGH + _GAP // 2
    asked = Box(x=middle, y=second, width=_BOX, height=_HIGH, lines=("index test asked", f"n = {taken:,}"))
    third, fourth = second + _HIGH + _GAP, second + 2 * (_HIGH + _GAP)
    names = ("called positive", "called negative", "indeterminate")
    boxes, arrows = (
        [top, out, asked],
        [_down(top, asked), (middle + _BOX // 2, out.y + 22, out.x, out.y + 22)],
    )
    for i, (name, (positive, negative)) in enumerate(zip(names, results, strict=True)):
        x = i * (WIDTH - _BOX) // 2
        reasons = ", ".join(f"{n} {word}" for word, n in why.items()) if i == 2 else ""
        lines = (name, f"n = {positive + negative:,}" + (f" ({reasons})" if reasons else ""))
        box = Box(x=x, y=third, width=_BOX, height=_HIGH, lines=lines)
        truth = (f"{target}: {positive:,}", f"not {target}: {negative:,}")
        last = Box(x=x, y=fourth, width=_BOX, height=_HIGH, lines=truth)
        boxes += [box, last]
        arrows += [(asked.x + _BOX // 2, asked.y + _HIGH, x + _BOX // 2, third), _down(box, last)]
    return Flow(
        boxes=tuple(boxes), arrows=tuple(arrows), height=fourth + _HIGH + 8, label=_words(boxes)
    )  # fmt: skip


def _down(one: Box, other: Box) -> tuple[int, int, int, int]:
    return one.x + one.width // 2, one.y + one.height, other.x + other.width // 2, other.y


def _words(boxes: Sequence[Box]) -> str:
    return "; ".join(", ".join(box.lines) for box in boxes)
