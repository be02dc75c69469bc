"""Every way in which the package reads a file of a format, each as a function of the file's path."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medassay import images, importers
from medassay.adaptation.generative import preferences
from medassay.benchmarks import errata
from medassay.benchmarks.described import header, loading, tables, words
from medassay.benchmarks.shared import base64_table, files, sheets
from medassay.errors import DataError
from medassay.models import about, checkpoint, heads
from medassay.models.server import prices
from medassay.reporting import table as estimates
from medassay.rows import RowFile, read_rows
from medassay.splits import labels, tags
from medassay.types import Image, Where
from medassay.view import reviews
from medassay.workflows import extracting, folder, validation_plan
from medassay.workflows import sheets as marks
from medassay.workflows.grids import reading as grids
from medassay.workflows.suites import ledger
from medassay.workflows.suites import reading as suites

Reader = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Format:
    """How the names of its files end, and what reads them."""

    suffix: str
    readers: tuple[Reader, ...]


def _all(stream: Callable[[Path], Iterator[object]]) -> Reader:
    def drained(path: Path) -> object:
        for _ in stream(path):
            pass
        return None

    return drained


def _imported_as(name: str) -> Reader:
    return lambda path: importers.read(path, format_name=name)


def _table(path: Path) -> None:
    for line in tables.open_table(path).lines():
        for column in line.cells:
            line.text(column)
            line.texts(column, ";")


def _picture(scheme: str, **fields: str | int) -> Reader:
    return lambda path: images.open_image(images.resolve(Image(uri=images.uri(scheme, path, **fields))))


def _seen(path: Path) -> None:
    """An image as a run meets it: its digest, its picture, what is sent, and what a viewer can choose."""
    image = images.resolve(Image(uri=str(path)))
    images.open_image(image)
    images.read_bytes(image)
    found = images.planes(image)
    for axis, count in found.stacks.items():
        images.look(image, {"axis": axis, "slice": str(count - 1)} if axis in _AXES else {axis: "0"})


_AXES = ("sagittal", "coronal", "axial")


def _rows(path: Path) -> None:
    held = RowFile(path)
    count = sum(1 for _ in read_rows(path))
    held.columns(["id", "status"])
    if count:
        held.row(count - 1)


def _samples(path: Path) -> None:
    described = words.from_yaml(path)
    for _ in loading.load(described, Where(root=None, split="test")):
        pass


def _sheet_alone(path: Path) -> None:
    described = header.from_header(path)
    for _ in loading.load(described, Where(root=None, split="test")):
        pass


def _pairs(path: Path) -> object:
    return preferences.read_pairs(path, preferences.Folder(root=path.parent))


def _manifest(path: Path) -> object:
    return folder.read_manifest(_renamed(path, folder.MANIFEST))


def _renamed(path: Path, name: str) -> Path:
    """The folder that holds a copy under the name by which a reader looks for it."""
    shutil.copyfile(path, path.parent / name)
    return path.parent


def _extracted(path: Path) -> None:
    lines = path.read_text("utf-8", "replace").splitlines()
    for _ in extracting.extract(lines, form="choice", as_json=True):
        pass


def _head(path: Path) -> object:
    return heads.load_head(_renamed(path, heads.HEAD))


def _model(path: Path) -> None:
    """The archive as a folder of files, read as a checkpoint, a head and what `medassay adapt` leaves."""
    place = path.with_suffix("")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                (place / Path(name).name).write_bytes(archive.read(name))
    except Exception as error:  # the archive is only how a folder is kept here
        raise DataError(f"{path}: no folder") from error
    found = checkpoint.locate(place)
    _ = found.config, found.weights, found.parameters, found.processor, found.adapters


def _in_model(read: Callable[[Path], object]) -> Reader:
    return lambda path: read(path.with_suffix(""))


def _images_in(path: Path) -> object:
    found = files.images_in(path.parent, (), (path.name,), "")
    return images.open_image(images.resolve(found("a.png")))


FORMATS = {
    "json": Format(
        ".json",
        (
            importers.read,
            _imported_as("inspect"),
            _imported_as("mmmu"),
            _imported_as("medvlmbench"),
            _all(lambda path: files.read_json(path, ("id",))),
            _all(lambda path: files.read_json_items(path, ())),
            _pairs,
            _manifest,
            lambda path: ledger.read_ledger(_renamed(path, ledger.CELLS)),
        ),
    ),
    "jsonl": Format(
        ".jsonl",
        (
            importers.read,
            lambda path: importers.read(path, allow_cut=True),
            _imported_as("answers"),
            _imported_as("lm-eval"),
            _imported_as("lmms-eval"),
            _imported_as("every-eval-ever"),
            _imported_as("mmmu"),
            _table,
            _all(lambda path: files.read_jsonl(path, ("id",))),
            lambda path: reviews.read(_renamed(path, reviews.FILE)),
            _extracted,
            _pairs,
        ),
    ),
    "csv": Format(
        ".csv",
        (
            importers.read,
            _imported_as("medmnist"),
            _imported_as("vlmevalkit"),
            _table,
            _sheet_alone,
            sheets.read_sheet,
            _all(lambda path: files.read_csv(path, ("id",))),
            _all(lambda path: base64_table.read_base64_table(path, ())),
            _all(lambda path: marks.read_marks(path, {"yes": 1, "no": 0}, allowed="yes or no")),
            tags.read_tags,
            labels.read_labels,
        ),
    ),
    "csv.gz": Format(".csv.gz", (_all(lambda path: files.read_csv(path, ("id",))),)),
    "xlsx": Format(".xlsx", (importers.read, _table, sheets.read_sheet)),
    "parquet": Format(
        ".parquet",
        (
            importers.read,
            _table,
            _rows,
            estimates.read_parquet,
            _all(lambda path: files.read_parquet(path, ("id",), optional=("image",))),
            _picture("parquet", column="image", row=1),
        ),
    ),
    "npz": Format(
        ".npz",
        (
            _picture("npz", key="pixels"),
            _picture("npz", key="pixels", low=0, high=100),
            _picture("npz", key="stack", index=1),
            _head,
        ),
    ),
    "dicom": Format(".dcm", (_seen, _picture("dicom", frame=0, center=40, width=400))),
    "nifti": Format(
        ".nii", (_seen, _picture("nifti", axis="sagittal", montage="1x2"), _picture("nifti", volume=1))
    ),
    "image": Format(".png", (_seen, _picture("file", page=0, low=0, high=4095))),
    "yaml": Format(
        ".yaml",
        (
            _samples,
            suites.read_suite,
            grids.read_grid,
            validation_plan.read_plan,
            errata.read_errata,
            lambda path: prices.price_of("m", str(path)),
        ),
    ),
    "model": Format(
        ".zip", (_model, _in_model(heads.load_head), _in_model(about.read_about), _in_model(about.card_of))
    ),
    "zip": Format(".zip", (importers.read, _images_in, _picture("zip", member="b.png"))),
}
