"""PneumoniaMNIST: chest radiographs of children, pneumonia or normal (MedMNIST v2; Yang et al., 2023).

One .npz file per image size, `{train,val,test}_images` (N, size, size) uint8 and `*_labels` (N, 1): 0 is
normal, 1 is pneumonia. The size is the variant; it is read from the file, not from the file's name.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.benchmarks.files import choose, root_of
from medassay.errors import DataError
from medassay.images import uri
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Measure, Sample, Target, Where

_GET = "Get pneumoniamnist_224.npz (or another size) from https://zenodo.org/records/10519652."
_SIZES = ("224", "128", "64", "28")
_CHOICES = (
    Choice(
        label="normal",
        texts=(
            "a normal chest X-ray",
            "a chest radiograph of a healthy child",
            "a chest X-ray with clear lungs",
            "a chest X-ray without signs of pneumonia",
        ),
    ),
    Choice(
        label="pneumonia",
        texts=(
            "a chest X-ray with pneumonia",
            "a chest radiograph of a child with pneumonia",
            "a chest X-ray with consolidation of the lungs",
            "a chest X-ray with signs of lung infection",
        ),
    ),
)


def load(where: Where) -> Iterator[Sample]:
    """Stream a split at the size that is asked for, else at the largest that lies in the folder.

    Raises:
        DataError: there is no such file, or it is truncated or of another dataset.
        UsageError: no such split or size.
    """
    size, path, labels = _choose(where)
    for index, label in enumerate(labels):
        yield Sample(
            id=f"pneumoniamnist-{size}-{where.split}-{index}",
            kind="label",
            question="What does this chest X-ray of a child show?",
            target=Target(texts=(_CHOICES[label].label,)),
            images=(Image(uri=uri("npz", path, key=f"{where.split}_images", index=index)),),
            choices=_CHOICES,
        )


def detect(where: Where) -> str:
    """The size that is asked for, else the largest that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or size.
    """
    return _choose(where)[0]


def _choose(where: Where) -> tuple[str, Path, NDArray[Any]]:
    root = root_of(where, "pneumoniamnist", _GET, BENCHMARK.splits)
    found: dict[str, tuple[Path, NDArray[Any]]] = {}
    for path in sorted(root.glob("pneumoniamnist*.npz"), reverse=True):
        size, labels = _labels(path, where.split)
        found[size] = path, labels
    present = {size: size in found for size in _SIZES}
    wanted = {size: f"a pneumoniamnist*.npz of {size} x {size} pixels" for size in _SIZES}
    size = choose("pneumoniamnist", where, present, wanted, _GET)
    return size, *found[size]


def _labels(path: Path, split: str) -> tuple[str, NDArray[Any]]:
    """The size of the images, from the header alone (224-pixel files are large), and the labels."""
    try:
        with path.open("rb") as file:  # numpy leaves a damaged file open if it is given the path
            with np.load(file, allow_pickle=False) as arrays:
                labels = arrays[f"{split}_labels"].reshape(-1)
            with zipfile.ZipFile(file) as archive, archive.open(f"{split}_images.npy") as images:
                np.lib.format.read_magic(images)
                shape = np.lib.format.read_array_header_1_0(images)[0]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: not a whole MedMNIST .npz file ({error}). {_GET}") from error
    if len(shape) != 3 or shape[0] != len(labels) or not np.isin(labels, (0, 1)).all():
        raise DataError(f"{path}: {split} images {shape} and labels do not fit PneumoniaMNIST. {_GET}")
    return str(shape[1]), labels


BENCHMARK = Benchmark(
    name="pneumoniamnist",
    version=1,
    title="PneumoniaMNIST",
    task="diagnosis",
    modality="chest radiograph (children)",
    source="https://zenodo.org/records/10519652/files/pneumoniamnist_224.npz",
    revision="md5:d6a3c71de1b945ea11211b03746c1fe1",
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Yang J et al. MedMNIST v2: a large-scale lightweight benchmark for 2D and 3D biomedical image "
        "classification. Sci Data 10:41 (2023). Images: Kermany DS et al. Identifying medical diagnoses and "
        "treatable diseases by image-based deep learning. Cell 172:1122 (2018)."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy"),
        Measure(metric="balanced_accuracy"),
        Measure(metric="macro_f1"),
        Measure(metric="auroc"),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="unknown",
    verified="real file",
    kinds=("label",),
    counts={"train": 4708, "val": 524, "test": 624},
    splits=("test", "val", "train"),
    variants=_SIZES,
    detect=detect,
    notes=(
        "The positive class is pneumonia (label 1). The file has no patient ids although the source holds "
        "several images of one child, so the cluster is unknown and intervals are optimistic. The download "
        "is the 224-pixel file; other sizes are read from --data. Loading is verified on a 28-pixel file "
        "whose val and test are the official ones; the checksum of the download is MedMNIST's own."
    ),
)
