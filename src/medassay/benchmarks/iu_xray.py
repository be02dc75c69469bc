"""IU X-ray: chest radiographs of Indiana University with their reports (Demner-Fushman et al., 2016).

Three shapes: `xml`, the authors' (`ecgen-radiology/N.xml` and `NLMCXR_png/`); `r2gen`, `annotation.json` and
`images/` with a split of its own (Chen et al. 2020); `kaggle`, `indiana_reports.csv` and
`indiana_projections.csv`, which alone says which view is frontal. A report is CXRN in all of them. The
authors give no split: xml and kaggle are cut by the hash of the report, and the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from medassay.benchmarks.shared.files import Record, choose, image_folder, read_csv, root_of
from medassay.benchmarks.shared.reports import (
    MEASURES,
    Section,
    View,
    annotated,
    ask,
    complete,
    only_findings,
    study,
)
from medassay.benchmarks.shared.splitting import part_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.types import Benchmark, Image, Sample, Where

_GET = "Get NLMCXR_reports.tgz and NLMCXR_png.tgz from https://openi.nlm.nih.gov/faq and unpack them."
_SALT = "iu-xray 1"
_REPORTS, _PROJECTIONS = "indiana_reports.csv", "indiana_projections.csv"
_WANTED = {
    "xml": "ecgen-radiology/*.xml",
    "r2gen": "annotation.json",
    "kaggle": f"{_REPORTS} and {_PROJECTIONS}",
}


def load(where: Where, *, section: Section = "findings") -> Iterator[Sample]:
    """Stream the reports of a split of the variant that is asked for, else of the first that is there.

    Args:
        where: the folder, split and variant.
        section: what of the report is to be written; r2gen holds one text, its findings.

    Raises:
        DataError: the folder, the reports or all images are missing, or a file is damaged.
        UsageError: no such split or variant, or a section that the variant does not have.
    """
    root = root_of(where, "iu-xray", _GET, BENCHMARK.splits)
    variant = detect(where)
    if variant == "r2gen":
        only_findings("iu-xray@r2gen", section)
    yield from complete(_READERS[variant](root, where, section), "iu-xray", section)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first of xml, r2gen and kaggle that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or variant.
    """
    root = root_of(where, "iu-xray", _GET, BENCHMARK.splits)
    present = {
        "xml": any((root / "ecgen-radiology").glob("*.xml")),
        "r2gen": (root / "annotation.json").is_file(),
        "kaggle": (root / _REPORTS).is_file() and (root / _PROJECTIONS).is_file(),
    }
    return choose("iu-xray", where, present, _WANTED, _GET)


def _xml(root: Path, where: Where, section: Section) -> Iterator[Sample | None]:
    folder = image_folder(root, ("NLMCXR_png", "images"), _GET, needed=where.pictures)
    paths = (root / "ecgen-radiology").glob("*.xml")
    for path in sorted(paths, key=lambda p: (len(p.stem), p.stem)):  # 2 before 10
        report = f"CXR{path.stem}"
        if part_of(report, salt=_SALT) == where.split:
            held, names = _read(path)
            views: list[View] = [("", Image(uri=str(folder / f"{name}.png"))) for name in names]
            yield study(f"iu-xray-xml-{report}", held, section, views, report)


def _read(path: Path) -> tuple[dict[str, str], list[str]]:
    """The sections of a report by their labels in lower case, and the names of its images."""
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - the user's own download; expat bounds expansion
    except (OSError, ElementTree.ParseError) as error:
        raise DataError(f"{path}: not readable as XML ({error}); get the file again.") from error
    texts = ((text.get("Label", "").lower(), "".join(text.itertext())) for text in root.iter("AbstractText"))
    return dict(texts), [image.get("id", "") for image in root.iter("parentImage")]


def _r2gen(root: Path, where: Where, _: Section) -> Iterator[Sample | None]:
    return annotated(root, where.split, "iu-xray-r2gen", _report)


def _report(row: Record) -> str:
    """CXR2384 of CXR2384_IM-0942."""
    return str(row["id"]).partition("_")[0]


def _kaggle(root: Path, where: Where, section: Section) -> Iterator[Sample | None]:
    folder = image_folder(
        root, ("images/images_normalized", "images_normalized", "images"), _GET, needed=where.pictures
    )
    views: dict[str, list[View]] = defaultdict(list)
    for row in read_csv(root / _PROJECTIONS, ("uid", "filename", "projection")):
        views[row["uid"]].append((row["projection"], Image(uri=str(folder / row["filename"]))))
    for row in read_csv(root / _REPORTS, ("uid", "findings", "impression")):
        report = f"CXR{row['uid']}"
        if part_of(report, salt=_SALT) == where.split:
            yield study(f"iu-xray-kaggle-{report}", row, section, views[row["uid"]], report)


_READERS: Mapping[str, Callable[[Path, Where, Section], Iterator[Sample | None]]] = {
    "xml": _xml,
    "r2gen": _r2gen,
    "kaggle": _kaggle,
}

BENCHMARK = Benchmark(
    name="iu-xray",
    version=1,
    title="IU X-ray",
    task="report generation",
    modality="chest radiograph",
    source="https://openi.nlm.nih.gov/faq",
    revision=None,
    licence="CC-BY-NC-ND-4.0",
    access="open",
    citation=(
        "Demner-Fushman D et al. Preparing a collection of radiology examinations for distribution and "
        "retrieval. J Am Med Inform Assoc 23:304-310 (2016)."
    ),
    primary="rouge_l",
    measures=MEASURES,
    load=load,
    prompt=ask,
    scorer=score,
    cluster="report",
    verified="reference only",
    kinds=("report",),
    counts={"r2gen/test": 590, "r2gen/validation": 296, "r2gen/train": 2069},
    splits=("test", "validation", "train"),
    variants=("xml", "r2gen", "kaggle"),
    detect=detect,
    notes=(
        "3,955 reports, mostly with two views, all of which are shown. There are no patient ids; "
        "by the article the 3,996 reports collected are of 3,996 patients. XXXX stands for what was "
        "removed and is left in the reference text. Many reports are nearly alike: a constant normal report "
        "scores high on word overlap, so compare with one. The splits of xml and kaggle are ours, 70, 10 "
        "and 20 percent by the hash of the report; r2gen has its own, and the three are not comparable."
    ),
)
