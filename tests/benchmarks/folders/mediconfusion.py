"""MediConfusion: two pairs that share an image, as the authors' files lie."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_json

WORDS = ["mediconfusion"]


def make(root: Path, word: str) -> None:
    """Write dataset.json and images/ with names that are numbers."""
    pairs = {"10001": (20192, 20053, "A", "B"), "10002": (20192, 20014, "B", "A")}
    write_json(
        root / "dataset.json",
        {
            pair: {
                "im_1": f"train/radiology/images/ROCO_{first}.jpg",
                "im_2": f"test/radiology/images/ROCO_{second}.jpg",
                "im_1_local": first,
                "im_2_local": second,
                "cap_1": " A caption.",
                "cap_2": " Another caption.",
                "category_1": ["Cerebral", "Vascular"],
                "category_2": ["Vascular", "Cardiac"],
                "BiomedCLIP_sim": 0.92,
                "DINO_sim": 0.67,
                "question": "What do you see? ",
                "option_A": "One, with a comma",
                "option_B": "The other.",
                "im_1_correct": key_1,
                "im_2_correct": key_2,
                "AI_question": "What is it?",
            }
            for pair, (first, second, key_1, key_2) in pairs.items()
        },
    )
    for number in (20192, 20053, 20014):
        draw(root / "images" / f"{number}.jpg", number)
