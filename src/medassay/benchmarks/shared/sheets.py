"""Reading small tables that datasets ship as Excel files. Needs openpyxl, of the extra `medical`."""

from __future__ import annotations

import csv
from pathlib import Path

from medassay.errors import DataError, MedassayError
from medassay.files.spreadsheets import sheet_rows

Cells = tuple[str, ...]


def read_sheet(path: Path) -> list[Cells]:
    """The rows of an .xlsx file's first sheet, or of a .csv copy of it.

    Cells are texts without blanks around them; a whole number has no point; an empty cell is an empty text.

    Raises:
        DataError: the file is not there or damaged.
        MissingExtra: openpyxl is not installed.
    """
    read = _comma_separated if path.suffix == ".csv" else _workbook
    try:
        return read(path)
    except MedassayError:
        raise
    except Exception as error:  # a damaged workbook raises what its .zip or its XML does
        raise DataError(f"{path}: not readable as a table ({error}); get the file again.") from error


def _comma_separated(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(cell.strip() for cell in row) for row in csv.reader(file)]


def _workbook(path: Path) -> list[Cells]:
    return [tuple(map(_text, row)) for row in sheet_rows(path)]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
