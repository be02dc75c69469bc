"""VinDr-Mammo: full-field digital mammograms read twice, BI-RADS and density by breast (Nguyen et al., 2023).

`breast-level_annotations.csv` has one row per image, with the assessment of the breast it shows; images lie
as `images/STUDY/IMAGE.dicom`, four to a study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import read_csv, root_of
from medassay.benchmarks.shared.labels import Label, choices
from medassay.benchmarks.shared.measures import CALIBRATION
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Measure, Sample, Target, Where

_GET = "Get the dataset from https://physionet.org/content/vindr-mammo/ (an agreement is needed)."
_SPLITS = ("test", "train")
_IN_FILE = {"test": "test", "train": "training"}
_SIDES = {"L": "left", "R": "right"}
_TEMPLATES = ("a mammogram, {}", "digital mammography, assessment: {}", "a screening mammogram: {}")
_ASSESSMENTS = choices(
    (
        Label(name="BI-RADS 1", synonyms=("negative, nothing to comment on",)),
        Label(name="BI-RADS 2", synonyms=("a benign finding",)),
        Label(name="BI-RADS 3", synonyms=("a probably benign finding",)),
        Label(name="BI-RADS 4", synonyms=("an abnormality suspicious of cancer",)),
        Label(name="BI-RADS 5", synonyms=("a finding highly suggestive of malignancy",)),
    ),
    _TEMPLATES,
)
_DENSITIES = choices(
    (
        Label(name="density A", synonyms=("the breast is almost entirely fatty",)),
        Label(name="density B", synonyms=("scattered areas of fibroglandular density",)),
        Label(name="density C", synonyms=("the breast is heterogeneously dense",)),
        Label(name="density D", synonyms=("the breast is extremely dense",)),
    ),
    _TEMPLATES,
)


def load(where: Where) -> Iterator[Sample]:
    """Stream the images of a split with the BI-RADS assessment (1 to 5) of the breast.

    Raises:
        DataError: the folder or its table is missing, or an assessment is none of the five.
        UsageError: no such split.
    """
    question = "Which BI-RADS category does this mammogram deserve?"
    return _load("vindr-mammo", where, "breast_birads", question, _ASSESSMENTS)


def load_density(where: Where) -> Iterator[Sample]:
    """Stream the images of a split with the density (A to D) of the breast.

    Raises:
        DataError: the folder or its table is missing, or a density is none of the four.
        UsageError: no such split.
    """
    question = "Which BI-RADS density category has the breast in this mammogram?"
    return _load("vindr-mammo-density", where, "breast_density", question, _DENSITIES)


def _load(name: str, where: Where, column: str, question: str, options: Sequence[Choice]) -> Iterator[Sample]:
    root = root_of(where, name, _GET, _SPLITS)
    table = root / "breast-level_annotations.csv"
    if not table.is_file():
        raise DataError(f"{table}: no such file. {_GET}")
    labels = {option.label.lower(): option.label for option in options}
    fields = ("study_id", "image_id", "laterality", "view_position", "breast_density", column, "split")
    for row in read_csv(table, fields):
        if row["split"] != _IN_FILE[where.split]:
            continue
        study, image, assessment = row["study_id"], row["image_id"], row[column].strip()
        if assessment.lower() not in labels:
            raise DataError(f"{table}: {study}/{image} has the {column} {assessment!r}, none of the known.")
        yield Sample(
            id=f"{name}-{study}-{image}",
            kind="label",
            question=question,
            target=Target(texts=(labels[assessment.lower()],)),
            images=(Image(uri=str(root / "images" / study / f"{image}.dicom")),),
            choices=tuple(options),
            cluster=study,
            tags=tags.present(
                view=row["view_position"],
                laterality=_SIDES.get(row["laterality"]),
                breast_density="" if column == "breast_density" else row["breast_density"].strip()[-1:],
            ),
        )


BENCHMARK = Benchmark(
    name="vindr-mammo",
    version=1,
    title="VinDr-Mammo, BI-RADS",
    task="diagnosis, ordinal 1-5",
    modality="mammography (full-field digital)",
    source="https://physionet.org/content/vindr-mammo/",
    revision=None,
    licence="PhysioNet restricted access, data use agreement",
    access="credentialed",
    citation=(
        "Nguyen HT et al. VinDr-Mammo: a large-scale benchmark dataset for computer-aided diagnosis in "
        "full-field digital mammography. Sci Data (2023), doi:10.1038/s41597-023-02100-7."
    ),
    primary="balanced_accuracy",
    measures=(
        *(
            Measure(metric=metric, by=("view", "breast_density"))
            for metric in ("balanced_accuracy", "quadratic_kappa", "accuracy", "macro_f1", "auroc")
        ),
        *CALIBRATION,
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="study",
    verified="reference only",
    kinds=("label",),
    counts={"test": 4000, "train": 16000},
    unverified=("counts", "licence"),
    splits=_SPLITS,
    may_leave=False,
    notes=(
        "20,000 images of 5,000 studies, two views of each breast. The assessment is of the breast: both of "
        "its images carry it although a finding may show in one. The table names no patients, so the cluster "
        "is the study. A screening set is far from balanced, hence the primary metric. Images are DICOM: the "
        "extra medical is needed. The table is read from public descriptions only."
    ),
)
DENSITY = replace(
    BENCHMARK,
    name="vindr-mammo-density",
    title="VinDr-Mammo, breast density",
    task="diagnosis, ordinal A-D",
    measures=(
        *(
            Measure(metric=metric, by=("view",))
            for metric in ("balanced_accuracy", "quadratic_kappa", "accuracy", "macro_f1", "auroc")
        ),
        *CALIBRATION,
    ),
    load=load_density,
)
