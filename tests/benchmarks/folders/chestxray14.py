"""A few rows of ChestX-ray14: columns whose names hold commas, both lists, images in two folders, boxes."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["chestxray14@official", "chestxray14-boxes"]
HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
ROWS = (
    ("00000001_000.png", "Cardiomegaly", 0, 1, 57, "M", "PA"),
    ("00000001_001.png", "Cardiomegaly|Emphysema", 1, 1, 58, "M", "PA"),
    ("00000002_000.png", "No Finding", 0, 2, 80, "F", "AP"),
    ("00000003_000.png", "Pleural_Thickening|Infiltration", 0, 3, "009Y", "F", "PA"),
)
TEST = ("00000001_000.png", "00000001_001.png", "00000002_000.png")
BOXES = (
    ("00000001_000.png", "Infiltrate", 225.08, 547.02, 86.78, 79.19),
    ("00000001_000.png", "Cardiomegaly", 10.0, 20.0, 600.5, 400.5),
)


def make(root: Path, word: str) -> None:
    """Write the label file or the boxes, the lists and the images."""
    if word == "chestxray14-boxes":
        header = ["Image Index", "Finding Label", "Bbox [x", "y", "w", "h]", "", "", ""]
        write_csv(root / "BBox_List_2017.csv", header, BOXES)
    else:
        sizes = (2682, 2749, 0.143, 0.143)
        write_csv(root / "Data_Entry_2017_v2020.csv", HEADER.split(","), [(*row, *sizes) for row in ROWS])
        others = [row[0] for row in ROWS if row[0] not in TEST]
        (root / "test_list.txt").write_text("\n".join(TEST))
        (root / "train_val_list.txt").write_text("\n".join(others))
    for seed, (name, *_) in enumerate(ROWS):
        draw(root / f"images_{1 + seed // 3:03}" / "images" / name, seed)
