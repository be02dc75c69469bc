"""Kvasir-VQA as on the hub: numbered shards, several questions an image, rows without a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import picture, write_parquet

WORDS = ["kvasir-vqa"]

QUESTIONS = (
    ("Is there text?", "Yes"),
    ("Have all polyps been removed?", "not relevant"),
    ("What type of procedure is the image taken from?", "colonoscopy"),
    ("Are there any instruments in the image? Check all that are present.", "none"),
    ("What color is the abnormality? If more than one separate with ;", "pink; red; white"),
    ("Where in the image is the abnormality?", "center; center-left"),
    ("How many instrumnets are in the image?", "0"),
    (None, "none"),
    ("None", "none"),
)
IMAGES = tuple(f"cl8k2u1p{n}" for n in range(12))


def make(root: Path, word: str) -> None:
    """Two shards of one part."""
    rows: list[dict[str, Any]] = [
        {
            "image": {"bytes": picture(n), "path": None},
            "source": "Polyps" if n % 2 else "Esophagitis",
            "question": question,
            "answer": answer,
            "img_id": name,
        }
        for n, name in enumerate(IMAGES)
        for question, answer in QUESTIONS
    ]
    half = 6 * len(QUESTIONS) + 3  # an image's questions may go on in the next shard
    write_parquet(root / "data" / "00000.parquet", rows[:half])
    write_parquet(root / "data" / "00001.parquet", rows[half:])
