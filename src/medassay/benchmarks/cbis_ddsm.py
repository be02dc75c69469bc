"""CBIS-DDSM: scanned film mammograms with biopsied or followed-up abnormalities (Lee et al., 2017).

`{mass,calc}_case_description_{train,test}_set.csv` have one row per abnormality: several may lie in one
mammogram, and one breast may stand in the tables of masses and of calcifications. The official split parts
each kind by patient, not both together: 31 patients are in the training part of one and the test part of
the other. The full mammogram of a row is the one DICOM file in the folder that its path begins with
(`Mass-Test_P_00016_LEFT_CC`); what lies below it is named anew by every download, never as in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import choose, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = (
    "Get the tables and the full mammograms from https://www.cancerimagingarchive.net/collection/cbis-ddsm/."
)
_VARIANTS = ("disjoint", "official")
_SPLITS = ("test", "train")
_KINDS = ("mass", "calc")
_MALIGNANT = {"MALIGNANT": True, "BENIGN": False, "BENIGN_WITHOUT_CALLBACK": False}
_CHOICES = choices(
    (
        Label(name="benign", synonyms=("non-cancerous",)),
        Label(name="malignant", synonyms=("cancerous",)),
    ),
    ("a mammogram with a {} finding", "mammography of a {} lesion", "breast X-ray: {} abnormality"),
)
_FIELDS = (
    "patient_id",
    "left or right breast",
    "image view",
    "abnormality type",
    "pathology",
    "subtlety",
    "image file path",
)


@dataclass(frozen=True, slots=True)
class _Abnormality:
    """One row of a table. `breast` is what its mammogram shows: patient, side and view."""

    split: str
    case: Path  # the folder of the full mammogram
    path: Path  # where the table says that it lies
    breast: tuple[str, str, str]
    kind: str
    density: str
    malignant: bool
    subtlety: int


def load(where: Where) -> Iterator[Sample]:
    """Stream the mammograms of a split; one is malignant if any abnormality in it is.

    `disjoint`: one sample per breast and view, judged by both tables, and no patient of the test part in
    the training part. `official`: one per mammogram of a table, judged by that table alone.

    Raises:
        DataError: the folder or one of the four tables is missing, or a row is not as described.
        UsageError: no such split or variant.
    """
    root = root_of(where, "cbis-ddsm", _GET, BENCHMARK.splits)
    official = detect(where) == "official"
    rows = [row for kind in _KINDS for split in _SPLITS for row in _rows(root, kind, split)]
    tested = {row.breast[0] for row in rows if row.split == "test" and not official}
    for name, group in _groups(rows, official).items():
        split = "test" if "test" in {row.split for row in group} else "train"
        if split != where.split or (split == "train" and group[0].breast[0] in tested):
            continue
        malignant = any(row.malignant for row in group)
        patient, side, view = group[0].breast
        yield Sample(
            id=f"cbis-ddsm-{name}",
            kind="label",
            question="Does this mammogram show benign findings only, or a malignant one?",
            target=Target(texts=(_CHOICES[malignant].label,)),
            images=(_mammogram(group[0]),),
            choices=_CHOICES,
            cluster=patient,
            tags=tags.present(
                abnormality="+".join(sorted({row.kind for row in group})),
                laterality=side.lower(),
                view=view,
                breast_density=group[0].density,
                subtlety=max(row.subtlety for row in group) or "",
            ),
        )


def detect(where: Where) -> str:
    """The variant that is asked for, else disjoint.

    Raises:
        UsageError: no such variant.
    """
    return choose("cbis-ddsm", where, dict.fromkeys(_VARIANTS, True), {}, _GET)


def _rows(root: Path, kind: str, split: str) -> Iterator[_Abnormality]:
    table = root / f"{kind}_case_description_{split}_set.csv"
    if not table.is_file():
        raise DataError(f"{table}: no such file; all four tables are needed. {_GET}")
    folder = root / "CBIS-DDSM" if (root / "CBIS-DDSM").is_dir() else root
    for row in read_csv(table, _FIELDS):
        cell = {name: str(value).strip() for name, value in row.items()}
        path = cell["image file path"]
        if cell["pathology"] not in _MALIGNANT or not re.fullmatch(r"\d", cell["subtlety"]):
            raise DataError(
                f"{table}: {path}: pathology {cell['pathology']!r}, subtlety {cell['subtlety']!r}. {_GET}"
            )
        density = cell.get("breast_density") or cell.get("breast density") or ""  # masses, calcifications
        yield _Abnormality(
            split=split,
            case=folder / path.partition("/")[0],
            path=folder / path,
            breast=(cell["patient_id"], cell["left or right breast"], cell["image view"]),
            kind=cell["abnormality type"],
            density=density if density in {"1", "2", "3", "4"} else "",
            malignant=_MALIGNANT[cell["pathology"]],
            subtlety=int(cell["subtlety"]),
        )


def _groups(rows: Iterable[_Abnormality], official: bool) -> Mapping[str, list[_Abnormality]]:
    """The abnormalities of every sample, by the end of its id."""
    groups: dict[str, list[_Abnormality]] = {}
    for row in rows:
        name = f"official-{row.case.name}" if official else "-".join(row.breast)
        groups.setdefault(name, []).append(row)
    return groups


def _mammogram(row: _Abnormality) -> Image:
    """The one DICOM file of its case; the path of the table where there is none."""
    return Image(uri=str(min(row.case.rglob("*.dcm"), default=row.path)))


BENCHMARK = Benchmark(
    name="cbis-ddsm",
    version=1,
    title="CBIS-DDSM",
    task="diagnosis, binary",
    modality="mammography (scanned film)",
    source="https://www.cancerimagingarchive.net/collection/cbis-ddsm/",
    revision=None,
    licence="CC-BY-3.0",
    access="open",
    citation=(
        "Lee RS et al. A curated mammography data set for use in computer-aided detection and diagnosis "
        "research. Sci Data 4:170177 (2017)."
    ),
    primary="auroc",
    measures=(
        *(
            Measure(metric=metric, by=("abnormality", "view", "breast_density", "subtlety"))
            for metric in ("auroc", "accuracy", "balanced_accuracy", "macro_f1")
        ),
        *of_positive(_CHOICES[1].label),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={
        "disjoint/test": 641,
        "disjoint/train": 2356,
        "official/test": 645,
        "official/train": 2458,
    },
    splits=_SPLITS,
    variants=_VARIANTS,
    detect=detect,
    overlap={"official": 31},
    notes=(
        "Malignant is the positive class; BENIGN_WITHOUT_CALLBACK is benign. Counts are of mammograms, not "
        "of abnormalities (1,696 masses, 1,872 calcifications); subtlety is that of the most obvious one. 71 "
        "views stand in both tables, 16 of them benign by one and malignant by the other. The tables were "
        "read whole in a public copy, images on their description only. Crops of single abnormalities are "
        "not used. Images are DICOM: the extra medical is needed."
    ),
)
