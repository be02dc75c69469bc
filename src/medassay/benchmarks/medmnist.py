"""MedMNIST 2D: twelve small image sets in one format (MedMNIST v2; Yang et al., 2023).

One .npz file per set and image size, `{train,val,test}_images` (N, size, size) or (N, size, size, 3) uint8
and `*_labels` (N, 1), for chestmnist (N, 14). The size is the variant; it is read from the file, not from
the file's name. `medvlmbench` is the 224-pixel file with the published single prompts. What differs between
the sets stands in `medmnist_table`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from medassay.benchmarks import medmnist_table as table
from medassay.benchmarks.medmnist_set import Set
from medassay.benchmarks.shared.files import choose, root_of
from medassay.benchmarks.shared.labels import Prompts, choices
from medassay.benchmarks.shared.measures import CLASSES, of_positive
from medassay.errors import DataError
from medassay.files.arrays import read_arrays, read_shape
from medassay.images import uri
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Loader, Measure, Sample, Target, Where

_SIZES = ("224", "128", "64", "28")
_SPLITS = ("test", "val", "train")


def _variants(held: Set) -> tuple[str, ...]:
    return (*_SIZES, "medvlmbench") if held.published else _SIZES


def _get(held: Set) -> str:
    return f"Get {held.name}_224.npz (or another size) from https://zenodo.org/records/10519652."


def _loader(held: Set) -> Loader:
    """The `load` of a set; only one with published prompts can be asked for them."""

    def load(where: Where) -> Iterator[Sample]:
        """Stream a split at the size that is asked for, else at the largest that lies in the folder.

        Raises:
            DataError: there is no such file, or it is truncated or of another dataset.
            UsageError: no such split or size.
        """
        return _samples(held, where, "ensemble")

    def load_either(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
        """As `load`; `prompts` says which sentences describe the classes to an encoder."""
        return _samples(held, where, prompts)

    return load_either if held.published else load


def _samples(held: Set, where: Where, prompts: Prompts) -> Iterator[Sample]:
    variant, path, labels = _choose(held, where)
    options = choices(held.labels, held.templates, "published" if variant == "medvlmbench" else prompts)
    for index, row in enumerate(labels):
        yield Sample(
            id=f"{held.name}-{variant}-{where.split}-{index}",
            kind="multilabel" if held.multilabel else "label",
            question=held.question,
            target=Target(texts=held.texts(row)),
            images=(Image(uri=uri("npz", path, key=f"{where.split}_images", index=index)),),
            choices=options,
        )


def _choose(held: Set, where: Where) -> tuple[str, Path, NDArray[Any]]:
    """The variant that is asked for, else the largest size there, with its file and its labels.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or size.
    """
    root = root_of(where, held.name, _get(held), _SPLITS)
    found: dict[str, tuple[Path, NDArray[Any]]] = {}
    for path in sorted(root.glob(f"{held.name}*.npz"), reverse=True):
        size, labels = _labels(held, path, where.split)
        found[size] = path, labels
    if "224" in found:
        found["medvlmbench"] = found["224"]
    variants = _variants(held)
    wanted = {v: f"a {held.name}*.npz of {_pixels(v)} x {_pixels(v)} pixels" for v in variants}
    variant = choose(held.name, where, {v: v in found for v in variants}, wanted, _get(held))
    return variant, *found[variant]


def _pixels(variant: str) -> str:
    return "224" if variant == "medvlmbench" else variant


def _labels(held: Set, path: Path, split: str) -> tuple[str, NDArray[Any]]:
    """The size of the images, from the header alone (224-pixel files are large), and the labels (N, k)."""
    try:
        labels = read_arrays(path, (f"{split}_labels",))[f"{split}_labels"]
        shape = read_shape(path, f"{split}_images")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: not a whole MedMNIST .npz file ({error}). {_get(held)}") from error
    colours = (3,) if held.colour else ()
    if len(shape) < 3 or shape != (len(labels), shape[1], shape[1], *colours) or not held.fits(labels):
        raise DataError(f"{path}: {split} images {shape} and labels do not fit {held.title}. {_get(held)}")
    return str(shape[1]), labels


def _card(held: Set) -> Benchmark:
    measures = _measures(held)
    return Benchmark(
        name=held.name,
        version=1,
        title=held.title,
        task=held.task,
        modality=held.modality,
        source=f"https://zenodo.org/records/10519652/files/{held.name}_224.npz",
        revision=f"md5:{held.md5_224}",
        licence=held.licence,
        access="open",
        citation=(
            "Yang J et al. MedMNIST v2: a large-scale lightweight benchmark for 2D and 3D biomedical image "
            f"classification. Sci Data 10:41 (2023). Images: {held.images}"
        ),
        primary=measures[0],
        measures=(*(Measure(metric=name) for name in measures), *_beside(held)),
        load=_loader(held),
        prompt=plain,
        scorer=score,
        cluster="unknown",
        verified="real file" if held.read else "reference only",
        kinds=("multilabel",) if held.multilabel else ("label",),
        counts=dict(zip(("train", "val", "test"), held.counts, strict=True)),
        splits=_SPLITS,
        variants=_variants(held),
        detect=lambda where: _choose(held, where)[0],
        overlap=dict.fromkeys(_variants(held)) if held.cut_by_image else {},
        notes=" ".join(filter(None, (held.notes, _CUT_BY_IMAGE if held.cut_by_image else "", _NOTES))),
    )


def _beside(held: Set) -> tuple[Measure, ...]:
    if held.multilabel:
        return (Measure(metric="average_precision_multilabel"), Measure(metric="macro_f1_multilabel"))
    return of_positive(held.labels[1].name) if len(held.labels) == 2 else CLASSES


def _measures(held: Set) -> tuple[str, ...]:
    if held.multilabel:
        return ("auroc_multilabel", "accuracy")
    grades = ("quadratic_kappa",) if held.ordered else ()
    return ("accuracy", *grades, "balanced_accuracy", "macro_f1", "auroc")


_NOTES = (
    "The file has no patient ids although several images may come from one patient, so the cluster is "
    "unknown and intervals are optimistic. The download is the 224-pixel file; its checksum and the counts "
    "are MedMNIST's own (medmnist 3.0.2). Other sizes are read from --data."
)
_CUT_BY_IMAGE = (
    "MedMNIST cut the source 7:1:2 by image, so images of one patient, lesion or specimen may stand in train "
    "and test; the file does not say how many."
)

PATHMNIST = _card(table.PATH)
CHESTMNIST = _card(table.CHEST)
DERMAMNIST = _card(table.DERMA)
OCTMNIST = _card(table.OCT)
PNEUMONIAMNIST = _card(table.PNEUMONIA)
RETINAMNIST = _card(table.RETINA)
BREASTMNIST = _card(table.BREAST)
BLOODMNIST = _card(table.BLOOD)
TISSUEMNIST = _card(table.TISSUE)
ORGANAMNIST = _card(table.ORGAN_AXIAL)
ORGANCMNIST = _card(table.ORGAN_CORONAL)
ORGANSMNIST = _card(table.ORGAN_SAGITTAL)
