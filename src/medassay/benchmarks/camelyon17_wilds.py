"""Camelyon17-WILDS: patches of lymph node slides from five hospitals (Koh et al., 2021; Bándi et al., 2018).

`metadata.csv` (a row number without a name, patient, node, x_coord, y_coord, tumor, slide, center, split) and
`patches/patient_004_node_4/patch_patient_004_node_4_x_3328_y_21792.png`, 96 x 96. The official split is by
center and overrides the column `split`: center 2 is the test, center 1 the validation out of distribution; of
the other three centers `split` says which patches are for training (0) and which for validation in
distribution (1).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import Record, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = "Get camelyon17_v1.0 from https://wilds.stanford.edu/datasets/ and unpack it."
_FIELDS = ("patient", "node", "x_coord", "y_coord", "tumor", "slide", "center", "split")
_CENTERS = {"1": "validation", "2": "test"}
_OTHERS = {"0": "train", "1": "id_validation"}
_LABELS = (
    Label(
        name="normal",
        published="a photo of negative tumor",
        sentences=(
            "an H&E stained patch of normal lymph node tissue",
            "a histology image of a lymph node without metastasis",
            "a micrograph of benign lymphoid tissue",
            "a pathology patch without tumor cells",
        ),
    ),
    Label(
        name="tumor",
        published="a photo of positive tumor",
        sentences=(
            "an H&E stained patch of a lymph node with metastatic tumor",
            "a histology image of a lymph node with breast cancer metastasis",
            "a micrograph of metastatic carcinoma",
            "a pathology patch with tumor cells",
        ),
    ),
)


def load(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream the patches of a split.

    `prompts`: which sentences describe the classes to an encoder; the published ones are MedVLMBench's.

    Raises:
        DataError: the folder, its metadata or its patches are missing, or the table is damaged.
        UsageError: no such split.
    """
    root = _folder(root_of(where, "camelyon17-wilds", _GET, BENCHMARK.splits))
    options = choices(_LABELS, (), prompts)
    path = root / "metadata.csv"
    for row in read_csv(path, _FIELDS):
        if row["tumor"] not in {"0", "1"}:
            raise DataError(f"{path}: {_name(row)} has tumor {row['tumor']!r}, not 0 or 1. {_GET}")
        if _split(row) == where.split:
            yield Sample(
                id=f"camelyon17-wilds-{_name(row)}",
                kind="label",
                question="Is the tissue in the middle of this H&E patch of a lymph node normal or tumor?",
                target=Target(texts=(options[int(row["tumor"])].label,)),
                images=(Image(uri=str(root / "patches" / _node(row) / f"patch_{_name(row)}.png")),),
                choices=options,
                cluster=_patient(row),
                tags={"center": row["center"], "slide": row["slide"]},
            )


def _folder(root: Path) -> Path:
    for folder in (root, root / "camelyon17_v1.0"):
        if (folder / "metadata.csv").is_file():
            if not (folder / "patches").is_dir():
                raise DataError(f"{folder}: no patches/ beside metadata.csv. {_GET}")
            return folder
    raise DataError(f"{root}: no metadata.csv. {_GET}")


def _patient(row: Record) -> str:
    """Three digits; tables that were read as numbers and written again have lost the zeros."""
    return str(row["patient"]).zfill(3)


def _node(row: Record) -> str:
    return f"patient_{_patient(row)}_node_{row['node']}"


def _name(row: Record) -> str:
    return f"{_node(row)}_x_{row['x_coord']}_y_{row['y_coord']}"


def _split(row: Record) -> str | None:
    return _CENTERS.get(row["center"]) or _OTHERS.get(row["split"])


BENCHMARK = Benchmark(
    name="camelyon17-wilds",
    version=1,
    title="Camelyon17-WILDS",
    task="diagnosis, binary",
    modality="histology (lymph node, H&E)",
    source="https://wilds.stanford.edu/datasets/",
    revision=None,
    licence="CC0-1.0",
    access="open",
    citation=(
        "Koh PW et al. WILDS: a benchmark of in-the-wild distribution shifts. ICML 2021. Bándi P et al. From "
        "detection of individual metastases to classification of lymph node status at the patient level: the "
        "CAMELYON17 challenge. IEEE Trans Med Imaging 38:550-560 (2018)."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("center", "slide")),
        Measure(metric="balanced_accuracy", by=("center",)),
        Measure(metric="macro_f1"),
        Measure(metric="auroc", by=("center",)),
        *of_positive(_LABELS[1].name),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={"test": 85054, "validation": 34904, "id_validation": 33560, "train": 302436},
    unverified=("counts",),
    splits=("test", "validation", "id_validation", "train"),
    absent={
        "medvlmbench": (
            "its tables of 3,680 and 920 sampled patches are not distributed; the sample ignores patient and "
            "center. Its two prompts are there: camelyon17-wilds:prompts=published"
        )
    },
    notes=(
        "The positive class is tumor: any tumor in the central 32 x 32 pixels of the patch. Test and "
        "validation are each one hospital that training has not seen; id_validation are patches of the "
        "training hospitals and of patients that are in training, too. A center has few patients: intervals "
        "are wide, and many patches do not make them narrower."
    ),
)
