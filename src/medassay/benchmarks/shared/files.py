"""Reading a dataset's own files, so that whatever is wrong with them is one clear line."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from medassay import codec
from medassay.errors import DataError, UsageError, reason
from medassay.files.archives import Damaged, opened
from medassay.files.places import is_file, is_folder
from medassay.images import uri
from medassay.types import Image, Where

_BUFFER = 2**20
Record = Mapping[str, Any]
Tree = Path | zipfile.Path
"""A file or a folder, on disk or inside an archive."""


def root_of(where: Where, name: str, hint: str, splits: Sequence[str]) -> Path:
    """The folder that holds the files; `hint` says where to get them.

    Raises:
        UsageError: the split is none of `splits`.
        DataError: no folder was given, or it is not there.
    """
    if where.split not in splits:
        raise UsageError(f"{name} has no split {where.split!r}: it has {', '.join(splits)}")
    if where.root is None:
        raise DataError(f"{name}: no folder is given. {hint} Then pass --data {name}=DIR.")
    if not where.root.is_dir():
        raise DataError(f"{where.root}: no such folder. {hint} Then pass --data {name}=DIR.")
    return where.root


def choose(name: str, where: Where, present: Mapping[str, bool], wanted: Mapping[str, str], hint: str) -> str:
    """The variant that was asked for, else the first that is there.

    `present` holds the variants in order of preference; `wanted` what each consists of.

    Raises:
        UsageError: no variant has that name.
        DataError: its files are not there, or none are.
    """
    if where.variant is not None and where.variant not in present:
        raise UsageError(f"{name} has no variant {where.variant!r}: it has {', '.join(present)}")
    for variant, there in present.items():
        if there and where.variant in {None, variant}:
            return variant
    missing = wanted[where.variant] if where.variant else " or ".join(dict.fromkeys(wanted.values()))
    raise DataError(f"{where.root}: {missing} not found for the split {where.split!r}. {hint}")


def image_folder(root: Path, names: Sequence[str], hint: str, *, needed: bool = True) -> Path:
    """The first of the folders that holds a file; the first of them where none does and none is `needed`.

    Raises:
        DataError: none does, and images are `needed`.
    """
    for folder in (root / name for name in names):
        if folder.is_dir() and any(path.is_file() for path in folder.iterdir()):
            return folder
    if not needed:
        return root / names[0]
    raise DataError(f"{root}: no images in {' or '.join(f'{name}/' for name in names)}. {hint}")


def images_in(
    root: Path, folders: Sequence[str], archives: Sequence[str], hint: str, *, needed: bool = True
) -> Callable[[str], Image]:
    """Where a dataset's images lie: in the first folder with a file, else packed in the first .zip there.

    Returns:
        From the name of an image, as the dataset writes it, to its handle. In an archive the name may lie
        below any folder.

    Raises:
        DataError: neither is there and images are `needed`, or the archive is damaged.
    """
    for folder in (root / name for name in folders):
        if is_folder(folder) and any(folder.iterdir()):
            return lambda name: Image(uri=str(folder / name))
    for archive in (root / name for name in archives):
        if is_file(archive):
            return _packed(archive)
    if not needed:
        return lambda name: Image(uri=str(root / next(iter(folders), "") / name))
    wanted = [*(f"{name}/" for name in folders), *archives]
    raise DataError(f"{root}: no images in {' or '.join(wanted)}. {hint}")


def images_spread(
    root: Path, folders: Sequence[str], archives: Sequence[str], hint: str, *, needed: bool = True
) -> Callable[[str], Image]:
    """Where images lie that a dataset spreads over several folders or .zip files, at any depth below them.

    Returns:
        From the file name of an image to its handle; that of a name that is nowhere fails when it is opened.

    Raises:
        DataError: none of them is there and images are `needed`, or an archive is damaged.
    """
    held: dict[str, Image] = {}
    for archive in (root / name for name in archives):
        if archive.is_file():
            held |= {m.split("/")[-1]: Image(uri=uri("zip", archive, member=m)) for m in _members(archive)}
    for folder in (root / name for name in folders):
        for base, _, names in os.walk(folder):
            held |= {name: Image(uri=str(Path(base, name))) for name in names}
    if not held and needed:
        wanted = [*(f"{name}/" for name in folders), *archives]
        raise DataError(f"{root}: no images in {' or '.join(wanted)}. {hint}")
    return lambda name: held.get(name, Image(uri=str(root / folders[0] / name)))


def _packed(archive: Path) -> Callable[[str], Image]:
    members = _members(archive)
    by_end = {"/".join(m.split("/")[-depth:]): m for m in members for depth in range(1, m.count("/") + 2)}
    return lambda name: Image(uri=uri("zip", archive, member=by_end.get(name, name)))


def _members(archive: Path) -> list[str]:
    try:
        with opened(archive) as packed:
            return [m for m in packed.namelist() if not m.endswith("/")]
    except (OSError, Damaged) as error:
        raise DataError(f"{archive}: not a whole .zip file ({error}); get the file again.") from error


def read_json(path: Tree, fields: Sequence[str], *, under: str | None = None) -> Iterator[Record]:
    """The records of a JSON list, or of the list that the file's object holds `under` a name.

    Raises:
        DataError: the file is not JSON, has no such list, or a record lacks one of `fields`.
    """
    held = _json(path) if under is None else _object(path).get(under)
    if not isinstance(held, list):
        place = f" under {under!r}" if under else ""
        raise DataError(f"{path}: a list of records is expected{place}, this is {type(held).__name__}.")
    yield from _complete(path, held, fields)


def read_json_items(path: Tree, fields: Sequence[str]) -> Iterator[tuple[str, Record]]:
    """The records of a JSON object with their names; each holds `fields`.

    Raises:
        DataError: the file is not JSON, no object, or a record lacks a field.
    """
    held = _object(path)
    yield from zip(held, _complete(path, held.values(), fields), strict=True)


def _object(path: Tree) -> Record:
    held = _json(path)
    if not isinstance(held, dict):
        raise DataError(f"{path}: an object is expected, this is {type(held).__name__}.")
    return held


def _json(path: Tree) -> Any:
    try:
        return codec.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: not readable as JSON ({error}); get the file again.") from error


def read_jsonl(path: Path, fields: Sequence[str]) -> Iterator[Record]:
    """The records of a file with one JSON object a line; each holds `fields`. Empty lines are skipped.

    Raises:
        DataError: a line is not JSON, or a record lacks a field.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from _complete(path, (codec.loads(line) for line in file if line.strip()), fields)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not readable as lines of JSON ({error}); get the file again.") from error


