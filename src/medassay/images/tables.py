"""Images in the cells of Parquet files (`parquet:PATH?column=image&row=12`), and in the uri itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medassay.images.handles import Unreadable, field_of, fields_of, kept, whole


def open_inline(text: str) -> bytes:
    """The bytes that an `inline:` uri holds in base64."""
    try:
        return base64.b64decode(text.partition(":")[2], validate=True)
    except binascii.Error as error:
        raise Unreadable(f"not base64 ({error})") from error


def open_cell(text: str) -> bytes:
    """The bytes of a cell: bare, or under "bytes" as the Hugging Face hub has them."""
    path, fields = fields_of(text, "column", "row")
    row = whole(field_of(fields, "row"), "row")
    group, first = _row_group(path, Path(path).stat().st_mtime_ns, row, field_of(fields, "column"))
    value = group[row - first].as_py()
    value = value["bytes"] if isinstance(value, Mapping) else value
    if not isinstance(value, bytes):
        raise Unreadable("the column holds no image bytes")
    return value


def _row_group(path: str, mtime_ns: int, row: int, column: str) -> tuple[Any, int]:
    first = 0
    for index, size in enumerate(_row_group_sizes(path, mtime_ns)):
        if row < first + size:
            return _read_row_group(path, mtime_ns, index, column), first
        first += size
    raise Unreadable(f"the file has {first} rows, counted from 0")


@kept(16)
def _row_group_sizes(path: str, _mtime_ns: int) -> tuple[int, ...]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return tuple(file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups))


@kept(4)
def _read_row_group(path: str, _mtime_ns: int, index: int, column: str) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read_row_group(index, columns=[column]).column(column)
