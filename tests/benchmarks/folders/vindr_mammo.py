"""A few images of VinDr-Mammo: two views of each breast, both parts of the split in one table."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw_dicom, write_csv

WORDS = ["vindr-mammo", "vindr-mammo-density"]
HEADER = (
    *("study_id", "series_id", "image_id", "laterality", "view_position", "height", "width"),
    *("breast_birads", "breast_density", "split"),
)
ROWS = (
    ("b8d2", "s1", "d8fa", "L", "CC", "BI-RADS 4", "DENSITY C", "training"),
    ("48c0", "s2", "3c22", "L", "CC", "BI-RADS 2", "DENSITY B", "test"),
    ("48c0", "s2", "f1b6", "L", "MLO", "BI-RADS 2", "DENSITY B", "test"),
    ("48c0", "s2", "8e90", "R", "MLO", "BI-RADS 5", "DENSITY D", "test"),
)


def make(root: Path, _: str) -> None:
    """Write the table and one DICOM file per row."""
    table = [(*row[:5], 3518, 2800, *row[5:]) for row in ROWS]
    write_csv(root / "breast-level_annotations.csv", HEADER, table)
    for seed, (study, _series, image, *_rest) in enumerate(ROWS):
        draw_dicom(root / "images" / study / f"{image}.dicom", seed)
