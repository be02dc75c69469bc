"""A few people of PAPILA: a header of three rows, cells without a value, all three diagnoses, both eyes."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_sheet

WORDS = ["papila"]
HEADER = (
    (None, "Age", "Gender", "Diagnosis", "Refractive Defect", None, None, "Phakic/Pseudophakic", "IOP"),
    (None, None, None, None, "dioptre_1", "dioptre_2", "astigmatism", None, "Pneumatic"),
    ("ID",),
)
PEOPLE = (  # number, age, gender, diagnosis of the right and the left eye; the cut is by the number
    (7, 47, 0, 2, 0),  # validation
    (15, 58, 1, 0, 1),  # test
    (21, 89, 0, 1, 1),  # test
    (24, None, 1, 2, 2),  # test
    (2, 64, 1, 0, 0),  # train
)


def make(root: Path, _: str) -> None:
    """Write both tables and both eyes' images."""
    for place, eye in enumerate(("OD", "OS")):
        rows = [
            (f"#{number:03}", age, gender, eyes[place], 0.75, -1.75, 90, 0)
            for number, age, gender, *eyes in PEOPLE
        ]
        write_sheet(root / "ClinicalData" / f"patient_data_{eye.lower()}.xlsx", [*HEADER, *rows])
        for number, *_rest in PEOPLE:
            draw(root / "FundusImages" / f"RET{number:03}{eye}.jpg", number * 2 + place)
