"""A file of answers before anyone knows its format: what its first bytes, line, row or member show."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.errors import DataError
from medassay.files.archives import Damaged, opened
from medassay.files.spreadsheets import sheet_rows

_HEAD = 4096  # bytes that are looked at before anything is read
_LONGEST = 2**31 - 1  # the largest cell that the csv module allows on every platform
Record = Mapping[str, Any]


class Source:
    """A file, read no further than is asked.

    Args:
        path: where it lies.
        allow_cut: whether a last line that is cut off in the middle is left out instead of refused.

    Raises:
        DataError: it cannot be read.
    """

    def __init__(self, path: Path, *, allow_cut: bool = False) -> None:
        self.path, self.allow_cut = path, allow_cut
        self.cut = ""  # the place of a line that was left out
        try:
            with path.open("rb") as file:
                self.head = file.read(_HEAD)
        except OSError as error:
            raise DataError(f"{path}: {error.strerror or error}") from error

    @cached_property
    def sha256(self) -> str:
        """The hash of the content, 64 hex digits."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    @property
    def empty(self) -> bool:
        """Whether there is nothing but blanks at its start."""
        return not self.head.strip()

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The names inside a .zip file; none if it is another file."""
        if not self.head.startswith(b"PK\x03\x04"):
            return ()
        try:
            with opened(self.path) as archive:
                return tuple(archive.namelist())
        except Damaged as error:
            raise DataError(f"{self.path}: a damaged archive ({error}): copy the file again") from error

    @cached_property
    def first(self) -> Record:
        """The first line, where each line is a JSON object; else nothing."""
        if not self._opens_with(b"{"):
            return {}
        try:
            _, line = next(self._lines())
            held = codec.loads(line)
        except (StopIteration, ValueError):
            return {}
        return held if isinstance(held, dict) else {}

    @cached_property
    def document(self) -> Any:
        """The JSON value that the whole file is; None if it is not one."""
        if not self._opens_with(b"{", b"[") or (self.first and sum(1 for _ in islice(self._lines(), 2)) > 1):
            return None
        try:
            return codec.loads(self.path.read_text("utf-8-sig"))
        except ValueError:
            return None

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The first row of a table: of a spreadsheet, or of text with tabs or commas."""
        row = next(self.rows(), ())
        return tuple("" if cell is None else str(cell) for cell in row)

    @property
    def is_table(self) -> bool:
        """Whether it can be read as rows of cells: a spreadsheet, or text that is not JSON."""
        if self.members:
            return "xl/workbook.xml" in self.members
        binary = b"\x00" in self.head or self.head.startswith(b"PAR1")
        return not binary and not self.empty and not self._opens_with(b"{", b"[", b"<")

    def records(self) -> Iterator[tuple[str, Record]]:
        """The JSON objects of the lines, each with its place ("answers.jsonl:7").

        Raises:
            DataError: a line is no JSON object (names it), unless it is the last, cut off, and allowed.
        """
        for number, line in self._lines():
            try:
                held = codec.loads(line)
            except ValueError as error:
                if self.allow_cut and not line.endswith("\n"):
                    self.cut = f"{self.path.name}:{number}"
                    return
                hint = "" if line.endswith("\n") else "; it looks cut off: --allow-cut reads the lines before"
                raise DataError(
                    f"{self.path}:{number}: not JSON ({error}): one object a line{hint}"
                ) from error
            if not isinstance(held, dict):
                raise DataError(f"{self.path}:{number}: a JSON object is expected, this is another value")
            yield f"{self.path.name}:{number}", held

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, the header first; cells of a spreadsheet keep their types.

        Raises:
            DataError: the table is damaged.
            MissingExtra: it is a spreadsheet, and openpyxl is not installed.
        """
        if not self.is_table:
            return
        if self.members:
            yield from sheet_rows(self.path)
            return
        csv.field_size_limit(_LONGEST)
        delimiter = "\t" if b"\t" in self.head.split(b"\n", 1)[0] else ","
        try:
            with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                yield from map(tuple, csv.reader(file, delimiter=delimiter))
        except csv.Error as error:
            raise DataError(f"{self.path}: not a whole table ({error})") from error

    def table(self) -> Iterator[tuple[str, Record]]:
        """The rows below the header by its names, each with its place; empty rows are left out."""
        for number, row in enumerate(islice(self.rows(), 1, None), start=2):
            if any(cell not in {None, ""} for cell in row):
                yield f"{self.path.name}:{number}", dict(zip(self.header, row, strict=False))

    def _opens_with(self, *marks: bytes) -> bool:
        return self.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(marks)

    def _lines(self) -> Iterator[tuple[int, str]]:
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line


def numbers(record: Mapping[str, Any], leave: frozenset[str] = frozenset()) -> dict[str, float]:
    """The numeric fields of a record by name, truth as 1 and 0; texts that are numbers count."""
    found: dict[str, float] = {}
    for name, value in record.items():
        if name in leave or value is None or value == "":
            continue
        if isinstance(value, (bool, int, float, str)):
            try:
                found[name] = float(value)
            except ValueError:
                continue
    return {name: value for name, value in found.items() if value == value}  # noqa: PLR0124  NaN is no claim


def json_beside(path: Path) -> Record:
    """The JSON object of a file beside the answers; nothing where it is not there or no object.

    A summary that cannot be read claims nothing: the answers do not depend on it.
    """
    try:
        held = codec.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def lettered(options: Any) -> dict[str, str]:
    """Letter to text: from a list, from {letter: text}, or from {"text": [...], "label": [...]}."""
    if isinstance(options, dict):
        texts, labels = options.get("text"), options.get("label")
        if isinstance(texts, list) and isinstance(labels, list) and len(texts) == len(labels):
            return {str(label): str(text) for label, text in zip(labels, texts, strict=True)}
        return {str(label): text for label, text in options.items() if isinstance(text, str)}
    if isinstance(options, list) and len(options) <= 26 and all(isinstance(text, str) for text in options):
        return {chr(ord("A") + place): text for place, text in enumerate(options)}
    return {}
