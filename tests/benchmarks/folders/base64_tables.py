"""WorldMedQA-V and GMAI-MMBench: TSVs with images in base64, quoted cells and empty ones."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import base64_picture, write_csv

WORDS = ["worldmedqa-v@english", "worldmedqa-v@local", "gmai-mmbench"]
WORLD = ["index", "image", "question", "A", "B", "C", "D", "answer", "correct_option", "split"]
GMAI = [
    "index",
    "image",
    "question",
    *"ABCDE",
    "answer",
    "category",
    "clinical VQA task",
    "department",
    "modality",
    "perceptual granularity",
    "split",
]


def make(root: Path, word: str) -> None:
    name, _, variant = word.partition("@")
    if name == "gmai-mmbench":
        _gmai(root / "GMAI-MMBench_VAL.tsv")
        return
    for number, country in enumerate(("brazil", "israel", "japan", "spain")):
        rows = [
            (1, base64_picture(number), 'Said "no",\nand then?', "a", "b", "c, d", "e", "", "C", "test"),
            (7, base64_picture(number + 9), "מה רואים?", "Sim", "Não", "心電図", "None", "nan", "D ", "test"),
            (7, base64_picture(number + 20), "Another of that index", "a", "b", "c", "d", "", "A", "test"),
        ]
        write_csv(root / f"{country}_{variant}_processed.tsv", WORLD, rows, separator="\t")


def _gmai(path: Path) -> None:
    labels = ("cell", "Cell Recognition", "Hematology", "Microscopy", "Box level", "val")
    rows = [
        (0, base64_picture(0), "Which cell?\tThis one", "a", "b", "", "", "", "B", *labels),
        (1, base64_picture(1), "Which cell?", "a", "b", "c", "d", "e", "E", *labels),
        (2, "0", "And the other?", "a", "b", "c", "d", "", "A", *labels),  # the image of row 0
    ]
    write_csv(path, GMAI, rows, separator="\t")
