"""A few abnormalities of CBIS-DDSM: two in one mammogram, a breast in both tables, patients in both parts."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw_dicom, write_csv

WORDS = ["cbis-ddsm@disjoint"]
SIDES = ("left or right breast", "image view", "abnormality id", "abnormality type")
PATHS = (
    "assessment",
    "pathology",
    "subtlety",
    "image file path",
    "cropped image file path",
    "ROI mask file path",
)
HEADERS = {  # the tables name the density differently
    "mass": ("patient_id", "breast_density", *SIDES, "mass shape", "mass margins", *PATHS),
    "calc": ("patient_id", "breast density", *SIDES, "calc type", "calc distribution", *PATHS),
}
TABLES = {
    "mass_Test": (
        ("P_00016", 4, "LEFT", "CC", 1, "mass", "MALIGNANT", 5),
        ("P_00017", 2, "LEFT", "CC", 1, "mass", "BENIGN", 2),
        ("P_00017", 2, "LEFT", "CC", 2, "mass", "MALIGNANT", 4),
        ("P_00020", 0, "RIGHT", "MLO", 1, "mass", "BENIGN_WITHOUT_CALLBACK", 0),
    ),
    "calc_Test": (("P_00038", 2, "LEFT", "CC", 1, "calcification", "BENIGN", 2),),
    "mass_Training": (
        ("P_00001", 3, "LEFT", "MLO", 1, "mass", "BENIGN", 4),
        ("P_00038", 2, "RIGHT", "CC", 1, "mass", "MALIGNANT", 4),
    ),
    "calc_Training": (
        ("P_00001", 3, "LEFT", "MLO", 1, "calcification", "MALIGNANT", 3),
        ("P_00020", 0, "RIGHT", "MLO", 1, "calcification", "MALIGNANT", 3),
    ),
}


def make(root: Path, _: str) -> None:
    """Write the four tables, and every full mammogram under another name than theirs."""
    for number, (word, rows) in enumerate(TABLES.items()):
        kind, part = word.split("_")
        table = []
        for patient, density, side, view, count, abnormality, pathology, subtlety in rows:
            case = f"{kind.capitalize()}-{part}_{patient}_{side}_{view}"
            path, crop = (f"{name}/1.3.6/1.3.7/000000.dcm" for name in (case, f"{case}_{count}"))
            crop += "\n"  # as in the tables of calcifications
            row = (patient, density, side, view, count, abnormality, "A", "B", 4, pathology, subtlety)
            table.append((*row, path, crop, crop))
            top = root / "CBIS-DDSM" / case / "08-29-2017-DDSM-NA-96009"
            draw_dicom(top / "1.000000-full mammogram images-63992" / "1-1.dcm", number * 10 + len(table))
        split = "test" if part == "Test" else "train"
        write_csv(root / f"{kind}_case_description_{split}_set.csv", HEADERS[kind], table)
