"""Harvard-FairVLMed: the table, arrays or pictures, and questions with an empty cell. All text is made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.benchmarks.drawing import draw, write_csv

WORDS = [
    f"fairvlmed10k-{task}@{variant}" for task in ("diagnosis", "notes", "vqa") for variant in ("npz", "jpg")
]
PEOPLE = (  # number, use, age, gender, race, ethnicity, language, glaucoma, summary
    ("08001", "test", "56.56", "female", "black", "non-hispanic", "english", "yes", "Drusen, narrow angles."),
    ("08002", "test", "81.2", "male", "asian", "unknown", "unknown", "no", "Dry eyes only."),
    ("08003", "test", "33", "male", "white", "hispanic", "spanish", "no", ""),
    ("07001", "validation", "60", "female", "white", "non-hispanic", "english", "no", "Cataract."),
    ("00001", "training", "45", "female", "white", "non-hispanic", "others", "yes", "Cupping."),
)
FOLDERS = {"test": "Test", "validation": "Validation", "training": "Training"}


def make(root: Path, word: str) -> None:
    """Write the images of the variant, the table and the questions."""
    for number, use, *_ in PEOPLE:
        folder = root / FOLDERS[use]
        folder.mkdir(parents=True, exist_ok=True)
        if word.endswith("@jpg"):
            draw(folder / f"slo_fundus_{number}.jpg", int(number))
        else:
            pixels = np.random.default_rng(int(number)).integers(0, 256, (20, 16))
            np.savez(folder / f"data_{number}.npz", slo_fundus=pixels.astype(np.float32), md=-1.5, glaucoma=1)
    header = ("filename", "age", "gender", "race", "ethnicity", "language", "maritalstatus", "note")
    write_csv(
        root / "data_summary.csv",
        (*header, "gpt4_summary", "glaucoma", "use"),
        [
            (
                *(f"data_{number}.npz", *person, "single"),
                *(f'ms. PERSON is seen on DATE_TIME, "stable", {number}', summary, glaucoma, use),
            )
            for number, use, *person, glaucoma, summary in PEOPLE
        ],
    )
    for split, number in (("test", "08001"), ("validation", "07001"), ("train", "00001")):
        name = f"data_{number}.npz"
        image = f"slo_fundus_{number}.jpg"
        rows = [
            ("Drusen.", name, image, "OPEN", " What is seen at the disc? ", "Drusen, large ones"),
            ("Drusen.", name, image, "CLOSED", "Is there glaucoma?", "Yes."),
            ("Drusen.", name, image, "CLOSED", "Which eye is it?", ""),
            ("Drusen.", name, image, "CLOSED", "Is it the left or the right eye?", "Left"),
        ]
        columns = ("gpt_summary", "filename", "image_path", "question type", "question", "answer")
        write_csv(root / f"vqa_{split}.csv", columns, rows)
