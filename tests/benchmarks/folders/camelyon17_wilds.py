"""Camelyon17-WILDS: a table with an unnamed first column, patients as text, all five centers."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["camelyon17-wilds"]
HEADER = ("", "patient", "node", "x_coord", "y_coord", "tumor", "slide", "center", "split")


def make(root: Path, word: str) -> None:
    folder = root / "camelyon17_v1.0"
    rows = [
        (i, f"{4 + 20 * center:03}", 4, 3328 + 32 * i, 21792, i % 2, center, center, (i // 2) % 2)
        for center in range(5)
        for i in range(4 * center, 4 * center + 4)
    ]
    write_csv(folder / "metadata.csv", HEADER, rows)
    for i, patient, node, x, y, *_ in rows:
        name = f"patient_{patient}_node_{node}"
        draw(folder / "patches" / name / f"patch_{name}_x_{x}_y_{y}.png", i)
