"""Cases with known outcomes, written before the rules that they hold: one file for each kind of answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medassay.text import Reading, read_boxes, read_choice, read_letters, read_number, read_text, read_yes_no
from medassay.text.refusals import refusal
from medassay.types import Choice

FOLDER = Path(__file__).parent / "golden"
Case = dict[str, Any]


def choices(case: Case) -> tuple[Choice, ...]:
    return tuple(Choice(label=label) for label in case["options"].values())


def said(reading: Reading) -> str:
    return reading.status if reading.answer is None else reading.answer


def number(case: Case) -> float | str:
    reading = read_number(case["text"], case["unit"])
    return reading.status if reading.number is None else reading.number


def boxes(case: Case) -> list[Any] | str:
    size = tuple(case["size"]) if case["size"] else None
    reading = read_boxes(case["text"], size=size, dialect=case["dialect"])
    held = [
        [round(v, 6) for v in (b.x0, b.y0, b.x1, b.y1)] + [b.label] * bool(b.label) for b in reading.boxes
    ]
    return held if reading.status == "scored" else reading.status


def refused(case: Case) -> str:
    found = refusal(case["text"])
    return found.kind if found else ""


OUTCOMES = {
    "letters": lambda case: said(read_choice(case["text"], choices(case))),
    "yes_no": lambda case: said(read_yes_no(case["text"], case["question"])),
    "multi_select": lambda case: said(read_letters(case["text"], choices(case))),
    "numbers": number,
    "boxes": boxes,
    "refusals": refused,
    "short_answers": lambda case: said(read_text(case["text"])),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_golden_case_comes_out_right(kind: str) -> None:
    cases = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))["cases"]
    wrong = [
        f"{case['id']} {case['text']!r}: {got!r}, not {case['right']!r} ({case['why']})"
        for case in cases
        for got in [OUTCOMES[kind](case)]
        if got not in [case["right"], *case["also_acceptable"]]
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(cases)}", *wrong])
