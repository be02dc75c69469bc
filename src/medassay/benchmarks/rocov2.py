"""ROCOv2: radiology images from open-access articles with their captions (Rückert et al., 2024).

`files`: `{train,valid,test}_captions.csv` (ID, Caption) and a folder of `ID.jpg` per split, with
`*_concepts.csv` (ID, CUIs) beside them where it is there; `hub`: Parquet with image, image_id, caption, cui.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared.files import (
    choose,
    image_folder,
    parquet_files,
    parquet_image,
    read_csv,
    read_parquet,
    root_of,
)
from medassay.benchmarks.shared.reports import ask
from medassay.metrics import score
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = "Get the dataset from https://zenodo.org/records/10821435 or https://huggingface.co/datasets/eltorio/ROCOv2-radiology."
_WANTED = {"files": "*_captions.csv", "hub": "*.parquet"}
_IN_FILES = {"train": "train", "validation": "valid", "test": "test"}
_MODALITIES = {  # UMLS concepts, as the dataset annotates modality
    "C0040405": "CT",
    "C1306645": "X-ray",
    "C0024485": "MRI",
    "C0041618": "ultrasound",
    "C0002978": "angiography",
    "C0032743": "PET",
}


def load(where: Where, *, only_present: bool = False) -> Iterator[Sample]:
    """Stream a split of the variant that is asked for, else of the first that lies in the folder.

    A caption whose image is not in the folder is a failed row, for the split without it is another
    benchmark. `only_present` leaves such rows out, says how many, and as an option is part of the protocol.

    Raises:
        DataError: the folder, the captions or all images are missing, or a file is damaged.
        UsageError: no such split or variant.
    """
    root = root_of(where, "rocov2", _GET, BENCHMARK.splits)
    if detect(where) == "hub":
        yield from _hub(root, where.split)
    else:
        yield from _files(root, where, only_present and where.pictures)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or variant.
    """
    root = root_of(where, "rocov2", _GET, BENCHMARK.splits)
    present = {
        "files": bool(_tables(root, where.split, "captions")),
        "hub": bool(parquet_files(root, where.split)),
    }
    return choose("rocov2", where, present, _WANTED, _GET)


def _files(root: Path, where: Where, only_present: bool) -> Iterator[Sample]:
    split = where.split
    name = _IN_FILES[split]
    folder = image_folder(
        root, (name, f"{name}_images/{name}", f"{name}_images", "images"), _GET, needed=where.pictures
    )
    captions = _tables(root, split, "captions")[0]
    modalities = {
        row["ID"]: _modality(row["CUIs"].split(";"))
        for path in _tables(root, split, "concepts")
        for row in read_csv(path, ("ID", "CUIs"))
    }
    left_out = 0
    for row in read_csv(captions, ("ID", "Caption")):
        path = folder / f"{row['ID']}.jpg"
        if only_present and not path.is_file():
            left_out += 1
            continue
        yield _sample("files", row["ID"], row["Caption"], Image(uri=str(path)), modalities.get(row["ID"], {}))
    if left_out:
        logging.getLogger(__name__).warning(
            "rocov2: %d captions of %s are left out, their images are not in %s", left_out, captions, folder
        )


def _hub(root: Path, split: str) -> Iterator[Sample]:
    for path in parquet_files(root, split):
        for row, record in enumerate(read_parquet(path, ("image", "image_id", "caption", "cui"))):
            image = parquet_image(path, row, record)
            yield _sample("hub", record["image_id"], record["caption"], image, _modality(record["cui"]))


def _sample(variant: str, name: str, caption: str, image: Image, tags: Mapping[str, str]) -> Sample:
    return Sample(
        id=f"rocov2-{variant}-{name}",
        kind="report",
        question="Write the caption of this radiology image, as under a figure of a medical article.",
        target=Target(texts=(caption.strip(),)),
        images=(image,),
        tags=tags,
    )


def _tables(root: Path, split: str, what: str) -> list[Path]:
    return sorted(root.glob(f"*{_IN_FILES[split]}_{what}.csv"))


def _modality(concepts: Iterable[str]) -> dict[str, str]:
    """Images that mix modalities (PET/CT) carry both names."""
    names = sorted({_MODALITIES[c] for c in concepts if c in _MODALITIES})
    return {"modality": "+".join(names)} if names else {}


BENCHMARK = Benchmark(
    name="rocov2",
    version=1,
    title="ROCOv2",
    task="captioning",
    modality="radiology (CT, X-ray, MRI, ultrasound, angiography, PET)",
    source="hf://eltorio/ROCOv2-radiology/*{split}-*.parquet",
    revision=None,
    licence="CC-BY-NC-SA-4.0",
    access="open",
    citation=(
        "Rückert J et al. ROCOv2: Radiology Objects in COntext version 2, an updated multimodal image "
        "dataset. Sci Data 11:688 (2024)."
    ),
    primary="rouge_l",
    measures=(
        Measure(metric="rouge_l", by=("modality",)),
        Measure(metric="bleu_1", by=("modality",)),
        Measure(metric="bleu_4"),
    ),
    load=load,
    prompt=ask,
    scorer=score,
    cluster="unknown",
    verified="real file",
    kinds=("report",),
    counts={"files/test": 9927, "files/validation": 9904, "files/train": 59958},
    splits=("test", "validation", "train"),
    variants=("files", "hub"),
    detect=detect,
    notes=(
        "Not for commercial use; each image also has the licence of its article. Several images may come "
        "from one article, which these files do not name, so the cluster is unknown and intervals are "
        "optimistic. Verified on a sample of the files (100 captions, 24 images); the hub variant on its "
        "description only."
    ),
)
