"""PAD-UFES-20: smartphone photographs of skin lesions from Brazil (Pacheco et al., 2020).

`metadata.csv` (patient_id, lesion_id, age, gender, fitspatrick as it is spelled there, region, diagnostic,
img_id with its ending, biopsed, ...) and the images in `imgs_part_1` to `imgs_part_3`. Without an official
split: cut by the hash of the patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import Record, images_spread, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, choices, named
from medassay.benchmarks.shared.measures import CLASSES
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Target, Where

_GET = "Get the dataset from https://data.mendeley.com/datasets/zr7vgbcyr2."
_FIELDS = (
    "patient_id",
    "lesion_id",
    "age",
    "gender",
    "fitspatrick",
    "region",
    "diagnostic",
    "img_id",
    "biopsed",
)
_FOLDERS = ("imgs_part_1", "imgs_part_2", "imgs_part_3", "images")
_LABELS: Mapping[str, Label] = MappingProxyType(
    dict(
        zip(
            ("BCC", "SCC", "MEL", "ACK", "SEK", "NEV"),
            named(
                "basal cell carcinoma|BCC",
                "squamous cell carcinoma|SCC|Bowen's disease",
                "melanoma|malignant melanoma",
                "actinic keratosis|solar keratosis",
                "seborrheic keratosis|benign keratosis",
                "nevus|melanocytic nevus|benign mole",
            ),
            strict=True,
        )
    )
)
_TEMPLATES = (
    "a clinical photograph of {}",
    "a smartphone photo of a skin lesion, {}",
    "a close-up photograph of skin with {}",
)


def load(where: Where) -> Iterator[Sample]:
    """Stream a split.

    Raises:
        DataError: the folder, its metadata or all images are missing, or the table is damaged.
        UsageError: no such split.
    """
    root = root_of(where, "pad-ufes-20", _GET, BENCHMARK.splits)
    path = root / "metadata.csv"
    if not path.is_file():
        raise DataError(f"{root}: no metadata.csv. {_GET}")
    image = images_spread(
        root, _FOLDERS, tuple(f"{name}.zip" for name in _FOLDERS), _GET, needed=where.pictures
    )
    options = choices(tuple(_LABELS.values()), _TEMPLATES)
    for row in read_csv(path, _FIELDS):
        if row["diagnostic"] not in _LABELS:
            raise DataError(
                f"{path}: {row['img_id']} has the diagnosis {row['diagnostic']!r}, not one of "
                f"{', '.join(_LABELS)}. {_GET}"
            )
        if part_of(row["patient_id"], salt="pad-ufes-20 1") == where.split:
            yield Sample(
                id=f"pad-ufes-20-{row['img_id'].removesuffix('.png')}",
                kind="label",
                question="Which skin lesion does this photograph show?",
                target=Target(texts=(_LABELS[row["diagnostic"]].name,)),
                images=(image(row["img_id"]),),
                choices=options,
                cluster=row["patient_id"],
                tags=_tags(row),
            )


def _tags(row: Record) -> dict[str, str]:
    return tags.present(
        sex=tags.sex(row["gender"]),
        age_group=tags.age_group(row["age"]),
        skin_type=_SKIN_TYPES.get(row["fitspatrick"].removesuffix(".0")),
        site=row["region"].lower(),
        biopsied={"true": "yes", "false": "no"}.get(row["biopsed"].lower()),
    )


_SKIN_TYPES = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI"}

BENCHMARK = Benchmark(
    name="pad-ufes-20",
    version=1,
    title="PAD-UFES-20",
    task="diagnosis, 6 classes",
    modality="clinical photography (skin)",
    source="https://data.mendeley.com/datasets/zr7vgbcyr2",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Pacheco AGC et al. PAD-UFES-20: a skin lesion dataset composed of patient data and clinical images "
        "collected from smartphones. Data in Brief (2020), doi:10.1016/j.dib.2020.106221."
    ),
    primary="balanced_accuracy",
    measures=(
        Measure(metric="balanced_accuracy", by=("sex", "age_group", "skin_type")),
        Measure(metric="accuracy", by=("sex", "age_group", "skin_type", "site", "biopsied")),
        Measure(metric="macro_f1"),
        Measure(metric="auroc", by=("sex", "age_group", "skin_type")),
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
    notes=(
        "2,298 images of 1,641 lesions of 1,373 patients in all; no split is official, so about 70, 10 and "
        "20 % of the patients are training, validation and test by the hash of the patient. All cancers "
        "(BCC, SCC, MEL) are proven by biopsy, of the others only some: see the tag biopsied. Bowen's "
        "disease counts as SCC. Skin types are Fitzpatrick's; some patients have none."
    ),
)
