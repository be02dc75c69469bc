"""Tables with images in base64: read row by row, opened by where the row begins."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from tests.benchmarks.drawing import base64_picture, picture, write_csv

from medassay.benchmarks.shared.base64_table import read_base64_table
from medassay.errors import DataError, ImageError
from medassay.images import read_bytes, resolve

HEADER = ["index", "question", "image"]


def _write(path: Path, *rows: tuple[object, ...]) -> Path:
    write_csv(path, HEADER, rows, separator="\t")
    return path


def _images(path: Path) -> list[bytes]:
    return [read_bytes(image) for _, images in read_base64_table(path, ()) for image in images]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "a table?.tsv"


def test_an_image_is_found_by_the_place_of_its_row(table):
    tricky = ["Größe, Länge: 心電図", 'two\nlines and a "quote"', "tab\there", ""]
    _write(table, *((n, text, base64_picture(n)) for n, text in enumerate(tricky)))
    assert _images(table) == [picture(n) for n in range(4)]
    assert [record["question"] for record, _ in read_base64_table(table, ("question",))] == tricky
    assert all("image" not in record for record, _ in read_base64_table(table, ()))


def test_line_ends_and_marks_of_other_systems(table):
    _write(table, (0, "a", base64_picture(0)), (1, "b\nc", base64_picture(1)))
    content = table.read_bytes()
    table.write_bytes(b"\xef\xbb\xbf" + content.replace(b"\r\n", b"\n") + b"\n\n")
    assert _images(table) == [picture(0), picture(1)]


def test_the_digest_is_of_the_bytes(table):
    _write(table, (0, "", base64_picture(0)))
    ((_, (image,)),) = read_base64_table(table, ())
    assert image.digest is not None
    assert len(image.uri) < 100 + len(str(table))
    unresolved = resolve(type(image)(uri=image.uri))
    assert unresolved == image


def test_a_row_may_show_the_image_of_an_earlier_one(table):
    _write(table, (5, "", base64_picture(5)), (6, "", "5"))
    (_, first), (_, second) = read_base64_table(table, ())
    assert first == second


def test_a_cell_may_hold_several(table):
    _write(table, (0, "", str([base64_picture(1), base64_picture(2)])))
    assert _images(table) == [picture(1), picture(2)]


def test_an_image_that_is_not_base64_is_a_row_that_fails(table):
    _write(table, (0, "", "?" + base64_picture(0)), (1, "", base64_picture(1)))
    (_, (bad,)), (_, (good,)) = read_base64_table(table, ())
    with pytest.raises(ImageError, match=r"a table\?\.tsv .*holds no image in base64"):
        resolve(bad)
    assert read_bytes(good) == picture(1)


@pytest.mark.parametrize("cell", ["", "7", "nan"])
def test_a_row_without_an_image_is_named(table, cell):
    _write(table, (3, "", cell))
    with pytest.raises(DataError, match=rf"the row '3' has no image \('{cell}' names no earlier row\)"):
        list(read_base64_table(table, ()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"index\timage\n", "no column question; is it the right dataset"),
        (b"", "no column image, index, question"),
        (b"index\tquestion\timage\n0\tcut", "the row '0' has 2 cells, the header 3"),
        (b"index\tquestion\timage\n0\t\xff\t1\n", "not readable as TSV"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(table, content, message):
    table.write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(read_base64_table(table, ("question",)))


def test_memory_stays_flat(table):
    cell = "A" * 2**21
    with table.open("w") as file:
        file.write("index\tquestion\timage\n")
        file.writelines(f"{n}\t\t{cell}\n" for n in range(20))
    tracemalloc.start()
    assert sum(1 for _ in read_base64_table(table, ())) == 20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * len(cell)
