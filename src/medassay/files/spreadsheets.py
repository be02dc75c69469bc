"""The rows of Excel files. Needs openpyxl, of the extra `medical`."""

from __future__ import annotations

from collections.abc import Iterator
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
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtra("openpyxl", "medical") from error
    try:
        with opened(path) as archive:
            for member in archive.infolist():
                checked(member)
        book = load_workbook(path, read_only=True, data_only=True)
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
