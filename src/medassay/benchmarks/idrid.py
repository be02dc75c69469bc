"""IDRiD: fundus photographs graded for diabetic retinopathy and macular edema (Porwal et al., 2018).

`B. Disease Grading/` holds `1. Original Images/{a. Training Set,b. Testing Set}/IDRiD_001.jpg` and one CSV
per part below `2. Groundtruths/`. Image names start at 001 in both parts, so the part belongs to every id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medassay.benchmarks.shared import retinopathy
from medassay.benchmarks.shared.files import Record, images_in, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, choices
from medassay.benchmarks.shared.measures import CALIBRATION
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Measure, Sample, Target, Where

_GET = "Get B. Disease Grading of IDRiD from https://ieee-dataport.org/open-access/indian-diabetic-retinopathy-image-dataset-idrid."
_SPLITS = ("test", "train")
_FOLDERS = {"test": "b. Testing Set", "train": "a. Training Set"}
_TABLES = {
    "test": "b. IDRiD_Disease Grading_Testing Labels.csv",
    "train": "a. IDRiD_Disease Grading_Training Labels.csv",
}
_GRADES = choices(retinopathy.GRADES, retinopathy.TEMPLATES)
_RISKS = choices(
    (
        Label(name="no hard exudates", synonyms=("a retina without hard exudates",)),
        Label(name="hard exudates away from the macula", synonyms=("hard exudates, macula spared",)),
        Label(name="hard exudates at the macula", synonyms=("diabetic macular edema",)),
    ),
    retinopathy.TEMPLATES,
)


def load(where: Where) -> Iterator[Sample]:
    """Stream a split with its grade of diabetic retinopathy (0 to 4).

    Raises:
        DataError: the folder, its labels or all of its images are missing, or a grade is none of 0 to 4.
        UsageError: no such split.
    """
    return _load("idrid", where, "Retinopathy grade", retinopathy.QUESTION, _GRADES)


def load_edema(where: Where) -> Iterator[Sample]:
    """Stream a split with its risk of macular edema (0 to 2), which is read off the hard exudates.

    Raises:
        DataError: the folder, its labels or all of its images are missing, or a grade is none of 0 to 2.
        UsageError: no such split.
    """
    question = "Where does this fundus photograph show hard exudates, the sign of macular edema?"
    return _load("idrid-edema", where, "Risk of macular edema", question, _RISKS)


def _load(name: str, where: Where, column: str, question: str, options: Sequence[Choice]) -> Iterator[Sample]:
    root = root_of(where, name, _GET, _SPLITS)
    root = root / "B. Disease Grading" if (root / "B. Disease Grading").is_dir() else root
    table = root / "2. Groundtruths" / _TABLES[where.split]
    image = images_in(root, (f"1. Original Images/{_FOLDERS[where.split]}",), (), _GET, needed=where.pictures)
    for row in map(_named, read_csv(table, ("Image name",))):
        stem = row["Image name"]
        yield Sample(
            id=f"{name}-{where.split}-{stem}",
            kind="label",
            question=question,
            target=Target(texts=(_grade(table, row, column, options),)),
            images=(image(f"{stem}.jpg"),),
            choices=tuple(options),
            cluster=f"{where.split}-{stem}",
        )


def _named(row: Record) -> Mapping[str, str]:
    """Without the blanks behind a column's name and the columns that have none."""
    return {name.strip(): cell.strip() for name, cell in row.items() if name and name.strip() and cell}


def _grade(table: Path, row: Mapping[str, str], column: str, options: Sequence[Choice]) -> str:
    grade = row.get(column, "")
    if grade not in map(str, range(len(options))):
        raise DataError(
            f"{table}: {row['Image name']} has the {column!r} {grade!r}, not 0 to {len(options) - 1}. {_GET}"
        )
    return options[int(grade)].label


_NOTES = (
    "Image names recur in the two parts: IDRiD_001 of the test part is not that of the training part. The "
    "files name no patients, so both eyes of one person may stand in both parts. Labels of both parts and "
    "15 test images are verified. "
)
BENCHMARK = Benchmark(
    name="idrid",
    version=1,
    title="IDRiD, diabetic retinopathy",
    task="diagnosis, ordinal 0-4",
    modality="fundus photography",
    source="https://ieee-dataport.org/open-access/indian-diabetic-retinopathy-image-dataset-idrid",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Porwal P et al. Indian Diabetic Retinopathy Image Dataset (IDRiD): a database for diabetic "
        "retinopathy screening research. Data 3(3):25 (2018)."
    ),
    primary="accuracy",
    measures=(
        *(
            Measure(metric=metric)
            for metric in ("accuracy", "quadratic_kappa", "balanced_accuracy", "macro_f1", "auroc")
        ),
        *CALIBRATION,
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="real file",
    kinds=("label",),
    counts={"test": 103, "train": 413},
    splits=_SPLITS,
    notes=_NOTES + "Grades 0 to 4 are named as in the international clinical scale.",
)
EDEMA = replace(
    BENCHMARK,
    name="idrid-edema",
    title="IDRiD, risk of macular edema",
    task="diagnosis, ordinal 0-2",
    load=load_edema,
    notes=_NOTES + "Risk 0: no apparent hard exudates; 1: some, none near the macula; 2: near the macula.",
)
