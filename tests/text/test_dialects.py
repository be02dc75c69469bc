"""Boxes written in a dialect by an independent writer are read back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import UsageError
from medassay.text import DIALECTS, read_boxes

WIDTH, HEIGHT = 640, 400


def scaled(box: tuple[float, ...], unit: float) -> tuple[float, ...]:
    x0, y0, x1, y1 = box
    return x0 / WIDTH * unit, y0 / HEIGHT * unit, x1 / WIDTH * unit, y1 / HEIGHT * unit


def plain(numbers: tuple[float, ...]) -> str:
    return "[" + ", ".join(f"{number:.6f}" for number in numbers) + "]"


def yx(numbers: tuple[float, ...]) -> tuple[float, ...]:
    x0, y0, x1, y1 = numbers
    return y0, x0, y1, x1


def sides(numbers: tuple[float, ...]) -> tuple[float, ...]:
    x0, y0, x1, y1 = numbers
    return x0, y0, x1 - x0, y1 - y0


def from_below(box: tuple[float, ...]) -> tuple[float, ...]:
    x0, y0, x1, y1 = box
    return scaled((x0, HEIGHT - y1, x1, HEIGHT - y0), 1)


WRITERS: dict[str, Callable[[tuple[float, ...]], str]] = {
    "pixels": plain,
    "pixels-xywh": lambda box: plain(sides(box)),
    "fractions": lambda box: plain(scaled(box, 1)),
    "fractions-xywh": lambda box: plain(sides(scaled(box, 1))),
    "fractions-lower-left": lambda box: plain(from_below(box)),
    "0-100": lambda box: plain(scaled(box, 100)),
    "0-999": lambda box: plain(scaled(box, 999)),
    "0-1000": lambda box: plain(scaled(box, 1000)),
    "0-1000-yx": lambda box: plain(yx(scaled(box, 1000))),
    "0-1024-yx": lambda box: plain(yx(scaled(box, 1024))),
}
TAGS: dict[str, tuple[float, Callable[[tuple[int, ...]], str]]] = {
    "box": (1000, lambda n: f"<box>[[{n[0]}, {n[1]}, {n[2]}, {n[3]}]]</box>"),
    "box corners": (1000, lambda n: f"<box>({n[0]},{n[1]}),({n[2]},{n[3]})</box>"),
    "box_start": (1000, lambda n: f"<|box_start|>({n[0]},{n[1]}),({n[2]},{n[3]})<|box_end|>"),
    "det": (999, lambda n: f"<|det|>[[{n[0]}, {n[1]}, {n[2]}, {n[3]}]]<|/det|>"),
    "angles": (100, lambda n: f"{{<{n[0]}><{n[1]}><{n[2]}><{n[3]}>}}"),
    "loc": (1024, lambda n: f"<loc{n[1]:04}><loc{n[0]:04}><loc{n[3]:04}><loc{n[2]:04}>"),
    "box_2d": (1000, lambda n: f'[{{"box_2d": [{n[1]}, {n[0]}, {n[3]}, {n[2]}]}}]'),
}
BOX = st.tuples(st.integers(0, 300), st.integers(0, 180), st.integers(301, WIDTH), st.integers(181, HEIGHT))


def test_every_dialect_has_a_writer() -> None:
    assert WRITERS.keys() == DIALECTS.keys()


@given(box=BOX, dialect=st.sampled_from(sorted(WRITERS)))
def test_a_box_in_any_dialect_is_read_back(box: tuple[int, int, int, int], dialect: str) -> None:
    text = f"The lesion: {WRITERS[dialect](box)}."
    (found,) = read_boxes(text, size=(WIDTH, HEIGHT), dialect=dialect).boxes
    assert (found.x0, found.y0, found.x1, found.y1) == pytest.approx(box, abs=1e-3)


@given(box=BOX, tag=st.sampled_from(sorted(TAGS)), dialect=st.sampled_from(["auto", *sorted(DIALECTS)]))
def test_a_tag_decides_whatever_the_dialect(box: tuple[int, ...], tag: str, dialect: str) -> None:
    unit, write = TAGS[tag]
    numbers = tuple(min(round(n), 1023) for n in scaled(box, unit))
    (found,) = read_boxes(write(numbers), size=(WIDTH, HEIGHT), dialect=dialect).boxes
    assert (found.x0, found.y0, found.x1, found.y1) == pytest.approx(box, abs=WIDTH / unit)


@pytest.mark.parametrize("dialect", [name for name, held in DIALECTS.items() if held.unit])
def test_without_the_size_nothing_is_read_in_fractions(dialect: str) -> None:
    assert read_boxes("[0.1, 0.2, 0.3, 0.4]", dialect=dialect).status == "unparsed"


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UsageError, match="0-1000"):
        read_boxes("[1, 2, 3, 4]", dialect="thousandths")
