"""A few rows of CheXpert: all four values of a label, both views, the release's name in every path."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["chexpert@official"]
LABELS = (
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)
HEADER = ("Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", *LABELS)
TRAIN = (
    (
        "patient00001/study1/view1_frontal.jpg",
        "Female",
        68,
        "Frontal",
        "AP",
        {"Edema": 1.0, "Cardiomegaly": -1.0},
    ),
    (
        "patient00002/study2/view2_lateral.jpg",
        "Male",
        17,
        "Lateral",
        "",
        {"Fracture": 0.0, "No Finding": 1.0},
    ),
    ("patient00003/study1/view1_frontal.jpg", "Unknown", 0, "Frontal", "PA", {"No Finding": -1.0}),
)
VALID = (
    ("patient64541/study1/view1_frontal.jpg", "Male", 73, "Frontal", "AP", {"Cardiomegaly": 1.0}),
    ("patient64542/study1/view1_frontal.jpg", "Female", 70, "Frontal", "PA", {"No Finding": 1.0}),
    ("patient64542/study1/view2_lateral.jpg", "Female", 70, "Lateral", "", {"No Finding": 1.0}),
)


def make(root: Path, _: str) -> None:
    """Write train and validation below the release's folder, the later test labels beside it."""
    release = root / "CheXpert-v1.0-small"
    for part, rows, missing in (("train", TRAIN, ""), ("valid", VALID, 0.0)):
        table = [
            [f"{release.name}/{part}/{path}", *person, *(labels.get(name, missing) for name in LABELS)]
            for path, *person, labels in rows
        ]
        write_csv(release / f"{part}.csv", HEADER, table)
        for path, *_rest in rows:
            draw(release / part / path, len(path) + len(part))
    studies = [
        ["CheXpert-v1.0/test/patient64741/study1", *(int(name == "Edema") for name in LABELS)],
        ["CheXpert-v1.0/test/patient64742/study1", *(int(name == "No Finding") for name in LABELS)],
    ]
    write_csv(root / "groundtruth.csv", ("Study", *LABELS), studies)
    for seed, name in enumerate(
        ("64741/study1/view1_frontal", "64741/study1/view2_lateral", "64742/study1/view1_frontal")
    ):
        draw(release / "test" / f"patient{name}.jpg", seed)
