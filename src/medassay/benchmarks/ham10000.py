"""HAM10000: dermoscopic images of pigmented skin lesions (Tschandl et al., 2018).

`HAM10000_metadata` (a CSV file: lesion_id, image_id, dx, dx_type, age, sex, localization, dataset) with
10,015 images in two parts; the test set of the ISIC 2018 challenge, task 3, has the same columns in
`ISIC2018_Task3_Test_GroundTruth.csv`. A lesion has up to several images, so a cut is by lesion:

- `official`: train is the whole of HAM10000, test is the challenge's;
- `grouped`: HAM10000 alone, cut by lesion;
- `malignant`: as `grouped`, but two classes: malignant (mel, bcc, akiec) or benign.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared import dermoscopy, tags
from medassay.benchmarks.shared.files import Record, choose, images_spread, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import CLASSES
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Target, Where

_GET = "Get the dataset from https://doi.org/10.7910/DVN/DBW86T."
_METADATA = ("HAM10000_metadata", "HAM10000_metadata.csv")
_TEST = "ISIC2018_Task3_Test_GroundTruth.csv"
_WANTED = {"official": _TEST, "grouped": _METADATA[0], "malignant": _METADATA[0]}
_FIELDS = ("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization")
_FOLDERS = (
    "HAM10000_images_part_1",
    "HAM10000_images_part_2",
    "HAM10000_images",
    "ISIC2018_Task3_Training_Input",
    "ISIC2018_Task3_Test_Images",
    "ISIC2018_Task3_Test_Input",
    "images",
)
_ARCHIVES = (
    "HAM10000_images_part1.zip",
    "HAM10000_images_part2.zip",
    *(f"{folder}.zip" for folder in _FOLDERS),
)
_CLASSES = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
_MALIGNANT = frozenset({"MEL", "BCC", "AKIEC"})
_QUESTION = "Is the skin lesion on this dermoscopic image benign or malignant?"
_BINARY = (
    Label(name="benign", synonyms=("non-cancerous",), published="a photo of a benign lesion"),
    Label(name="malignant", synonyms=("cancerous",), published="a photo of a malignant lesion"),
)
_BINARY_TEMPLATES = (
    "a dermoscopic image of a {} skin lesion",
    "a dermatoscopy photo of a {} lesion",
    "a close-up of a {} pigmented lesion",
)

_GROUPED = {"train": 7054, "validation": 993, "test": 1968}


def load(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream a split of the variant that is asked for, else of `official`, else of `grouped`.

    `prompts`: which sentences describe the classes to an encoder; published ones (FairMedFM) exist for
    `malignant` only.

    Raises:
        DataError: the folder, the metadata or all images are missing, a file is damaged, or it is one of
            the altered copies that are about (names with .jpg, rows twice, classes added).
        UsageError: no such split or variant, or no published prompts.
    """
    root = root_of(where, "ham10000", _GET, BENCHMARK.splits)
    variant = detect(where)
    path = root / _TEST if (variant, where.split) == ("official", "test") else _metadata(root)
    image = images_spread(root, _FOLDERS, _ARCHIVES, _GET, needed=where.pictures)
    if variant == "malignant":
        options = choices(_BINARY, _BINARY_TEMPLATES, prompts)
    else:
        options = choices([dermoscopy.LABELS[c] for c in _CLASSES], dermoscopy.TEMPLATES, prompts)
    for name, row in _rows(path):
        if variant != "official" and part_of(row["lesion_id"], salt="ham10000 1") != where.split:
            continue
        code = row["dx"].upper()
        known = int(code in _MALIGNANT) if variant == "malignant" else _CLASSES.index(code)
        yield Sample(
            id=f"ham10000-{variant}-{name}",
            kind="label",
            question=_QUESTION if variant == "malignant" else dermoscopy.QUESTION,
            target=Target(texts=(options[known].label,)),
            images=(image(f"{name}.jpg"),),
            choices=options,
            cluster=row["lesion_id"],
            tags=_tags(row),
        )


