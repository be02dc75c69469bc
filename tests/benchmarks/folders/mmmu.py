"""MMMU and MMMU-Pro as Parquet of the hub: a few rows that name their images in all the ways they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import picture, write_parquet

from medassay.benchmarks.mmmu_rows import SUBJECTS

WORDS = ["mmmu", "mmmu-pro@standard-10", "mmmu-pro@standard-4", "mmmu-pro@vision"]
_FOLDERS = {"standard-10": "standard (10 options)", "standard-4": "standard (4 options)", "vision": "vision"}


def make(root: Path, word: str) -> None:
    _, _, variant = word.partition("@")
    if variant:
        write_parquet(root / _FOLDERS[variant] / "test-00000-of-00001.parquet", _pro(variant))
        return
    for split in ("validation", "dev", "test"):
        for subject in SUBJECTS:
            rows = _rows(split, subject)
            if split == "test":
                rows = [{**row, "answer": "?"} for row in rows]
            write_parquet(root / subject / f"{split}-00000-of-00001.parquet", rows)


def row(identity: str, question: str, options: str, answer: str, *images: int) -> dict[str, Any]:
    """A row with noise in the images of these numbers."""
    pictures = {f"image_{n}": _image(n) if n in images else None for n in range(1, 8)}
    return {
        "id": identity,
        "question": question,
        "options": options,
        "explanation": "",
        **pictures,
        "img_type": "['Plots and Charts', 'Tables']",
        "answer": answer,
        "topic_difficulty": "Easy",
        "question_type": "multiple-choice" if options != "[]" else "open",
        "subfield": "Epidemiology",
    }


def _image(seed: int) -> dict[str, Any]:
    return {"bytes": picture(seed), "path": None}


def _rows(split: str, subject: str) -> list[dict[str, Any]]:
    stem = f"{split}_{subject}"
    rows = [row(f"{stem}_1", "What is shown in <image 1>? ", "['It\\'s one', \"2, two\"]", "B", 1)]
    if subject == "Pharmacy":
        options = "['<image 3>', '<image 2>', 'none of <image 2>']"
        rows += [
            row(f"{stem}_2", "Compare <image 1> with <image 1>.", options, "A", 1, 2, 3),
            row(f"{stem}_3", "Which enzyme is in <image 1>?", "[]", "Catalase", 1),
            row(f"{stem}_4", "How many are in <image 1>?", "[]", "['24', 'twenty-four']", 1),
        ]
    return rows


def _pro(variant: str) -> list[dict[str, Any]]:
    options = "['<image 4>', '<image 1>', '<image 2>', 'x', 'y', 'z', 'u', 'v', 'w', 'none']"
    rows = [
        row("test_Pharmacy_89", "Which structure is saturated?", options, "J", 1, 2, 4),
        row("validation_History_1", "When was <image 1> painted?", "['1800', '1900']", "A", 1),
        row("validation_Public_Health_7", "What follows from <image 1>? ", "['a', 'a', 'b']", "A", 1),
    ]
    subjects = ["Pharmacy", "History", "Public_Health"]
    rows = [{**held, "subject": subject} for held, subject in zip(rows, subjects, strict=True)]
    if variant == "vision":
        kept = ("id", "options", "answer", "subject")
        rows = [{**{k: held[k] for k in kept}, "image": _image(9)} for held in rows]
    return rows
