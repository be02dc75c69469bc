"""PAD-UFES-20: all columns in their order, gaps where patients answered nothing, images in three parts."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["pad-ufes-20"]
HEADER = (
    "patient_id",
    "lesion_id",
    "smoke",
    "drink",
    "background_father",
    "background_mother",
    "age",
    "pesticide",
    "gender",
    "skin_cancer_history",
    "cancer_history",
    "has_piped_water",
    "has_sewage_system",
    "fitspatrick",
    "region",
    "diameter_1",
    "diameter_2",
    "diagnostic",
    "itch",
    "grew",
    "hurt",
    "changed",
    "bleed",
    "elevation",
    "img_id",
    "biopsed",
)
CODES = ("BCC", "ACK", "NEV", "SEK", "SCC", "MEL")


def make(root: Path, word: str) -> None:
    rows = [_row(i) for i in range(40)]
    write_csv(root / "metadata.csv", HEADER, rows)
    for i, row in enumerate(rows):
        draw(root / f"imgs_part_{1 + i % 3}" / f"imgs_part_{1 + i % 3}" / row[-2], i)


def _row(i: int) -> list[str]:
    code, patient = CODES[i % 6], i // 2  # two images of every patient
    asked = i % 3 > 0
    held = dict.fromkeys(HEADER, "") | {
        "patient_id": f"PAT_{patient}",
        "lesion_id": str(100 + i),
        "age": str(8 + 2 * i),
        "region": "ARM",
        "diagnostic": code,
        "img_id": f"PAT_{patient}_{100 + i}_{i}.png",
        "biopsed": str(asked),
    }
    if asked:
        held |= {"gender": "FEMALE", "fitspatrick": "3.0", "smoke": "False", "diameter_1": "6.0"}
    return list(held.values())
