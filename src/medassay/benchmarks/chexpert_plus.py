"""CheXpert Plus: the radiographs of CheXpert with their reports (Chambon et al., 2024).

`df_chexpert_plus_240401.csv` has a row per image: path_to_image
(`train/patient42142/study5/view1_frontal.jpg`, a .png under `PNG/`), the sections of the report,
frontal_lateral, age, sex, race, ethnicity and split. The files have a train part and CheXpert's small valid
part; a test part is cut from the first by patient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import Record, read_csv, root_of
from medassay.benchmarks.shared.reports import MEASURES, Section, View, ask, complete, study
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.types import Benchmark, Image, Measure, Sample, Where

_PAGE = "https://stanfordaimi.azurewebsites.net/datasets/5158c524-d3ab-4e02-96e9-6ee9efc110a1"
_GET = f"Get CheXpert Plus from {_PAGE} (registration) and unpack its PNG files into PNG/."
_TABLE = "df_chexpert_plus_240401.csv"
_FIELDS = (
    *("path_to_image", "frontal_lateral", "section_findings", "section_impression"),
    *("age", "sex", "race", "ethnicity", "split"),
)
_SHARES: Mapping[str, float] = {"train": 0.9, "test": 0.1}
_NOT_SAID = ("unknown", "patient refused", "declines")


def load(where: Where, *, section: Section = "findings") -> Iterator[Sample]:
    """Stream the studies of a split in the order of the table, which is read twice.

    Args:
        where: the folder and split.
        section: what of the report is to be written.

    Raises:
        DataError: the folder, the table or the images are missing, or the table is damaged.
        UsageError: no such split.
    """
    root = root_of(where, "chexpert-plus", _GET, BENCHMARK.splits)
    table = root / _TABLE
    if not table.is_file():
        raise DataError(f"{root}: {_TABLE} not found. {_GET}")
    yield from complete(_studies(table, _folder(root), where.split, section), "chexpert-plus", section)


def _studies(table: Path, folder: Path, split: str, section: Section) -> Iterator[Sample | None]:
    views: dict[Path, list[View]] = defaultdict(list)
    for row in read_csv(table, _FIELDS):
        path = Path(row["path_to_image"])
        if _split(path.parent.parent.name, row["split"]) == split:
            image = Image(uri=str(folder / path.with_suffix(".png")))
            views[path.parent].append((row["frontal_lateral"], image))
    for row in read_csv(table, _FIELDS):
        place = Path(row["path_to_image"]).parent
        held = views.pop(place, None)  # the first row of a study speaks for it
        if held is not None:
            patient, number = place.parent.name, place.name
            yield study(
                f"chexpert-plus-{patient}-{number}",
                {part: row[f"section_{part}"] for part in ("findings", "impression")},
                section,
                held,
                patient,
                **_tags(row),
            )


def _split(patient: str, part: str) -> str:
    return "validation" if part == "valid" else part_of(patient, salt="chexpert-plus 1", shares=_SHARES)


def _folder(root: Path) -> Path:
    """The folder with train/ and valid/ of the images."""
    for folder in (root / "PNG", root / "PNG" / "PNG", root):
        if (folder / "train").is_dir() or (folder / "valid").is_dir():
            return folder
    raise DataError(f"{root}: no images in PNG/train/ or PNG/valid/. {_GET}")


def _tags(row: Record) -> dict[str, str]:
    said = {
        name: row[name].strip().lower()
        for name in ("race", "ethnicity")
        if not row[name].strip().lower().startswith(_NOT_SAID)
    }
    return tags.present(sex=tags.sex(row["sex"]), age_group=tags.age_group(row["age"]), **said)


BENCHMARK = Benchmark(
    name="chexpert-plus",
    version=1,
    title="CheXpert Plus",
    task="report generation",
    modality="chest radiograph",
    source=_PAGE,
    revision=None,
    licence="Stanford University School of Medicine Research Data Use Agreement",
    access="registration",
    citation=(
        "Chambon P et al. CheXpert Plus: Augmenting a large chest X-ray dataset with text radiology reports, "
        "patient demographics and additional image formats. arXiv:2405.19538 (2024)."
    ),
    primary="rouge_l",
    measures=(Measure(metric="rouge_l", by=("view", "sex", "age_group", "race")), *MEASURES[1:]),
    load=load,
    prompt=ask,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("report",),
    splits=("test", "validation", "train"),
    may_leave=False,
    notes=(
        "Stanford's agreement lets no one give the data on. 223,228 images, 187,711 reports and 64,725 "
        "patients in all; findings are written for a part of them only, impressions for most. There is no "
        "official test part: test is a tenth of the patients of train by hash, so a model trained on "
        "CheXpert has seen it; validation is the files' valid, small and held out by all. The images are "
        "the PNG files of CheXpert Plus, not the JPEG files of CheXpert."
    ),
)
