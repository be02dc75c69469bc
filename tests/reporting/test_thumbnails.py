import sys

from medassay.reporting.thumbnails import thumbnail
from medassay.types import Image


def test_a_page_is_made_where_the_package_for_its_images_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    path = tmp_path / "x.dcm"
    path.write_bytes(bytes(128) + b"DICM")
    assert "pydicom is not installed" in thumbnail(Image(uri=str(path))).problem
