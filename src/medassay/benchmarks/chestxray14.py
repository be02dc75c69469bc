"""NIH ChestX-ray14: 14 findings mined from the reports of 30,805 patients (Wang et al., 2017).

`Data_Entry_2017_v2020.csv` (or the first `Data_Entry_2017.csv`, packed as .gz or not) has one row per
image, `BBox_List_2017.csv` one per box. Names of columns hold commas (`OriginalImage[Width,Height]`), so a
CSV reader sees columns that no column is called. Images lie in `images_001/images` ... `images_012/images`
or in `images`. `test_list.txt` and `train_val_list.txt` are the official split.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.chest_findings import findings
from medassay.benchmarks.shared.files import choose, read_csv, root_of
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Box, Image, Measure, Sample, Target, Where

_GET = "Get the files from https://nihcc.app.box.com/v/ChestXray-NIHCC."
_LISTS = {"test": "test_list.txt", "train": "train_val_list.txt"}
_VARIANTS = ("official", "grouped")
_SHARES = {"train": 0.8, "test": 0.2}
_NONE = "No Finding"
_CHOICES = findings(
    (
        "Atelectasis",
        "Cardiomegaly",
        "Consolidation",
        "Edema",
        "Effusion",
        "Emphysema",
        "Fibrosis",
        "Hernia",
        "Infiltration",
        "Mass",
        "Nodule",
        "Pleural Thickening",
        "Pneumonia",
        "Pneumothorax",
    )
)
_NAMES = frozenset(choice.label for choice in _CHOICES)
_OTHER_NAMES = {"Pleural_Thickening": "Pleural Thickening", "Infiltrate": "Infiltration"}
_COLUMNS = ("Image Index", "Finding Labels", "Patient ID", "Patient Age", "Patient Gender", "View Position")


def load(where: Where) -> Iterator[Sample]:
    """Stream the images of a split with the findings that are present; "No Finding" is none of them.

    Raises:
        DataError: the folder, the labels, the list of the split or all images are missing, or a label is
            not one of the 14.
        UsageError: no such split or variant.
    """
    root = root_of(where, "chestxray14", _GET, BENCHMARK.splits)
    held = _held(root, where)
    table = _table(root, "Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv")
    image = _images(root, pictures=where.pictures)
    for row in read_csv(table, _COLUMNS):
        name, patient = row["Image Index"], row["Patient ID"]
        if held(name, patient):
            labels = [label for label in row["Finding Labels"].split("|") if label != _NONE]
            yield Sample(
                id=f"chestxray14-{name.removesuffix('.png')}",
                kind="multilabel",
                question="Which of these findings does this chest X-ray show?",
                target=Target(texts=tuple(_finding(table, name, label) for label in labels)),
                images=(image(name),),
                choices=_CHOICES,
                cluster=patient,
                tags=tags.present(
                    sex=tags.sex(row["Patient Gender"]),
                    age_group=tags.age_group(row["Patient Age"]),
                    view=row["View Position"],
                ),
            )


def detect(where: Where) -> str:
    """The official split unless the other is asked for: one never stands in for the other.

    Raises:
        UsageError: no such variant.
    """
    return choose("chestxray14", where, dict.fromkeys(_VARIANTS, True), {}, _GET)


def load_boxes(where: Where) -> Iterator[Sample]:
    """Stream the boxes that radiologists drew, one sample per image and finding.

    Raises:
        DataError: the folder, the boxes or all images are missing, or a row is no box of a known finding.
        UsageError: no such split.
    """
    root = root_of(where, "chestxray14-boxes", _GET, BOXES.splits)
    table = _table(root, "BBox_List_2017.csv")
    image = _images(root, pictures=where.pictures)
    for row in read_csv(table, ("Image Index", "Finding Label", "Bbox [x", "y", "w", "h]")):
        name = row["Image Index"]
        finding = _finding(table, name, row["Finding Label"])
        try:
            x, y, width, height = (float(row[column]) for column in ("Bbox [x", "y", "w", "h]"))
        except ValueError as error:
            raise DataError(f"{table}: the box of {name} is not four numbers ({error}). {_GET}") from error
        yield Sample(
            id=f"chestxray14-boxes-{name.removesuffix('.png')}-{finding.lower()}",
            kind="box",
            question=f"Where does this chest X-ray of 1024 x 1024 pixels show this finding: {finding}?",
            target=Target(boxes=(Box(x0=x, y0=y, x1=x + width, y1=y + height, label=finding),)),
            images=(image(name),),
            cluster=str(int(name[:8])),
            tags={"finding": finding},
        )


def _held(root: Path, where: Where) -> Callable[[str, str], bool]:
    """Whether an image (its name, its patient) belongs to the split."""
    if detect(where) == "grouped":
        return lambda _, patient: part_of(patient, salt="chestxray14 1", shares=_SHARES) == where.split
    try:
        names = frozenset((root / _LISTS[where.split]).read_text("utf-8").split())
    except OSError as error:
        raise DataError(
            f"{root / _LISTS[where.split]}: the official split needs this list ({error.strerror}). {_GET} "
            "Or ask for chestxray14@grouped, another cut by patient."
        ) from error
    return lambda name, _: name in names


def _table(root: Path, *names: str) -> Path:
    for name in names:
        for path in (root / name, root / f"{name}.gz"):
            if path.is_file():
                return path
    raise DataError(f"{root}: {' or '.join(names)} not found. {_GET}")


def _images(root: Path, *, pictures: bool) -> Callable[[str], Image]:
    folders = [*sorted(root.glob("images_*/images")), root / "images"]
    places = {entry.name: folder for folder in folders if folder.is_dir() for entry in os.scandir(folder)}
    if not places and pictures:
        raise DataError(f"{root}: no images in images_001/images ... images_012/images or images/. {_GET}")
    return lambda name: Image(uri=str(places.get(name, root / "images") / name))


def _finding(table: Path, name: str, label: str) -> str:
    finding = _OTHER_NAMES.get(label, label)
    if finding not in _NAMES:
        raise DataError(f"{table}: {name} has the label {label!r}, none of the 14 findings. {_GET}")
    return finding


BENCHMARK = Benchmark(
    name="chestxray14",
    version=1,
    title="NIH ChestX-ray14",
    task="diagnosis, 14 labels",
    modality="chest radiograph",
    source="https://nihcc.app.box.com/v/ChestXray-NIHCC",
    revision=None,
    licence="free use with attribution to the NIH Clinical Center",
    access="open",
    citation=(
        "Wang X et al. ChestX-ray8: hospital-scale chest X-ray database and benchmarks on weakly-supervised "
        "classification and localization of common thorax diseases. CVPR (2017)."
    ),
    primary="auroc_multilabel",
    measures=(
        Measure(metric="auroc_multilabel", by=("view", "sex", "age_group")),
        Measure(metric="accuracy", by=("view", "sex", "age_group")),
        Measure(metric="average_precision_multilabel"),
        Measure(metric="macro_f1_multilabel"),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="real file",
    kinds=("multilabel",),
    counts={
        "official/test": 25596,
        "official/train": 86524,
        "grouped/test": 21807,
        "grouped/train": 90313,
    },
    unverified=("counts:official/test", "counts:official/train"),
    splits=("test", "train"),
    variants=_VARIANTS,
    absent={"medvlmbench": "its ChestXray is another dataset: kermany-pneumonia, of Kermany et al."},
    detect=detect,
    notes=(
        "Rules mined the labels from reports: they are wrong more often than a reader. No Finding is "
        "the empty set, not a fifteenth label. The official split is by patient and needs its two lists; "
        "@grouped is another cut by patient (20 % test) for a folder without them. Labels, patients and "
        "@grouped are verified on the whole label file of 2020, the official lists on their description only."
    ),
)
BOXES = replace(
    BENCHMARK,
    name="chestxray14-boxes",
    title="NIH ChestX-ray14, boxes",
    task="localisation",
    primary="box_iou",
    measures=(Measure(metric="box_iou", by=("finding",)), Measure(metric="box_accuracy_at_0.5")),
    load=load_boxes,
    kinds=("box",),
    counts={"test": 984},
    unverified=(),
    splits=("test",),
    variants=(),
    absent={},
    detect=None,
    notes=(
        "984 boxes of 8 findings on 880 images of 726 patients, in pixels of the original images of 1024 x "
        "1024: on images of another size the numbers mean other places. The file's Infiltrate is the label "
        "file's Infiltration. Boxes are verified on the whole file, images on two that were downscaled."
    ),
)
