"""A few images of Drishti-GS1: names with an apostrophe, rows above the header, experts who disagree."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_sheet

WORDS = ["drishti-gs@official"]
TABLE = (
    (None, "Drishti-GS1 dataset"),
    (),
    (),
    (
        None,
        "Drishti-GS File",
        "Marking 1",
        "Marking 2",
        "Marking 3",
        "Marking 4",
        None,
        None,
        "Total",
        "Patient ID",
    ),
    (),
    (None, "drishtiGS_001'", "Normal", "Normal", "Glaucomatous", "Normal", None, None, "Normal", 7),
    (None, "drishtiGS_002'", "Glaucomatous", "Glaucomatous", "", "", None, None, "Glaucomatous", 8),
    (None, "drishtiGS_003'", "Normal", "Glaucomatous", "", "", None, None, "Glaucomatous", 7),
)
PARTS = {"Test": ("001", "003"), "Training": ("002",)}


def make(root: Path, _: str) -> None:
    """Write the table and the images of both parts, nested as copies are."""
    top = root / "Drishti-GS1_files"
    write_sheet(top / "Drishti-GS1_diagnosis.xlsx", TABLE)
    for part, names in PARTS.items():
        for name in names:
            draw(top / top.name / part / "Images" / f"drishtiGS_{name}.png", int(name))
