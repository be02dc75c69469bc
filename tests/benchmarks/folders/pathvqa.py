"""PathVQA as on the hub: Parquet in shards, an image with several questions."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import picture, write_parquet

WORDS = ["pathvqa@hub"]

_ROWS = {
    "test-00000-of-00002": [(1, "where are liver stem cells located?", "in the canals of hering")],
    "test-00001-of-00002": [
        (1, "are bile duct cells shown? ", "Yes"),
        (2, "is the tumor encapsulated?", " no"),
    ],
    "validation-00000-of-00001": [(3, "what is present?", "gastrointestinal")],
    "train-00000-of-00001": [(4, "what does this image show?", "normal knee joint")],
}


def make(root: Path, word: str) -> None:
    """All splits; the test split in two shards."""
    for name, rows in _ROWS.items():
        write_parquet(
            root / "data" / f"{name}.parquet",
            [
                {"image": {"bytes": picture(seed), "path": None}, "question": question, "answer": answer}
                for seed, question, answer in rows
            ],
        )
