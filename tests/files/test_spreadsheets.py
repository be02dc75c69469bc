"""Excel files that claim more than they hold."""

import io
import re
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

    def write(change, name=SHEET):
        book, body = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["id", "answer"])
        book.active.append([1, 2.5])
        book.save(body)
        path = tmp_path / "x.xlsx"
        with zipfile.ZipFile(body) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                new.writestr(part, change(old.read(part)) if part == name else old.read(part))
        return path

    return write


def test_rows_are_read(changed):
    assert list(sheet_rows(changed(lambda xml: xml))) == [("id", "answer"), (1, 2.5)]


def test_claimed_dimensions_are_not_filled_up(changed):
    path = changed(lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    before = time.monotonic()
    assert list(sheet_rows(path)) == [("id", "answer"), (1, 2.5)]
    assert time.monotonic() - before < 2


def test_a_sheet_that_is_named_thousands_of_times_is_opened_once(changed, monkeypatch):
    """Opening each took minutes where the sheet is large."""
    opened, made = openpyxl.reader.excel.ReadOnlyWorksheet, []

    def counted(*given):
        made.append(given)
        return opened(*given)

    monkeypatch.setattr("openpyxl.reader.excel.ReadOnlyWorksheet", counted)

    def named(xml):
        (one,) = re.findall(rb"<sheet [^>]*>", xml)
        return xml.replace(one, one * 3_000)

    assert list(sheet_rows(changed(named, "xl/workbook.xml"))) == [("id", "answer"), (1, 2.5)]
    assert len(made) == 1


def test_the_first_sheet_is_read_whatever_others_there_are(tmp_path, recwarn):
    book = openpyxl.Workbook()
    book.active.append(["id"])
    for n in range(3):
        sheet = book.create_sheet(f"other {n}")
        sheet.append(["no"])
        sheet.print_area = "A1:A1"
    book.create_chartsheet(index=0)
    book.save(tmp_path / "x.xlsx")
    assert list(sheet_rows(tmp_path / "x.xlsx")) == [("id",)]
    assert not recwarn.list


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
