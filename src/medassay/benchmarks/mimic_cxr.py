"""MIMIC-CXR: chest radiographs of 65 thousand patients with their reports (Johnson et al., 2019).

`official`: the files of MIMIC-CXR-JPG (`mimic-cxr-2.0.0-{split,metadata}.csv.gz` and
`files/p10/p10000032/s50414267/<dicom_id>.jpg`) with the reports of MIMIC-CXR unpacked beside them
(`mimic-cxr-reports/files/p10/p10000032/s50414267.txt`). `r2gen`: `annotation.json` with train, val and test,
and `images/`, as Chen et al. (2020) prepared them; `medvlmbench`: the same with the first image only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import Record, choose, read_csv, root_of
from medassay.benchmarks.shared.reports import (
    MEASURES,
    Section,
    View,
    annotated,
    ask,
    complete,
    only_findings,
    sections,
    study,
)
from medassay.errors import DataError
from medassay.metrics import score
from medassay.types import Benchmark, Image, Sample, Where

_GET = (
    "Get MIMIC-CXR-JPG from https://physionet.org/content/mimic-cxr-jpg/ and mimic-cxr-reports.zip from"
    " https://physionet.org/content/mimic-cxr/ (credentialed), unpacked beside it."
)
_TABLE = "mimic-cxr-2.0.0-{}.csv"
_WANTED = {
    "official": _TABLE.format("split") + ".gz",
    "r2gen": "annotation.json",
    "medvlmbench": "annotation.json",
}
_IN_FILES = {"test": "test", "validation": "validate", "train": "train"}


def load(where: Where, *, section: Section = "findings") -> Iterator[Sample]:
    """Stream the studies of a split of the variant that is asked for, else of the first that is there.

    Args:
        where: the folder, split and variant.
        section: what of the report is to be written; `annotation.json` holds one text, its findings.

    Raises:
        DataError: the folder, a table or a report is missing or damaged.
        UsageError: no such split or variant, or a section that the variant does not have.
    """
    root = root_of(where, "mimic-cxr", _GET, BENCHMARK.splits)
    variant = detect(where)
    if variant == "official":
        studies = _official(root, where.split, section)
    else:
        only_findings(f"mimic-cxr@{variant}", section)
        views = 1 if variant == "medvlmbench" else None
        studies = annotated(root, where.split, f"mimic-cxr-{variant}", _subject, views=views)
    yield from complete(studies, "mimic-cxr", section)


def _subject(row: Record) -> str:
    return str(row["subject_id"])


def detect(where: Where) -> str:
    """The variant that is asked for, else the first of official and r2gen that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or variant.
    """
    root = root_of(where, "mimic-cxr", _GET, BENCHMARK.splits)
    prepared = (root / "annotation.json").is_file()
    official = any(_tables(root, "split"))
    present = {"official": official, "r2gen": prepared, "medvlmbench": prepared}
    return choose("mimic-cxr", where, present, _WANTED, _GET)


def _official(root: Path, split: str, section: Section) -> Iterator[Sample | None]:
    reports = _reports(root)
    studies: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows(root, "split", ("dicom_id", "study_id", "subject_id", "split")):
        if row["split"] == _IN_FILES[split]:
            studies[row["subject_id"], row["study_id"]].append(row["dicom_id"])
    names = {name for held in studies.values() for name in held}
    rows = _rows(root, "metadata", ("dicom_id", "ViewPosition"))
    positions = {row["dicom_id"]: row["ViewPosition"] for row in rows if row["dicom_id"] in names}
    for (subject, number), held in studies.items():
        place = f"p{subject[:2]}/p{subject}/s{number}"
        views: list[View] = [
            (positions.get(name, ""), Image(uri=str(root / "files" / place / f"{name}.jpg"))) for name in held
        ]
        text = _read(reports / f"{place}.txt")
        yield study(f"mimic-cxr-official-s{number}", sections(text), section, views, subject)


def _reports(root: Path) -> Path:
    """The folder with p10 to p19 of the reports; they may have been unpacked among the images."""
    folders = (root / name for name in ("mimic-cxr-reports/files", "mimic-cxr-reports", "files"))
    for folder in folders:
        if next(folder.glob("p1*/p1*/s*.txt"), None):
            return folder
    raise DataError(f"{root}: no reports in mimic-cxr-reports/files/. {_GET}")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: the report cannot be read ({error}). {_GET}") from error


def _rows(root: Path, name: str, fields: tuple[str, ...]) -> Iterator[Record]:
    for path in _tables(root, name):
        return read_csv(path, fields)
    raise DataError(f"{root}: {_TABLE.format(name)}.gz not found. {_GET}")


def _tables(root: Path, name: str) -> Iterator[Path]:
    """The table, packed or not."""
    return (path for path in sorted(root.glob(_TABLE.format(name) + "*")) if path.suffix in {".gz", ".csv"})


BENCHMARK = Benchmark(
    name="mimic-cxr",
    version=1,
    title="MIMIC-CXR",
    task="report generation",
    modality="chest radiograph",
    source="https://physionet.org/content/mimic-cxr-jpg/",
    revision=None,
    licence="PhysioNet Credentialed Health Data License 1.5.0",
    access="credentialed",
    citation=(
        "Johnson AEW et al. MIMIC-CXR, a de-identified publicly available database of chest radiographs "
        "with free-text reports. Sci Data 6:317 (2019)."
    ),
    primary="rouge_l",
    measures=MEASURES,
    load=load,
    prompt=ask,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("report",),
    unverified=("licence",),
    splits=("test", "validation", "train"),
    variants=("official", "r2gen", "medvlmbench"),
    detect=detect,
    may_leave=False,
    notes=(
        "Neither images nor text may be given on. 377,110 images and 227,827 reports in all; how many "
        "studies of a split have findings follows from how sections are found: here by headings, with "
        "FINDINGS AND IMPRESSION as findings, and reports without such a heading left out (a warning says "
        "how many). Numbers under another extraction are on other studies. The report text of r2gen is "
        "taken for the findings, as its authors cut them. medvlmbench shows the first image alone."
    ),
)
