"""Excel files that claim more than they hold."""

import io
import time
import zipfile

import pytest

from medassay.errors import DataError
from medassay.files.spreadsheets import sheet_rows

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl absent")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def changed(tmp_path):
    """Writes a workbook of two rows whose sheet is changed; gives its path."""

    def write(change):
        book, body = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["id", "answer"])
        book.active.append([1, 2.5])
        book.save(body)
        path = tmp_path / "x.xlsx"
        with zipfile.ZipFile(body) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, change(old.read(name)) if name == SHEET else old.read(name))
        return path

    return write


def test_rows_are_read(changed):
    assert list(sheet_rows(changed(lambda xml: xml))) == [("id", "answer"), (1, 2.5)]


def test_claimed_dimensions_are_not_filled_up(changed):
    path = changed(lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    before = time.monotonic()
    assert list(sheet_rows(path)) == [("id", "answer"), (1, 2.5)]
    assert time.monotonic() - before < 2


def test_a_bomb_is_refused(changed):
    with pytest.raises(DataError, match=r"x\.xlsx: not a whole Excel file \(.*a bomb\)"):
        list(sheet_rows(changed(lambda xml: xml + b" " * (70 * 2**20))))


def test_entities_that_grow_are_refused(changed):
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "eeeeeeeeee">%s]>' % entities
    with pytest.raises(DataError, match="not a whole Excel file"):
        list(sheet_rows(changed(lambda xml: bomb + xml.replace(b"<v>1</v>", b"<v>&e9;</v>"))))


def test_what_is_damaged_is_one_line(changed):
    with pytest.raises(DataError, match=r"x\.xlsx: not a whole Excel file") as caught:
        list(sheet_rows(changed(lambda xml: xml[:200])))
    assert "\n" not in str(caught.value)
