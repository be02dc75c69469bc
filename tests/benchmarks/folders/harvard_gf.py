"""A few people of Harvard-GF: thickness beyond the range, race as a number and in words, unknowns as -1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

WORDS = ["harvard-gf"]
PEOPLE: dict[str, tuple[dict[str, Any], ...]] = {
    "Test": (
        {"glaucoma": 1, "age": 71.3, "male": 0, "race": 1, "hispanic": 0, "language": 0},
        {"glaucoma": 0.0, "age": 55.0, "male": 1.0, "race": "White or Caucasian", "hispanic": -1},
    ),
    "Validation": ({"glaucoma": 0, "age": 38.0, "male": 1, "race": 0, "hispanic": 1, "language": -1},),
    "Training": ({"glaucoma": 1, "age": 80.0, "male": 0, "race": 2, "hispanic": 0, "language": 2},),
}


def make(root: Path, _: str) -> None:
    """Write one .npz per person, numbered anew in every part."""
    for seed, (part, people) in enumerate(PEOPLE.items()):
        (root / part).mkdir()
        for number, person in enumerate(people, 1):
            draw = np.random.default_rng(seed * 10 + number)
            thickness = draw.uniform(0, 300, (20, 20)).astype(np.float32)
            thickness[0, :4] = -8, -2, 350, 420
            scan = np.zeros((20, 20, 20), dtype=np.uint8)
            arrays = {"rnflt": thickness, "oct_bscans": scan, "md": -3.1, **person}
            np.savez(root / part / f"data_{number:04}.npz", **arrays)
