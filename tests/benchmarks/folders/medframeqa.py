"""MedFrameQA: two questions on one video, with two and with five frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import picture, write_parquet

WORDS = ["medframeqa"]


def make(root: Path, word: str) -> None:
    write_parquet(root / "data" / "train-00000-of-00001.parquet", [row("q1", 2, "B"), row("q2", 5, "D")])


def row(identity: str, frames: int, answer: str) -> dict[str, Any]:
    """A row with as many frames."""
    images = {f"image_{n}": {"bytes": picture(n), "path": None} if n <= frames else None for n in range(1, 6)}
    return {
        "question_id": identity,
        "system": "nervous system",
        "organ": "brain",
        "keyword": "stroke",
        "modality": "CT",
        "video_id": "video 1",
        "question": "Which frame shows it first? ",
        "options": ["the first", "the second", "both", "neither"],
        **images,
        "correct_answer": answer,
        "reasoning_chain": "",
    }
