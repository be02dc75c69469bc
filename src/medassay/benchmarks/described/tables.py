"""Tables as hospitals keep them: CSV (also of Excel), TSV, JSON lines, Excel and Parquet, row by row."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from medassay import codec
from medassay.benchmarks.shared.files import parquet_image
from medassay.errors import DataError, reason
from medassay.files.places import is_file
from medassay.files.spreadsheets import sheet_rows
from medassay.types import Image

SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".xlsx", ".parquet")
_SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 100  # JSON lines whose keys are the columns
Held = TypeVar("Held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `number` counts rows from 1, `place` says where it stands as a person finds it."""

    number: int
    place: str
    cells: Mapping[str, Any]

    def fail(self, why: str) -> DataError:
        """The error to raise: `why` says what is wrong and what to write instead."""
        return DataError(f"{self.place}: {why}")

    def text(self, column: str) -> str:
        """The cell as text; a whole number as Excel holds it (3.0) without its point."""
        return _text(self.cells.get(column))

    def texts(self, column: str, separator: str = "") -> tuple[str, ...]:
        """The members of a cell that is a list, or a text with a separator; none where it is empty."""
        value = self.cells.get(column)
        members = value if isinstance(value, list) else _parted(_text(value), separator)
        return tuple(text for member in members if (text := _text(member)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file with a header and its rows, which stream anew each time."""

    path: Path
    columns: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]


def open_table(path: Path, encoding: str = "utf-8") -> Table:
    """Look at the header of a table.

    Args:
        path: a file whose ending is one of SUFFIXES. In CSV the separator is the one of , ; tab | that
            occurs most often in the header; Excel's line `sep=;` is understood.
        encoding: of CSV and JSON lines; a byte order mark is dropped.

    Raises:
        DataError: the file is missing, damaged, in another encoding, or its header is not usable.
        MissingExtra: openpyxl is needed for Excel and is not installed.
    """
    if not is_file(path):
        raise DataError(f"{path}: no such file: write where the table lies, as seen from the YAML file")
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise DataError(f"{path}: not a table that can be read: save it as one of {', '.join(SUFFIXES)}")
    table = opener(path, "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    twice = {name for name in table.columns if table.columns.count(name) > 1}
    if twice:
        raise DataError(f"{path}: the column {min(twice)!r} occurs twice: rename one")
    return table


# ---- text


def _delimited(path: Path, encoding: str) -> Table:
    csv.field_size_limit(sys.maxsize)
    separator, skipped = _readable(path, encoding, lambda: _separator(path, encoding))

    def lines() -> Iterator[tuple[int, list[str]]]:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=separator)
            for row in reader:
                if reader.line_num > skipped and any(cell.strip() for cell in row):
                    yield reader.line_num, row

    _, header = _readable(path, encoding, lambda: next(lines(), (0, [])))
    columns = tuple(cell.strip() for cell in header)
    used = tuple(name for name in columns if name)  # a sheet's empty columns at the right

    def rows() -> Iterator[Line]:
        stream = lines()
        next(stream, None)
        for number, (end, row) in enumerate(_guarded(path, encoding, stream), start=1):
            if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
                raise DataError(
                    f"{path}:{end}: {len(row)} cells under {len(columns)} columns: put cells that hold "
                    f"{separator!r} in double quotes"
                )
            cells = dict(zip(columns, row, strict=False))
            yield Line(number=number, place=f"{path}:{end}", cells=cells)

    if not used:
        raise DataError(f"{path}: empty: the first line should name the columns")
    return Table(path=path, columns=used, lines=rows)


def _separator(path: Path, encoding: str) -> tuple[str, int]:
    """The separator, and how many lines stand above the header (Excel's `sep=;`)."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
    if first.lower().startswith("sep=") and len(first.strip("\r\n")) == 5:
        return first[4], 1
    if path.suffix.lower() == ".tsv":
        return "\t", 0
    bare = "".join(first.split('"')[::2])  # what stands in quotes is a name
    return max(_SEPARATORS, key=bare.count), 0


def _json_lines(path: Path, encoding: str) -> Table:
    def records() -> Iterator[Line]:
        with path.open(encoding=encoding) as file:
            number = 0
            for at, line in enumerate(_guarded(path, encoding, file), start=1):
                if not line.strip():
                    continue
                number += 1
                try:
                    record = codec.loads(line)
                except ValueError as error:
                    raise DataError(f"{path}:{at}: not JSON ({error}): one object a line") from error
                if not isinstance(record, dict):
                    raise DataError(f"{path}:{at}: one object a line is expected")
                yield Line(number=number, place=f"{path}:{at}", cells=record)

    columns = dict.fromkeys(name for line in islice(records(), _LOOKED_AT) for name in line.cells)
    if not columns:
        raise DataError(f"{path}: empty: one object a line is expected")
    return Table(path=path, columns=tuple(columns), lines=records)


def _readable(path: Path, encoding: str, work: Callable[[], Held]) -> Held:
    return next(_guarded(path, encoding, (work() for _ in (0,))))


def _guarded(path: Path, encoding: str, stream: Iterable[Held]) -> Iterator[Held]:
    """The stream, with what is wrong with the text of its file as one line."""
    try:
        yield from stream
    except (UnicodeError, LookupError) as error:
        raise DataError(
            f"{path}: not text in {encoding.removesuffix('-sig')} ({error}): save it as CSV UTF-8, or write "
            "its encoding in the YAML file (`encoding: cp1252` for most of western Excel)"
        ) from error
    except csv.Error as error:
        raise DataError(f"{path}: not readable as CSV ({error}): export the table again") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


# ---- Excel and Parquet


def _excel(path: Path, _: str) -> Table:
    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        return ((at, row) for at, row in enumerate(sheet_rows(path), start=1) if any(map(_text, row)))

    first = next(rows(), (0, ()))
    columns = tuple(_text(cell) for cell in first[1])
    used = tuple(name for name in columns if name)
    if not used:
        raise DataError(f"{path}: the first sheet is empty: its first row should name the columns")

    def lines() -> Iterator[Line]:
        stream = rows()
        next(stream, None)
        for number, (at, values) in enumerate(stream, start=1):
            cells = dict(zip(columns, values, strict=False))
            yield Line(number=number, place=f"{path}: row {at}", cells=cells)

    return Table(path=path, columns=used, lines=lines)


def _parquet(path: Path, _: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def records() -> Iterator[Mapping[str, Any]]:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=2**20) as file:
            for batch in file.iter_batches(64):
                yield from batch.to_pylist()

    def lines() -> Iterator[Line]:
        for number, record in enumerate(guarded(records()), start=1):
            cells = _pictured(path, number, record)
            yield Line(number=number, place=f"{path}: row {number}", cells=cells)

    def guarded(stream: Iterable[Held]) -> Iterator[Held]:
        try:
            yield from stream
        except (pa.ArrowException, OSError, ValueError) as error:
            why = f"not a whole Parquet file ({reason(error)})"
            raise DataError(f"{path}: {why}: export the table again") from error

    columns = next(guarded(tuple(pq.read_schema(each).names) for each in (path,)))
    return Table(path=path, columns=columns, lines=lines)


def _pictured(path: Path, number: int, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with the handles of images whose bytes stand in a cell, as the hub's files have them."""
    held = {name: value.get("bytes") if isinstance(value, dict) else value for name, value in record.items()}
    return {
        name: parquet_image(path, number - 1, record, name) if isinstance(value, bytes) else value
        for name, value in held.items()
    }


_OPENERS: Mapping[str, Callable[[Path, str], Table]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".txt": _delimited,
    ".jsonl": _json_lines,
    ".xlsx": _excel,
    ".parquet": _parquet,
}


def _text(value: Any) -> str:
    if value is None or isinstance(value, Image):
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.15g}"
    return str(value).strip()


def _parted(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]
