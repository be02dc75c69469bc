"""A few rows of IDRiD: names that recur, the blank behind a column's name, empty columns, both parts."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["idrid", "idrid-edema"]
HEADER = ["Image name", "Retinopathy grade", "Risk of macular edema "]
PARTS = {
    "a. Training": ([[1, 3, 2], [2, 0, 0]], 9),
    "b. Testing": ([[1, 4, 0], [2, 0, 1], [3, 2, 2]], 0),
}


def make(root: Path, _: str) -> None:
    """Write both parts below `B. Disease Grading`."""
    for seed, (part, (rows, empty)) in enumerate(PARTS.items()):
        top = root / "B. Disease Grading"
        table = top / "2. Groundtruths" / f"{part[:3]}IDRiD_Disease Grading_{part[3:]} Labels.csv"
        blank = [""] * empty
        write_csv(table, HEADER + blank, [[f"IDRiD_{n:03}", *cells, *blank] for n, *cells in rows])
        for n, *_rest in rows:
            draw(top / "1. Original Images" / f"{part} Set" / f"IDRiD_{n:03}.jpg", seed * 100 + n)
