"""Tables with images in base64, a row after another, as evaluation kits pass them on: one TSV of gigabytes.

Rows are streamed, and a handle is where its row begins (`base64-table:PATH?offset=1234&column=1`): to open
an image is to read one row. By the convention of these files (VLMEvalKit) the cell of an image may be the
string of a list of several, or, where it is short, the index of an earlier row that has the same.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from medassay import images
from medassay.benchmarks.shared.files import Record
from medassay.errors import DataError
from medassay.images.handles import Unreadable, field_of, whole
from medassay.types import Image

SCHEME = "base64-table"
_REFERENCE = 64  # a cell of so many characters is an index


def read_base64_table(
    path: Path, fields: Sequence[str], *, image: str = "image", index: str = "index"
) -> Iterator[tuple[Record, tuple[Image, ...]]]:
    """The rows of a TSV with a header, without the cell of their images, and the handles of these.

    The digests are known, for the bytes are at hand; an image that is not base64 has none and fails when it
    is opened.

    Args:
        path: the table, UTF-8, quoted as CSV.
        fields: the columns that it must have; a cell may be empty.
        image: the column of the images.
        index: the column that names a row.

    Raises:
        DataError: a column is missing, a row is cut off, or names an image that no earlier row has.
    """
    csv.field_size_limit(sys.maxsize)
    held: dict[str, tuple[Image, ...]] = {}
    try:
        with path.open("rb") as file:
            lines = _Lines(file)
            rows = csv.reader(lines, delimiter="\t")
            header = next(rows, [])
            if absent := [name for name in (image, index, *fields) if name not in header]:
                raise DataError(f"{path}: no column {', '.join(absent)}; is it the right dataset?")
            column, start = header.index(image), lines.offset
            for row in rows:
                if row:
                    record = _record(path, header, row)
                    cell = record.pop(image).strip()
                    name = record[index]
                    shown = _referred(path, held, name, cell) or _handles(path, start, column, cell)
                    held[name] = shown
                    yield record, shown
                start = lines.offset
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not readable as TSV ({error}); get the file again.") from error


class _Lines:
    """The lines of a file from where it stands; `offset` is where the next one begins."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.offset = file, file.tell()

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            text = line.decode("utf-8-sig" if self.offset == 0 else "utf-8")
            self.offset += len(line)
            yield text


def _record(path: Path, header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise DataError(
            f"{path}: the row {row[0][:40]!r} has {len(row)} cells, the header {len(header)}; "
            "get the file again."
        )
    return dict(zip(header, row, strict=True))


def _referred(
    path: Path, held: dict[str, tuple[Image, ...]], name: str, cell: str
) -> tuple[Image, ...] | None:
    if len(cell) > _REFERENCE:
        return None
    if cell not in held:
        raise DataError(f"{path}: the row {name!r} has no image ({cell!r} names no earlier row).")
    return held[cell]


def _handles(path: Path, offset: int, column: int, cell: str) -> tuple[Image, ...]:
    return tuple(
        Image(
            uri=images.uri(SCHEME, path, offset=offset, column=column, item=item),
            digest=_digest(text),
        )
        for item, text in enumerate(_items(cell))
    )


def _items(cell: str) -> list[str]:
    """The images of a cell in base64, whose alphabet has neither quotes nor commas."""
    if not cell.startswith("["):
        return [cell]
    return [item.strip(" '\"") for item in cell.strip("[]").split(",")]


def _digest(text: str) -> str | None:
    try:
        return "sha256:" + hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
    except ValueError:  # binascii's is one, too
        return None


def _open(text: str) -> bytes:
    path, fields = images.split_uri(text)
    column, item = (whole(field_of(fields, name), name) for name in ("column", "item"))
    csv.field_size_limit(sys.maxsize)
    with Path(path).open("rb") as file:
        file.seek(whole(field_of(fields, "offset"), "offset"))
        try:
            row = next(csv.reader(_Lines(file), delimiter="\t"), [])
            return base64.b64decode(_items(row[column].strip())[item], validate=True)
        except (binascii.Error, UnicodeDecodeError, csv.Error, IndexError) as error:
            raise Unreadable(f"the cell holds no image in base64 ({error})") from error


images.register(SCHEME, _open)
