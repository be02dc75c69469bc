"""What a member of an archive claims is checked before it is unpacked."""

import struct
import zipfile

import pytest

from medassay.files.archives import Damaged, checked, opened


def packed(path, content, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a", content)
    return path


def patched(path, place, value):
    """The archive with a field of its directory written over (APPNOTE 4.3.12)."""
    body = bytearray(path.read_bytes())
    at = body.rindex(b"PK\x01\x02") + place
    body[at : at + len(value)] = value
    path.write_bytes(body)
    return path


def first(path):
    with opened(path) as archive:
        return archive.read(checked(archive.infolist()[0]))


def test_a_member_is_read(tmp_path):
    assert first(packed(tmp_path / "x.zip", b"abc" * 1000)) == b"abc" * 1000


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = packed(tmp_path / "x.zip", bytes(65 * 2**20))
    with pytest.raises(Damaged, match=r"unpacks to 68157440: a bomb"):
        first(path)


def test_a_member_that_hides_its_size_gives_no_more_than_it_claims(tmp_path):
    path = patched(packed(tmp_path / "x.zip", bytes(2**20)), 24, struct.pack("<I", 10))
    with pytest.raises(Damaged, match="CRC"):
        first(path)


@pytest.mark.parametrize(
    ("method", "place", "value", "why"),
    [
        (zipfile.ZIP_LZMA, 46, b"a", "by the method 14"),
        (zipfile.ZIP_DEFLATED, 8, struct.pack("<H", 1), "is encrypted"),
        (zipfile.ZIP_DEFLATED, 10, struct.pack("<H", 99), "by the method 99"),
        (zipfile.ZIP_DEFLATED, 6, struct.pack("<H", 999), "version"),
    ],
)
def test_what_cannot_be_unpacked_is_said(tmp_path, method, place, value, why):
    with pytest.raises(Damaged, match=why):
        first(patched(packed(tmp_path / "x.zip", b"abc", method), place, value))
