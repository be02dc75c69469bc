"""HAM10000: lesions with one or two images, values that are unknown, and the challenge's test table."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["ham10000@official", "ham10000@grouped"]
HEADER = ("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization", "dataset")
CODES = ("nv", "mel", "bkl", "bcc", "akiec", "vasc", "df")


def make(root: Path, word: str) -> None:
    rows = [_row("HAM", i // 2, 24300 + i) for i in range(28)]  # two images of every lesion
    write_csv(root / "HAM10000_metadata", HEADER, rows)
    for i, row in enumerate(rows):
        draw(root / f"HAM10000_images_part_{1 + i % 2}" / f"{row[1]}.jpg", i)
    if word.endswith("official"):
        test = [_row("HAMTEST", i, 34500 + i) for i in range(7)]
        test.append(("HAMTEST_0000007", "ISIC_0034507", "nv", "consensus", "", "", "", ""))
        write_csv(root / "ISIC2018_Task3_Test_GroundTruth.csv", HEADER, test)
        for i, row in enumerate(test):
            draw(root / "ISIC2018_Task3_Test_Images" / f"{row[1]}.jpg", 100 + i)


def _row(prefix: str, lesion: int, image: int) -> tuple[str, ...]:
    sex, site = (("female", "back"), ("male", "lower extremity"), ("unknown", "unknown"))[lesion % 3]
    age = ("40.0", "", "0.0")[lesion % 3]
    code = CODES[lesion % 7]
    return f"{prefix}_{lesion:07}", f"ISIC_{image:07}", code, "histo", age, sex, site, "rosendahl"
