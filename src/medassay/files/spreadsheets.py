"""The rows of Excel files. Needs openpyxl, of the extra `medical`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from medassay.errors import DataError, MedassayError, MissingExtra, reason
from medassay.files.archives import checked, opened


def sheet_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet, one after the other; cells keep their types, formulas give their values.

    Raises:
        DataError: the file is damaged, or would unpack to far more than its size.
        MissingExtra: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError as error:
        raise MissingExtra("openpyxl", "medical") from error
    try:
        with opened(path) as archive:
            for member in archive.infolist():
                checked(member)
        book = _first_sheet_of(path)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # a sheet may claim a million rows of 16,384 cells, and hold none
            yield from sheet.iter_rows(values_only=True)
        finally:
            book.close()
    except MedassayError:
        raise
    except Exception as error:  # a damaged workbook raises what its .zip, its XML or its numbers do
        raise DataError(f"{path}: not a whole Excel file ({reason(error)})") from error


def _first_sheet_of(path: Path) -> Any:
    """The workbook as openpyxl opens it, with one sheet and no links.

    Opening looks into every sheet that is named, and a small file can name a large sheet thousands of times.
    """
    from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):  # type: ignore[misc]
        def read_worksheets(self) -> None:
            there = (
                sheet
                for sheet, part in self.parser.find_sheets()
                if part.target in self.valid_files and "chartsheet" not in part.Type
            )
            self.parser.sheets = list(islice(there, 1))
            self.parser.defined_names = type(self.parser.defined_names)()  # of sheets that are left out
            super().read_worksheets()

    reader = Reader(path, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb
