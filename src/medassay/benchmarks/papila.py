"""PAPILA: fundus photographs of both eyes of 244 people, healthy, glaucoma or suspect (Kovalyk et al., 2022).

`ClinicalData/patient_data_{od,os}.xlsx` have one row per person and eye below a header of several rows;
`FundusImages/RET002OD.jpg` is the right eye (OD) of person #002. There is no official split: it is cut by
person, so that both eyes of one fall together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import images_in, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import CLASSES
from medassay.benchmarks.shared.sheets import Cells, read_sheet
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Target, Where

_GET = "Get PAPILA from https://figshare.com/articles/dataset/PAPILA/14798004 and unpack it."
_EYES = {"OD": "right", "OS": "left"}
_SEXES = {"0": "male", "1": "female"}
_CLASSES = (
    Label(
        name="healthy",
        synonyms=("a normal optic disc", "no glaucoma"),
        published="a photo of benign fundus",
    ),
    Label(
        name="glaucoma",
        synonyms=("a glaucomatous optic disc", "glaucomatous optic neuropathy"),
        published="a photo of glaucoma fundus",
    ),
    Label(name="suspect", synonyms=("suspected glaucoma", "an optic disc suspicious of glaucoma")),
)
_TEMPLATES = ("a fundus photograph, diagnosis: {}", "a retinal image: {}", "color fundus photography, {}")
_COLUMNS = ("Age", "Gender", "Diagnosis")


def load(where: Where, *, suspects: bool = False, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream the eyes of a split, right ones first.

    Args:
        where: folder and split.
        suspects: whether eyes suspected of glaucoma are a third class; else they are left out.
        prompts: the ensemble, or the sentences of MedVLMBench (which has none for suspects).

    Raises:
        DataError: the folder, its tables or all images are missing, or a diagnosis is none of 0, 1 and 2.
        MissingExtra: openpyxl is not installed.
        UsageError: no such split.
    """
    root = root_of(where, "papila", _GET, BENCHMARK.splits)
    image = images_in(root, ("FundusImages",), (), _GET, needed=where.pictures)
    classes = _CLASSES if suspects else _CLASSES[:2]
    options = choices(classes, _TEMPLATES, prompts)
    for eye, side in _EYES.items():
        table = root / "ClinicalData" / f"patient_data_{eye.lower()}.xlsx"
        for person, row in _people(table):
            label = _CLASSES[int(row["Diagnosis"])]
            if label in classes and part_of(person, salt="papila 1") == where.split:
                yield Sample(
                    id=f"papila-{person}-{eye}",
                    kind="label",
                    question="Does this fundus photograph show glaucoma?",
                    target=Target(texts=(label.name,)),
                    images=(image(f"RET{person}{eye}.jpg"),),
                    choices=options,
                    cluster=person,
                    tags=tags.present(
                        sex=_SEXES.get(row["Gender"]), age_group=tags.age_group(row["Age"]), laterality=side
                    ),
                )


def _people(table: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Number and columns of every person; a column is called what any row of the header calls it.

    Raises:
        DataError: a column is missing, or a diagnosis is none of 0, 1 and 2.
    """
    columns: dict[str, int] = {}
    for cells in read_sheet(table):
        number = re.fullmatch(r"#(\d+)", cells[0]) if cells else None
        if number is None:
            columns |= {name: place for place, name in enumerate(cells) if name in _COLUMNS}
            continue
        if absent := [name for name in _COLUMNS if name not in columns]:
            raise DataError(f"{table}: no column {', '.join(absent)} above {cells[0]}. {_GET}")
        row = {name: _cell(cells, place) for name, place in columns.items()}
        if row["Diagnosis"] not in {"0", "1", "2"}:
            raise DataError(
                f"{table}: {cells[0]} has the diagnosis {row['Diagnosis']!r}, not 0, 1 or 2. {_GET}"
            )
        yield number[1], row


def _cell(cells: Cells, place: int) -> str:
    return cells[place] if place < len(cells) else ""


BENCHMARK = Benchmark(
    name="papila",
    version=1,
    title="PAPILA",
    task="diagnosis, binary",
    modality="fundus photography",
    source="https://figshare.com/articles/dataset/PAPILA/14798004",
    revision=None,
    licence="not confirmed",
    access="open",
    citation=(
        "Kovalyk O et al. PAPILA: dataset with fundus images and clinical data of both eyes of the same "
        "patient for glaucoma assessment. Sci Data 9:291 (2022)."
    ),
    primary="auroc",
    measures=(
        *(
            Measure(metric=metric, by=("sex", "age_group", "laterality"))
            for metric in ("auroc", "accuracy", "balanced_accuracy", "macro_f1")
        ),
        *CLASSES,
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    unverified=("licence",),
    splits=("test", "validation", "train"),
    absent={
        "medvlmbench": "its split file (364 and 56 eyes) is not distributed, and it parts eyes of one person"
    },
    notes=(
        "Glaucoma is the positive class. 488 eyes of 244 people, 420 without the suspects, who are left out "
        "unless suspects=true. No official split: cut by person into 20 % test, 10 % validation and 70 % "
        "train by a hash, so the counts are known when the files are read. Sex is coded 0 male, 1 female, as "
        "public readers of the tables take it. Tables are .xlsx: the extra medical is needed."
    ),
)
