"""PMC-VQA in its three files: two headers, options with blanks and prefixes, quoted commas."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["pmc-vqa@v1-clean", "pmc-vqa@v1", "pmc-vqa@v2"]

_OPTIONS = ("Choice A", "Choice B", "Choice C", "Choice D")
V1 = ("Figure_path", "Question", "Answer", *_OPTIONS, "Answer_label")
V2 = ("index", "Figure_path", "Caption", "Question", *_OPTIONS, "Answer", "split")

_UPTAKE = (" A:Diffuse uptake ", " B:Focal uptake, left ", "C: No uptake", "D:Cannot determine, ever")
_STAIN = ("A: A: H&E", "B:PAS", "C:Giemsa", "D:silver")
_V1_ROWS = (
    ("PMC1064097_F1.jpg", "What is the uptake pattern? ", "Focal uptake, left", *_UPTAKE, " B "),
    ("PMC1064097_F2.jpg", "Which stain is used?", " PAS. ", *_STAIN, "B"),
    ("PMC2000000_Fig3.jpg", "Which stain is used?", "A: H&E", *_STAIN, ""),
)
_V1_TRAIN = (("PMC3000000_F1.jpg", "Which stain is used?", "silver", *_STAIN, "D"),)
_V2_ROWS = (
    (7, "PMC8253797_Fig4_41.jpg", "A scan, with contrast", "What is seen?", *_UPTAKE, " C", "test"),
    (9, "PMC8253798_Fig1_2.jpg", "Another", "Which stain is used?", *_STAIN, "A", "test"),
)
_V2_TRAIN = ((1, "PMC8000000_Fig1_1.jpg", "A third", "Which stain is used?", *_STAIN, "D", "train"),)

_Table = tuple[str, tuple[str, ...], tuple[tuple[str | int, ...], ...]]
_FILES: dict[str, tuple[_Table, _Table]] = {
    "v1-clean": (("test_clean.csv", V1, _V1_ROWS), ("train.csv", V1, _V1_TRAIN)),
    "v1": (("test.csv", V1, _V1_ROWS), ("train.csv", V1, _V1_TRAIN)),
    "v2": (("test_2.csv", V2, _V2_ROWS), ("train_2.csv", V2, _V2_TRAIN)),
}


def make(root: Path, word: str) -> None:
    """The files of one variant."""
    for name, header, rows in _FILES[word.partition("@")[2]]:
        write_csv(root / name, header, rows)
        for seed, row in enumerate(rows):
            folder = root / ("images" if header is V1 else "figures")
            draw(folder / str(row[header.index("Figure_path")]), seed)
