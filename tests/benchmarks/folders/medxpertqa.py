"""MedXpertQA in its two shapes: three questions with images, one of them with two, and two without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import draw, write_json

WORDS = [
    "medxpertqa-mm@hub",
    "medxpertqa-mm@github",
    "medxpertqa-mm@sampled",
    "medxpertqa-text@hub",
    "medxpertqa-text@github",
    "medxpertqa-text@sampled",
]
_ROWS = [("MM-0", "B", ["MM-0-a.jpeg", "MM-0-b.jpeg"]), ("MM-1", "E", ["MM-1-a.jpeg"])]


def make(root: Path, word: str) -> None:
    name, _, variant = word.partition("@")
    subset = name.removeprefix("medxpertqa-")
    letters, rows = "ABCDE", _ROWS
    if subset == "text":
        letters, rows = "ABCDEFGHIJ", [("Text-0", "J", []), ("Text-7", "A", [])]
    made = [_row(letters, *row) for row in rows]
    for image in (image for row in made for image in row.get("images", ())):
        draw(root / "images" / image, seed=len(image))
    if variant == "hub":
        folder = root / {"mm": "MM", "text": "Text"}[subset]
        write_json(folder / "test.jsonl", made)
        write_json(folder / "dev.jsonl", made[:1])  # whether its ids are its own is not known
    else:
        stem = "medxpertqa_sampled" if variant == "sampled" else "medxpertqa"
        write_json(root / f"{stem}_{subset}_input.jsonl", [_as_on_github(row) for row in made])


def _row(letters: str, identity: str, label: str, images: list[str]) -> dict[str, Any]:
    options = {letter: f"Option (with brackets) {letter.lower()}" for letter in letters}
    listed = " ".join(f"({letter}) {text}" for letter, text in options.items())
    held: dict[str, Any] = {
        "id": identity,
        "question": f"A case of Figures A and B. What is next?\nAnswer Choices: {listed}",
        "options": options,
        "label": label,
        "medical_task": "Treatment",
        "body_system": "Other / NA",
        "question_type": "Reasoning",
    }
    return {**held, "images": images} if images else held


def _as_on_github(row: dict[str, Any]) -> dict[str, Any]:
    changed = {
        "options": [{"letter": letter, "content": text} for letter, text in row["options"].items()],
        "label": [row["label"]],
    }
    images = {"images": [{"image_path": name} for name in row["images"]]} if "images" in row else {}
    return {**row, **changed, **images}
