"""Kermany's chest radiographs of children, normal or with pneumonia, in folders (Kermany et al., 2018).

`chest_xray/{train,val,test}/{NORMAL,PNEUMONIA}/*.jpeg`. MedVLMBench calls this set "ChestXray14"; it has
nothing to do with NIH ChestX-ray14. `medvlmbench` are the same files with its prompts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.medmnist_table import PNEUMONIA
from medassay.benchmarks.shared.files import choose, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = "Get the chest X-rays from https://data.mendeley.com/datasets/rscbjbr9sj/2 and unpack them."
_FOLDERS = {"test": "test", "validation": "val", "train": "train"}
_CLASSES = ("NORMAL", "PNEUMONIA")
_ENDINGS = frozenset({".jpeg", ".jpg", ".png"})
_PATIENT = re.compile(r"person\d+_(?:bacteria|virus)|(?:NORMAL2-)?IM-\d+")
_PUBLISHED = ("a photo of chest xray with no finding", "a photo of  chest xray with pneumonia")
_LABELS = tuple(
    Label(name=label.name, sentences=label.sentences, published=published)
    for label, published in zip(PNEUMONIA.labels, _PUBLISHED, strict=True)
)


def load(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream a split, normal images first, by name.

    `prompts`: which sentences describe the classes to an encoder; `medvlmbench` always has the published.

    Raises:
        DataError: the folder or its images are missing.
        UsageError: no such split or variant.
    """
    variant = detect(where)
    options = choices(_LABELS, (), "published" if variant == "medvlmbench" else prompts)
    folder = _folder(root_of(where, "kermany-pneumonia", _GET, BENCHMARK.splits))
    for name, option in zip(_CLASSES, options, strict=True):
        for path in _images(folder / _FOLDERS[where.split] / name):
            yield Sample(
                id=f"kermany-pneumonia-{variant}-{where.split}-{path.stem}",
                kind="label",
                question=PNEUMONIA.question,
                target=Target(texts=(option.label,)),
                images=(Image(uri=str(path)),),
                choices=options,
                cluster=_patient(path.stem),
                tags=_cause(path.stem),
            )


def detect(where: Where) -> str:
    """The variant that is asked for, else `folders`.

    Raises:
        DataError: there are no images of both classes.
        UsageError: no such split or variant.
    """
    folder = _folder(root_of(where, "kermany-pneumonia", _GET, BENCHMARK.splits)) / _FOLDERS[where.split]
    there = all(_images(folder / name) for name in _CLASSES)
    wanted = f"images in {folder.name}/NORMAL and {folder.name}/PNEUMONIA"
    return choose(
        "kermany-pneumonia",
        where,
        dict.fromkeys(BENCHMARK.variants, there),
        dict.fromkeys(BENCHMARK.variants, wanted),
        _GET,
    )


def _folder(root: Path) -> Path:
    return root if (root / "train").is_dir() or (root / "test").is_dir() else root / "chest_xray"


def _images(folder: Path) -> list[Path]:
    """By name; without what macOS leaves in archives (`._person1_virus_6.jpeg`)."""
    return sorted(p for p in folder.glob("*") if p.suffix.lower() in _ENDINGS and not p.name.startswith("."))


def _patient(stem: str) -> str:
    """The child by the file's name, else the image itself."""
    match = _PATIENT.match(stem)
    return match[0] if match else stem


def _cause(stem: str) -> dict[str, str]:
    cause = re.search(r"bacteria|virus", stem)
    return {"cause": cause[0]} if cause else {}


BENCHMARK = Benchmark(
    name="kermany-pneumonia",
    version=1,
    title="Kermany chest radiographs",
    task="diagnosis, binary",
    modality="chest radiograph (children)",
    source="https://data.mendeley.com/datasets/rscbjbr9sj/2",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=PNEUMONIA.images,
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("cause",)),
        Measure(metric="balanced_accuracy"),
        Measure(metric="macro_f1"),
        Measure(metric="auroc"),
        *of_positive(_LABELS[1].name),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={"test": 624, "validation": 16, "train": 5216},
    unverified=("cluster", "overlap"),
    splits=("test", "validation", "train"),
    variants=("folders", "medvlmbench"),
    detect=detect,
    notes=(
        "The positive class is pneumonia. The child is read from the file's name (person1_virus, IM-0115, "
        "NORMAL2-IM-1427); nobody has confirmed that this is one child, nor that train and test share none. "
        "The validation part of 16 images is useless for selection. PneumoniaMNIST is made of the same "
        "images. The published numbers (MedVLMBench, there ChestXray-diagnosis) come from unnormalised "
        "pixels at 224 px whatever the model wants, and cannot be met by a model used as it is meant."
    ),
)
