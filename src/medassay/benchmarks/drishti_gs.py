"""Drishti-GS1: fundus photographs of normal and glaucomatous eyes (Sivaswamy et al., 2014).

Below `Drishti-GS1_files` (copies nest it twice) lie `Training/Images` and `Test/Images`, and near them
`Drishti-GS1_diagnosis.xlsx` with what four experts and all together (`Total`) say of each image, or a .csv
copy of it. Names in the table end in an apostrophe (`drishtiGS_001'`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared.files import choose, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.benchmarks.shared.sheets import read_sheet
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = "Get Drishti-GS1 from http://cvit.iiit.ac.in/projects/mip/drishti-gs/mip-dataset2/Home.php."
_SPLITS = {"test": "Test", "train": "Training"}
_VARIANTS = ("official", "medvlmbench")
_FOLDERS = ("", "Drishti-GS1_files", "Drishti-GS1_files/Drishti-GS1_files")
_TABLES = ("Drishti-GS1_diagnosis.xlsx", "Drishti-GS1_diagnosis.csv")
_IMAGE, _LABEL, _PATIENT = "Drishti-GS File", "Total", "Patient ID"
_LABELS = (
    Label(
        name="normal",
        synonyms=("healthy", "non-glaucomatous"),
        published="a photo of normal retina ",  # the trailing blank is theirs
    ),
    Label(
        name="glaucomatous",
        synonyms=("glaucoma-affected", "glaucoma-damaged"),
        published="a photo of glaucomatous retina",
    ),
)
_TEMPLATES = (
    "a fundus photograph of a {} eye",
    "a {} optic disc",
    "a retina with a {} optic nerve head",
)


def load(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream the images of a split. The variant medvlmbench is the same with the published prompts.

    Raises:
        DataError: the folder, its images or its table are missing, or an image has no diagnosis.
        MissingExtra: the table is .xlsx and openpyxl is not installed.
        UsageError: no such split or variant.
    """
    root = root_of(where, "drishti-gs", _GET, BENCHMARK.splits)
    published = detect(where) == "medvlmbench"
    options = choices(_LABELS, _TEMPLATES, "published" if published else prompts)
    table = _first(root, _TABLES)
    rows = _rows(table)
    folder = _first(root, (f"{_SPLITS[where.split]}/Images",))
    paths = sorted(folder.rglob("*.png"))
    if not paths:
        raise DataError(f"{folder}: no .png file. {_GET}")
    for path in paths:
        label, patient = rows.get(path.stem, ("", ""))
        if label not in {option.label for option in options}:
            raise DataError(f"{table}: the diagnosis of {path.name} is {label or 'missing'}. {_GET}")
        yield Sample(
            id=f"drishti-gs-{'medvlmbench-' if published else ''}{path.stem}",
            kind="label",
            question="Is the optic disc in this fundus photograph normal or glaucomatous?",
            target=Target(texts=(label,)),
            images=(Image(uri=str(path)),),
            choices=options,
            cluster=patient or path.stem,
        )


def detect(where: Where) -> str:
    """The ensemble of prompts, unless the published ones are asked for.

    Raises:
        UsageError: no such variant.
    """
    return choose("drishti-gs", where, dict.fromkeys(_VARIANTS, True), {}, _GET)


def _first(root: Path, names: tuple[str, ...]) -> Path:
    for path in (root / folder / name for name in names for folder in _FOLDERS):
        if path.exists():
            return path
    raise DataError(f"{root}: {' or '.join(names)} not found. {_GET}")


def _rows(table: Path) -> Mapping[str, tuple[str, str]]:
    """The label and, where the table says so, the patient of every image.

    A copy without the names of columns is read as MedVLMBench reads it: image first, label last but one.
    """
    rows = read_sheet(table)
    header = next((row for row in rows if {_IMAGE, _LABEL} <= set(row)), ())
    image, label = (header.index(_IMAGE), header.index(_LABEL)) if header else (0, -2)
    patient = header.index(_PATIENT) if _PATIENT in header else None
    found = {
        name[0]: (row[label].lower(), row[patient] if patient is not None else "")
        for row in rows
        if len(row) >= max(len(header), 2) and (name := re.match(r"drishtiGS_\d+", row[image]))
    }
    if not found:
        raise DataError(f"{table}: no row names an image (drishtiGS_001). {_GET}")
    return found


BENCHMARK = Benchmark(
    name="drishti-gs",
    version=1,
    title="Drishti-GS1",
    task="diagnosis, binary",
    modality="fundus photography",
    source="http://cvit.iiit.ac.in/projects/mip/drishti-gs/mip-dataset2/Home.php",
    revision=None,
    licence="none found",
    access="registration",
    citation=(
        "Sivaswamy J et al. Drishti-GS: retinal image dataset for optic nerve head (ONH) segmentation. "
        "ISBI (2014)."
    ),
    primary="auroc",
    measures=(
        *(Measure(metric=metric) for metric in ("auroc", "accuracy", "balanced_accuracy", "macro_f1")),
        *of_positive(_LABELS[1].name),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={"test": 51, "train": 50},
    unverified=("licence", "access", "cluster"),
    splits=("test", "train"),
    variants=_VARIANTS,
    detect=detect,
    overlap={"official": None, "medvlmbench": None},
    may_leave=False,
    notes=(
        "Glaucomatous is the positive class; 51 images tell little. The public table names patients (68 for "
        "101 images, say its readers); a copy without them is clustered by image, and the published parts "
        "may share patients. No licence was found: the images stay on your machine unless you may send them. "
        "The .xlsx needs the extra medical; a .csv copy does not."
    ),
)
