"""OmniMedVQA: two open sets with their images, a restricted one without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.drawing import draw, write_json

WORDS = ["omnimedvqa@open"]  # the images of the other variants are not there, as in the archive


def make(root: Path, word: str) -> None:
    questions = root / "QA_information"
    chest = [
        row("Chest CT Scan", 0, "X-ray", ["CT", "x_ray.", "MRI", "PET"], modality="CT"),  # not modality_type
        row("Chest CT Scan", 1, "Yes", ["No", "yes"], modality_type="CT"),
    ]
    acrima = [
        row("ACRIMA", 0, "Fundus", ["Fundus", "OCT", "Fundus", "CT"], modality_type="Fundus Photography"),
        row("ACRIMA", 1, "None", ["None", "Glaucoma", "Cataract"], modality_type="Fundus Photography"),
    ]
    acrima[1]["image_path"] = acrima[0]["image_path"]
    restricted = [row("AIDA", 0, "B", ["A", "B"], modality_type="MRI")]
    write_json(questions / "Open-access" / "Chest CT Scan.json", chest)
    write_json(questions / "Open-access" / "ACRIMA.json", acrima)
    write_json(questions / "Restricted-access" / "AIDA.json", restricted)
    for held in (*chest, *acrima):
        draw(root / held["image_path"], seed=1)


def row(name: str, number: int, gold: str, options: list[str], **modality: str) -> dict[str, Any]:
    """A row with two to four options; the answer is a text."""
    return {
        "dataset": name,
        "question_id": f"{name}_{number:04d}",
        "question_type": "Modality Recognition",
        "question": "What is shown? ",
        "gt_answer": gold,
        "image_path": f"Images/{name}/im {number}.png",
        **{f"option_{letter}": text for letter, text in zip("ABCD", options, strict=False)},
        **modality,
    }