def detect(where: Where) -> str:
    """The variant that is asked for, else `official` where the challenge's test set is there, else `grouped`.

    Raises:
        DataError: its files are not there.
        UsageError: no such split or variant.
    """
    root = root_of(where, "ham10000", _GET, BENCHMARK.splits)
    there = any((root / name).is_file() for name in _METADATA)
    present = {"official": (root / _TEST).is_file(), "grouped": there, "malignant": there}
    variant = choose("ham10000", where, present, _WANTED, _GET)
    if (variant, where.split) == ("official", "validation"):
        raise DataError(f"{root}: ham10000@official has no validation part; take ham10000@grouped.")
    return variant


def _metadata(root: Path) -> Path:
    for path in (root / name for name in _METADATA):
        if path.is_file():
            return path
    raise DataError(f"{root}: {' or '.join(_METADATA)} not found. {_GET}")


def _rows(path: Path) -> Iterator[tuple[str, Record]]:
    """The images' names and rows; copies that are not the original raise a DataError."""
    seen = set[str]()
    for row in read_csv(path, _FIELDS):
        name = row["image_id"]
        faults = {
            "has the class {dx!r}, which is not the dataset's": row["dx"].upper() not in _CLASSES,
            "has an ending that the original has not": "." in name,
            "occurs twice": name in seen,
        }
        for fault, there in faults.items():
            if there:
                raise DataError(f"{path}: {name} {fault.format(**row)}: an altered copy. {_GET}")
        seen.add(name)
        yield name, row


def _tags(row: Record) -> dict[str, str]:
    site = row["localization"]
    return tags.present(
        sex=tags.sex(row["sex"]),
        age_group=tags.age_group(row["age"]),
        site="" if site == "unknown" else site,
        dx_type=row["dx_type"],
        source=row.get("dataset"),
    )


BENCHMARK = Benchmark(
    name="ham10000",
    version=1,
    title="HAM10000",
    task="diagnosis, 7 classes",
    modality="dermoscopy",
    source="https://doi.org/10.7910/DVN/DBW86T",
    revision=None,
    licence="CC-BY-NC-4.0",
    access="open",
    citation=(
        "Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset, a large collection of multi-source "
        "dermatoscopic images of common pigmented skin lesions. Sci Data 5:180161 (2018)."
    ),
    primary="balanced_accuracy",
    measures=(
        Measure(metric="balanced_accuracy", by=("sex", "age_group")),
        Measure(metric="accuracy", by=("sex", "age_group", "site", "dx_type")),
        Measure(metric="macro_f1"),
        Measure(metric="auroc", by=("sex", "age_group")),
        *CLASSES,
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="lesion",
    verified="real file",
    kinds=("label",),
    counts={
        "official/test": 1512,
        "official/train": 10015,
        **{f"{v}/{s}": n for v in ("grouped", "malignant") for s, n in _GROUPED.items()},
    },
    unverified=tuple(f"counts:{v}/{s}" for v in ("grouped", "malignant") for s in _GROUPED),
    splits=("test", "validation", "train"),
    variants=("official", "grouped", "malignant"),
    absent={
        "medvlmbench": (
            "its files of 8,137 and 1,811 images are not distributed; they cut by image, with lesions on "
            "both sides, and count bcc, a carcinoma, as benign: `malignant` is the corrected form"
        )
    },
    detect=detect,
    notes=(
        "Not for commercial use. Classes are unbalanced (two thirds are nevi): the first measure is balanced "
        "accuracy. `malignant`: the positive class is malignant, which is mel, bcc and akiec (akiec holds "
        "precursors and carcinoma in situ). No split is official but the challenge's test; `grouped` and "
        "`malignant` are cut by the hash of the lesion, and their counts were taken from a copy from which "
        "109 added rows were left out. Verified on the challenge's test table: 1,512 rows of 1,223 lesions, "
        "of which one (ISIC_0035068) has a diagnosis and nothing else; other sources count 1,511."
    ),
)
