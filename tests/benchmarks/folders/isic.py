"""The ISIC challenges: tables of truth, metadata with gaps, lesions for training only, folders in folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["isic-2017", "isic-2018", "isic-2019"]
CODES_2018 = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
CODES_2019 = ("MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC", "UNK")


def make(root: Path, word: str) -> None:
    {"isic-2017": _2017, "isic-2018": _2018, "isic-2019": _2019}[word](root)


def _2017(root: Path) -> None:
    for part, first in (("Test_v2", 12000), ("Training", 0)):
        folder = root / f"ISIC-2017_{part}_Data"
        names = _pictures(folder, first, 4)
        truth = [(names[0], "1.0", "0.0"), (names[1], "0.0", "1.0"), *((n, "0.0", "0.0") for n in names[2:])]
        write_csv(
            root / f"ISIC-2017_{part}_Part3_GroundTruth.csv",
            ("image_id", "melanoma", "seborrheic_keratosis"),
            truth,
        )
        facts = [(name, age, sex) for name, (age, sex) in zip(names, [("55", "female")] * 3, strict=False)]
        write_csv(
            folder / f"{folder.name}_metadata.csv",
            ("image_id", "age_approximate", "sex"),
            [*facts, (names[3], "unknown", "unknown")],
        )


def _2018(root: Path) -> None:
    for part, first in (("Test", 34524), ("Training", 24306)):
        names = _pictures(root / f"ISIC2018_Task3_{part}_Input", first, 8)
        folder = root / f"ISIC2018_Task3_{part}_GroundTruth"
        write_csv(
            folder / f"{folder.name}.csv",
            ("image", *CODES_2018),
            [(name, *_one_hot(i % 7, 7)) for i, name in enumerate(names)],
        )
        if part == "Training":
            write_csv(
                root / "ISIC2018_Task3_Training_LesionGroupings.csv",
                ("image", "lesion_id", "diagnosis_confirm_type"),
                [(name, f"HAM_{i // 2:07}", "histopathology") for i, name in enumerate(names)],
            )


def _2019(root: Path) -> None:
    names = _pictures(root / "ISIC_2019_Training_Input" / "ISIC_2019_Training_Input", 0, 8, "_downsampled")
    write_csv(
        root / "ISIC_2019_Training_GroundTruth.csv",
        ("image", *CODES_2019),
        [(name, *_one_hot(i, 9)) for i, name in enumerate(names)],
    )
    write_csv(
        root / "ISIC_2019_Training_Metadata.csv",
        ("image", "age_approx", "anatom_site_general", "lesion_id", "sex"),
        [(n, "55", "anterior torso", "BCN_0000001" if i < 2 else "", "female") for i, n in enumerate(names)],
    )
    names = _pictures(root / "ISIC_2019_Test_Input", 34321, 9)
    write_csv(
        root / "ISIC_2019_Test_GroundTruth.csv",
        ("image", *CODES_2019, "score_weight", "validation_weight"),
        [(name, *_one_hot(i, 9), "0.0" if i == 0 else "1.0", "0.0") for i, name in enumerate(names)],
    )
    write_csv(
        root / "ISIC_2019_Test_Metadata.csv",
        ("image", "age_approx", "anatom_site_general", "sex"),
        [(names[0], "", "", ""), (names[1], "80", "head/neck", "male")],
    )


def _pictures(folder: Path, first: int, n: int, ending: str = "") -> list[str]:
    names = [f"ISIC_{first + i:07}{ending}" for i in range(n)]
    for i, name in enumerate(names):
        draw(folder / f"{name}.jpg", first + i)
    return names


def _one_hot(place: int, n: int) -> Sequence[str]:
    return ["1.0" if i == place else "0.0" for i in range(n)]
