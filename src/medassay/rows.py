"""Rows in a Parquet file: what people filter on in plain columns, all the rest as JSON beside it.

import pandas as pd
pd.read_parquet("rows.parquet", columns=["id", "status", "answer", "text"])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay import codec
from medassay.errors import DataError, StoreError
from medassay.files.durable import put_in_place
from medassay.types import Response, Row, Sample, Score

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 1
GROUP_ROWS = 10_000  # rows in a row group, unless their JSON is long
GROUP_CHARACTERS = 32 * 2**20

_PARTS: dict[str, type] = {"sample": Sample, "response": Response, "score": Score}
_COLUMNS: dict[
    str, dict[str, str]
] = {  # fields that stand as columns of their own, by the part they belong to
    "sample": {
        "id": "text",
        "kind": "text",
        "question": "text",
        "cluster": "text",
        "group": "text",
        "tags": "texts by name",
    },
    "response": {"text": "text", "error": "text", "finish_reason": "text", "seconds": "number"},
    "score": {"status": "text", "answer": "text", "rule": "text", "values": "numbers by name"},
}
_HELD = {"text": str, "number": float, "texts by name": dict, "numbers by name": dict}


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows as they come; the file appears under its name when it is whole, and not before.

    Returns:
        How many rows were written.

    Raises:
        StoreError: the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, count = _schema(), 0
    part = path.with_name(f"{path.name}.part")
    with ExitStack() as stack:
        stack.callback(part.unlink, missing_ok=True)
        with _explained(path):
            file = stack.enter_context(part.open("wb"))
            writer = pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True)
        stack.callback(_close_quietly, writer)
        for group in _groups(rows):  # not under `_explained`: what the rows raise speaks for itself
            with _explained(path):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
            count += len(group)
        with _explained(path):
            writer.close()
            file.close()
            put_in_place(part, path)
    return count


def _close_quietly(writer: Any) -> None:
    with suppress(OSError, ValueError):  # what is left of a file that will not be
        writer.close()


def read_rows(path: Path, *, batch: int = 1024) -> Iterator[Row]:
    """The rows as they were written, equal in every field, a batch at a time in memory.

    Raises:
        DataError: the file is missing, cut short, damaged or of another version.
    """
    with _opened(path) as file:
        for held in file.iter_batches(batch):
            yield from map(_row, held.to_pylist(maps_as_pydicts="strict"))


class RowFile:
    """Rows by their place, from 0, and columns of all of them, without the rest being read.

    Groups of rows that were read last are kept: walking from row to row reads each group once. Of a file
    that was replaced, make another.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._group = lru_cache(maxsize=4)(self._read_group)

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Columns of all rows by name: those that `write_rows` sets apart.

        Raises:
            DataError: as `read_rows`.
        """
        with _opened(self._path) as file:
            return file.read(list(names))

    def row(self, place: int) -> Row:
        """One row.

        Raises:
            IndexError: there are fewer.
            DataError: as `read_rows`.
        """
        first = 0
        for group, count in enumerate(self._counts()):
            if 0 <= place - first < count:
                held = self._group(group).slice(place - first, 1)
                return _row(held.to_pylist(maps_as_pydicts="strict")[0])
            first += count
        raise IndexError(f"{self._path} has {first} rows")

    def _counts(self) -> list[int]:
        with _opened(self._path) as file:
            return [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]

    def _read_group(self, group: int) -> pa.Table:
        with _opened(self._path) as file:
            return file.read_row_group(group)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file as pyarrow reads it, with whatever is wrong with it as one kind of error."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            version = (file.schema_arrow.metadata or {}).get(b"medassay.rows", b"none").decode()
            if version != str(SCHEMA_VERSION):
                raise DataError(
                    f"{path}: rows of version {version}, not {SCHEMA_VERSION}; run again to write it anew"
                )
            yield file
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        cause = "no such file" if isinstance(error, FileNotFoundError) else " ".join(str(error).split())
        raise DataError(f"{path}: not a whole file of rows ({cause}); run again to write it anew") from error


def _schema() -> pa.Schema:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "number": pa.float64(),
        "texts by name": pa.map_(pa.string(), pa.string()),
        "numbers by name": pa.map_(pa.string(), pa.float64()),
    }
    columns = [(name, types[kind]) for fields in _COLUMNS.values() for name, kind in fields.items()]
    columns += [(f"{part}_json", pa.string()) for part in _PARTS]
    return pa.schema(columns, metadata={"medassay.rows": str(SCHEMA_VERSION)})


def _groups(rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    characters = 0
    for row in rows:
        record = _record(row)
        group.append(record)
        characters += len(record["text"]) + sum(len(record[f"{part}_json"]) for part in _PARTS)
        if len(group) >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _record(row: Row) -> dict[str, Any]:
    """A row of the table. What its column holds exactly is not in the JSON again."""
    record: dict[str, Any] = {}
    for part, columns in _COLUMNS.items():
        value = getattr(row, part)
        rest = codec.plain(value)
        for name, kind in columns.items():
            held = getattr(value, name)
            record[name] = _column(held, kind)
            if record[name] == held:
                rest.pop(name, None)
        record[f"{part}_json"] = codec.dumps(rest)
    return record


def _column(held: Any, kind: str) -> Any:
    """The field as its column can hold it: a lone surrogate, say, cannot stand in UTF-8."""
    if held is None:
        return None
    if kind == "number":
        return float(held)
    if kind == "numbers by name":
        return {_utf8(name): float(value) for name, value in held.items()}
    if kind == "texts by name":
        return {_utf8(name): _utf8(value) for name, value in held.items()}
    return _utf8(held)


def _utf8(text: object) -> str:
    return str(text).encode(errors="replace").decode()


def _row(record: Mapping[str, Any]) -> Row:
    parts: dict[str, Any] = {}
    for part, kind in _PARTS.items():
        columns = {name: record[name] for name in _COLUMNS[part] if record[name] is not None}
        rest = codec.loads(record[f"{part}_json"])
        for name in _COLUMNS[part].keys() & rest:  # what its column cannot hold, such as a lone surrogate
            if type(rest[name]) is not _HELD[_COLUMNS[part][name]]:
                raise TypeError(f"{part}.{name} is {type(rest[name]).__name__}")
        parts[part] = codec.restore(kind, columns | rest)
    return Row(**parts)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror or error}); all answers are kept"
        ) from error
