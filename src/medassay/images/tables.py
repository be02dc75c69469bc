"""Images in the cells of Parquet files (`parquet:PATH?column=image&row=12`), and in the uri itself."""

from __future__ import annotations

import base64
import binascii
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medassay.images.handles import Unreadable, field_of, fields_of, kept, whole

_SMALL = 128 * 2**20  # bytes up to which a row group is held whole
_HELD = 32 * 2**20  # bytes of a larger one that are held
_BATCH = 64  # rows that are read at once


def open_inline(text: str) -> bytes:
    """The bytes that an `inline:` uri holds in base64."""
    try:
        return base64.b64decode(text.partition(":")[2], validate=True)
    except binascii.Error as error:
        raise Unreadable(f"not base64 ({error})") from error


def open_cell(text: str) -> bytes:
    """The bytes of a cell: bare, or under "bytes" as the Hugging Face hub has them."""
    import pyarrow as pa

    try:
        return _cell(text)
    except pa.ArrowException as error:  # not all of them are ValueErrors
        raise Unreadable(f"a damaged Parquet file ({error})") from error


def _cell(text: str) -> bytes:
    path, fields = fields_of(text, "column", "row")
    row = whole(field_of(fields, "row"), "row")
    mtime = Path(path).stat().st_mtime_ns
    index, place, size = _place(path, mtime, row)
    column = field_of(fields, "column")
    small = size <= _SMALL
    value = (_read_row_group if small else _cursor)(path, mtime, index, column)[place].as_py()
    value = value["bytes"] if isinstance(value, Mapping) else value
    if not isinstance(value, bytes):
        raise Unreadable("the column holds no image bytes")
    return value


def _place(path: str, mtime_ns: int, row: int) -> tuple[int, int, int]:
    """The row group of a row, its place therein, and the bytes of the group."""
    first = 0
    for index, (rows, size) in enumerate(_row_groups(path, mtime_ns)):
        if row < first + rows:
            return index, row - first, size
        first += rows
    raise Unreadable(f"the file has {first} rows, counted from 0")


@kept(16)
def _row_groups(path: str, _mtime_ns: int) -> tuple[tuple[int, int], ...]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        return tuple((group.num_rows, group.total_byte_size) for group in groups)


@kept(4)
def _read_row_group(path: str, _mtime_ns: int, index: int, column: str) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read_row_group(index, columns=[column]).column(column)


@kept(4)
def _cursor(path: str, _mtime_ns: int, index: int, column: str) -> _Cursor:
    return _Cursor(path, index, column)


class _Cursor:
    """The cells of a row group that is too large to hold: read from the front, the last ones kept.

    Rows are mostly asked for in their order, by several threads, so some come a little late. A row that has
    gone by for longer starts the reading anew.
    """

    def __init__(self, path: str, index: int, column: str) -> None:
        self._path, self._index, self._column = path, index, column
        self._lock = threading.Lock()
        self._start()

    def __getitem__(self, row: int) -> Any:
        with self._lock:
            if row < self._first:
                self._start()
            while row >= self._end:
                part = next(self._parts).column(0)
                self._held.append(part)
                self._end += len(part)
                while len(self._held) > 1 and sum(p.nbytes for p in self._held) > _HELD:
                    self._first += len(self._held.popleft())
            place = row - self._first
            for part in self._held:
                if place < len(part):
                    return part[place]
                place -= len(part)
            raise IndexError(row)

    def _start(self) -> None:
        import pyarrow.parquet as pq

        file = pq.ParquetFile(self._path, pre_buffer=False, buffer_size=2**20)
        self._parts = file.iter_batches(_BATCH, row_groups=[self._index], columns=[self._column])
        self._held: deque[Any] = deque()
        self._first = self._end = 0
