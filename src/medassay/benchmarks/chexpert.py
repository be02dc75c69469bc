"""CheXpert: chest radiographs with labels that may be uncertain or not mentioned (Irvin et al., 2019).

`{train,valid}.csv` lie beside `train/` and `valid/`, in the folder that is given or in `CheXpert-v1.0`,
`CheXpert-v1.0-small` or `CheXpert` below it. `Path` begins with the name of the release, which is not where
the user's files lie. Labels are 1 (present), 0 (absent), -1 (uncertain) or blank (not mentioned); in
`valid.csv` and the later test labels three and five radiologists decided, and only 0 and 1 occur. The test
labels come per image (`test_labels.csv`, CheXlocalize) or per study (`groundtruth.csv`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.chest_findings import findings
from medassay.benchmarks.shared.files import Record, choose, read_csv, root_of
from medassay.errors import DataError, UsageError
from medassay.metrics import score
from medassay.metrics.rankings import auroc_of
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Measure, Sample, Target, Where

_GET = "Get CheXpert from https://stanfordmlgroup.github.io/competitions/chexpert/ (an agreement is needed)."
_GET_TEST = (
    "Get its labels from https://github.com/rajpurkarlab/cheXpert-test-set-labels, which says where the "
    "images are, or evaluate on the split validation."
)
_FOLDERS = ("", "CheXpert-v1.0", "CheXpert-v1.0-small", "CheXpert")
_VARIANTS = ("official", "medvlmbench")
_TABLES = {
    "test": ("test_labels.csv", "groundtruth.csv"),
    "validation": ("valid.csv",),
    "train": ("train.csv",),
}
_COMPETITION = ("Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion")
_FINDINGS = (
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
_NORMAL = "No Finding"
_DISEASED_OR_NORMAL = (
    Choice(label="diseased", texts=("a photo of diseased xray",)),
    Choice(label="normal", texts=("a photo of normal xray",)),
)


def load(
    where: Where,
    *,
    labels: Literal["findings", "competition"] = "findings",
    uncertain: Literal["ignore", "zeros", "ones"] = "ignore",
    blank: Literal["negative", "ignore"] = "negative",
    view: Literal["all", "frontal"] = "all",
) -> Iterator[Sample]:
    """Stream the images of a split.

    Args:
        where: folder, split and variant.
        labels: all 13 findings, or the five of the competition.
        uncertain: what -1 means: unknown (U-Ignore), absent (U-Zeros) or present (U-Ones).
        blank: what a finding that the report does not mention is: absent, or unknown.
        view: whether lateral views are shown, too.

    Raises:
        DataError: the folder or the labels are missing, or a label is none of 1, 0, -1 and blank.
        UsageError: no such split or variant, or options for the published variant, which has none.
    """
    root = root_of(where, "chexpert", _GET, BENCHMARK.splits)
    if detect(where) == "official":
        names = _COMPETITION if labels == "competition" else _FINDINGS
        yield from _official(root, where.split, names, uncertain, blank, view)
    elif (labels, uncertain, blank, view) != ("findings", "ignore", "negative", "all"):
        raise UsageError("chexpert@medvlmbench is as published: it takes no options")
    elif where.split == "validation":
        raise UsageError("chexpert@medvlmbench has no split 'validation': its test split is valid.csv")
    else:
        yield from _published(root, where.split)


def detect(where: Where) -> str:
    """The findings, unless the published variant is asked for.

    Raises:
        UsageError: no such variant.
    """
    return choose("chexpert", where, dict.fromkeys(_VARIANTS, True), {}, _GET)


def _official(
    root: Path, split: str, names: tuple[str, ...], uncertain: str, blank: str, view: str
) -> Iterator[Sample]:
    choices = findings(names)
    table = _table(root, split)
    for path, image, row in _images(root, table, names):
        if view == "all" or "frontal" in path.name:
            yield Sample(
                id="-".join(("chexpert", *path.with_suffix("").parts)),
                kind="multilabel",
                question="Which of these findings does this chest X-ray show?",
                target=_target(table, path, row, names, uncertain, blank),
                images=(image,),
                choices=choices,
                cluster=path.parts[1],
                tags=_tags(path, row),
            )


def _published(root: Path, split: str) -> Iterator[Sample]:
    """The label No Finding of all rows, -1 and blank as 0, in the words of MedVLMBench."""
    table = _table(root, "validation" if split == "test" else split)
    for path, image, row in _images(root, table, (_NORMAL,)):
        normal = _value(table, path, row, _NORMAL) == "1"
        yield Sample(
            id="-".join(("chexpert-medvlmbench", *path.with_suffix("").parts)),
            kind="label",
            question="Is this chest X-ray normal or diseased?",
            target=Target(texts=(_DISEASED_OR_NORMAL[normal].label,)),
            images=(image,),
            choices=_DISEASED_OR_NORMAL,
            cluster=path.parts[1],
            tags=_tags(path, row),
        )


def _table(root: Path, split: str) -> Path:
    names = _TABLES[split]
    for path in (root / folder / name for name in names for folder in _FOLDERS):
        if path.is_file():
            return path
    raise DataError(f"{root}: {' or '.join(names)} not found. {_GET_TEST if split == 'test' else _GET}")


def _images(
    root: Path, table: Path, labels: tuple[str, ...]
) -> Iterator[tuple[PurePosixPath, Image, Record]]:
    """Of every row its images: the path below the release, the handle, the row.

    A row per study stands for all files of its folder, or for the first view if none is there.
    """
    key = "Study" if table.name == "groundtruth.csv" else "Path"
    part = table.stem if table.stem in {"train", "valid"} else "test"
    base = next((root / folder for folder in _FOLDERS if (root / folder / part).is_dir()), table.parent)
    for row in read_csv(table, (key, *labels)):
        parts = PurePosixPath(row[key]).parts
        path = PurePosixPath(*parts[int(row[key].startswith("CheXpert")) :])
        if len(path.parts) < 3 or not path.parts[1].startswith("patient"):
            raise DataError(f"{table}: {row[key]!r} names no patient's image. {_GET}")
        names = [""] if key == "Path" else sorted(file.name for file in (base / path).glob("*.jpg"))
        for name in names or ["view1_frontal.jpg"]:
            yield path / name, Image(uri=str(base / path / name)), row


def _value(table: Path, path: PurePosixPath, row: Record, name: str) -> str:
    """One of 1, 0, -1 and nothing; train.csv writes 1.0, the test labels write 1."""
    value = str(row[name]).strip().removesuffix(".0")
    if value not in {"1", "0", "-1", ""}:
        raise DataError(f"{table}: {path} has {name} {row[name]!r}, which is none of 1, 0, -1 and blank.")
    return value


def _target(
    table: Path, path: PurePosixPath, row: Record, names: tuple[str, ...], uncertain: str, blank: str
) -> Target:
    values = {name: _value(table, path, row, name) for name in names}
    present = {"1", "-1"} if uncertain == "ones" else {"1"}
    unknown = {value for value, policy in (("-1", uncertain), ("", blank)) if policy == "ignore"}
    return Target(
        texts=tuple(name for name in names if values[name] in present),
        unknown=tuple(name for name in names if values[name] in unknown),
    )


def _tags(path: PurePosixPath, row: Record) -> Mapping[str, str]:
    return tags.present(
        sex=tags.sex(row.get("Sex", "")),
        age_group=tags.age_group(row.get("Age", "")),
        view=(row.get("AP/PA") or "frontal") if "frontal" in path.name else "lateral",
    )


BENCHMARK = Benchmark(
    name="chexpert",
    version=1,
    title="CheXpert",
    task="diagnosis, 13 labels",
    modality="chest radiograph",
    source="https://stanfordmlgroup.github.io/competitions/chexpert/",
    revision=None,
    licence="Stanford University research use agreement",
    access="registration",
    citation=(
        "Irvin J et al. CheXpert: a large chest radiograph dataset with uncertainty labels and expert "
        "comparison. AAAI (2019)."
    ),
    primary="auroc_multilabel",
    measures=(
        Measure(metric="auroc_multilabel", by=("view", "sex", "age_group")),
        *(Measure(metric=auroc_of(name)) for name in _COMPETITION),
        Measure(metric="average_precision_multilabel"),
        Measure(metric="accuracy", by=("view", "sex", "age_group")),
        Measure(metric="balanced_accuracy", where={"kind": "label"}),
        Measure(metric="macro_f1", where={"kind": "label"}),
        Measure(metric="auroc", where={"kind": "label"}),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("multilabel", "label"),
    counts={
        "official/test": 668,
        "official/validation": 234,
        "official/train": 223414,
        "medvlmbench/test": 234,
        "medvlmbench/train": 223414,
    },
    unverified=("counts:official/test",),
    splits=("test", "validation", "train"),
    variants=_VARIANTS,
    detect=detect,
    may_leave=False,
    notes=(
        "The agreement forbids passing the data on. test: 500 studies of the later release, decided by five "
        "radiologists, each image with the labels of its study; validation: valid.csv, decided by three; "
        "train: labels mined from reports. No Finding is not shown among the findings, for it is the absence "
        "of them; @medvlmbench asks for it alone, as published: on all of valid.csv, 1 (normal) is positive, "
        "-1 and blank are diseased, and its measure is auroc. uncertain and blank matter in train only."
    ),
)
