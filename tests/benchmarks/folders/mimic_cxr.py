"""MIMIC-CXR: the layout of PhysioNet, and the annotation.json of R2Gen. All text is made up."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv, write_json

WORDS = ["mimic-cxr@official", "mimic-cxr@r2gen"]
STUDIES = {  # (subject, study): split, (dicom, view) in the order of the table, report
    ("10000032", "50414267"): (
        "test",
        (("02aa804e", "LATERAL"), ("174413ec", "PA")),
        """                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___F with cough  // ? infection

 TECHNIQUE:  Chest PA and lateral

 COMPARISON:  None.

 FINDINGS:

 There is no focal consolidation,
 pleural effusion or pneumothorax.
 BONES: No fracture is seen.

 IMPRESSION:

 No acute process.

 NOTIFICATION:  The findings were told to Dr. ___ by telephone.
""",
    ),
    ("10000032", "53189527"): (
        "test",
        (("2a2277a9", ""),),
        " FINAL REPORT\n CHEST RADIOGRAPH\n\n IMPRESSION:  Clear lungs.\n",
    ),
    ("10999999", "53911762"): (
        "test",
        (("68b5c4b1", "AP"),),
        " FINDINGS AND IMPRESSION: The tube ends 4 cm above the carina. No effusion.\n",
    ),
    ("11000183", "51967845"): ("validate", (("e084de3b", "AP"),), " FINDINGS: Low lung volumes.\n"),
    ("12000001", "50000001"): ("train", (("0a0a0a0a", "PA"),), " FINDINGS: Normal heart size.\n"),
}


def make(root: Path, word: str) -> None:
    """Write the variant of the word."""
    (_prepared if word.endswith("@r2gen") else _official)(root)


def _official(root: Path) -> None:
    split, metadata = [], []
    for (subject, study), (part, views, report) in STUDIES.items():
        place = f"p{subject[:2]}/p{subject}/s{study}"
        text = root / "mimic-cxr-reports" / "files" / f"{place}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(report, "utf-8")
        for dicom, view in views:
            draw(root / "files" / place / f"{dicom}.jpg", int(dicom, 16))
            split.append((dicom, study, subject, part))
            metadata.append((dicom, subject, study, "CHEST, TWO VIEWS", view, 3056, 2544))
    header = ("dicom_id", "subject_id", "study_id", "PerformedProcedureStepDescription")
    _packed(root, "metadata", (*header, "ViewPosition", "Rows", "Columns"), metadata)
    _packed(root, "split", ("dicom_id", "study_id", "subject_id", "split"), split)


def _packed(root: Path, name: str, header: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
    path = root / f"mimic-cxr-2.0.0-{name}.csv"
    write_csv(path, header, rows)
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


def _prepared(root: Path) -> None:
    parts: dict[str, list[dict[str, object]]] = {"train": [], "val": [], "test": []}
    for n, (part, subject) in enumerate([("test", 10000032), ("val", 11000183), ("train", 12000001)]):
        paths = [f"p{subject}/s5{n}/{name}.jpg" for name in "ab"]
        for i, path in enumerate(paths):
            draw(root / "images" / path, 10 * n + i)
        parts[part].append(
            {
                "id": f"02aa804e-{n}",
                "study_id": int(f"5{n}"),
                "subject_id": subject,
                "report": "The lungs are clear.\n No effusion. ",
                "image_path": paths,
            }
        )
    write_json(root / "annotation.json", parts)