def read_csv(path: Path, fields: Sequence[str], *, separator: str = ",") -> Iterator[Record]:
    """The rows of a CSV file with a header, packed (.gz) or not; each holds `fields`.

    Cells may be as long as an image in base64.

    Raises:
        DataError: the file is not UTF-8 text, or a row lacks a field.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        with _text(path) as file:
            yield from _complete(path, csv.DictReader(file, delimiter=separator), fields)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise DataError(f"{path}: not readable as CSV ({error}); get the file again.") from error


def read_parquet(
    path: Path, columns: Sequence[str], batch: int = 64, *, optional: Sequence[str] = ()
) -> Iterator[Record]:
    """The rows of a Parquet file, `batch` at a time; `optional` columns may be missing, or empty in a row.

    Raises:
        DataError: the file is truncated, not Parquet, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # without these two, pyarrow holds the bytes of whole row groups, and of those before them
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
            names = set(file.schema_arrow.names)
            absent = sorted(set(columns) - names)
            if absent:
                raise DataError(f"{path}: no column {', '.join(absent)}; is it the right dataset?")
            parts = file.iter_batches(batch, columns=[*columns, *names.intersection(optional)])
            yield from _complete(path, (row for part in parts for row in part.to_pylist()), columns)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: not a whole Parquet file ({reason(error)}); get the file again.") from error


def parquet_files(root: Path, split: str) -> list[Path]:
    """The shards of a split as the hub lays them out: `test-*.parquet` or `test/*.parquet`, in any folder."""
    return sorted(p for p in root.rglob("*.parquet") if p.name.startswith(split) or p.parent.name == split)


def parquet_image(path: Path, row: int, record: Record, column: str = "image") -> Image:
    """The image of a row that `read_parquet` gave: its bytes are at hand, so its digest is known.

    Raises:
        DataError: the cell holds no bytes.
    """
    cell = record[column]
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(content, bytes):
        raise DataError(f"{path}: row {row} has no bytes in the column {column!r}; get the file again.")
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return Image(uri=uri("parquet", path, column=column, row=row), digest=digest)


def _text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _complete(path: Tree, records: Iterable[Any], fields: Sequence[str]) -> Iterator[Record]:
    for index, record in enumerate(records):
        absent = [f for f in fields if not isinstance(record, dict) or record.get(f) is None]
        if absent:
            raise DataError(f"{path}: record {index} has no {', '.join(absent)}; is it the right file?")
        yield record
