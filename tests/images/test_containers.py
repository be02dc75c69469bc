"""Images inside files that hold many: archives, arrays, tables."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PILImage

from medassay.errors import ImageError
from medassay.images import Prefetcher, open_image, packed, read_bytes, resolve, tables, uri
from medassay.images.depth import to_8_bits
from medassay.types import Image


def png(shade):
    buffer = io.BytesIO()
    PILImage.new("L", (4, 3), shade).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "images & more.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for n in range(200):
            made.writestr(f"a folder/{n}+{n}&.png", png(n))
    return path


def test_members_are_read_by_many_threads_at_once_and_their_bytes_are_the_original_ones(archive):
    handles = [Image(uri=uri("zip", archive, member=f"a folder/{n}+{n}&.png")) for n in range(200)]
    with Prefetcher(threads=8) as prefetcher:
        held = prefetcher.fetch(handles, pixels=True)
    assert [held[h] for h in handles] == [resolve(h) for h in handles]
    assert [np.asarray(open_image(h))[0, 0, 0] for h in handles] == list(range(200))
    assert read_bytes(handles[7]) == png(7)


def test_a_missing_member_and_a_damaged_archive_are_named(archive, tmp_path):
    with pytest.raises(ImageError, match=r"images & more\.zip \(member b\.png\): the archive has no such"):
        resolve(Image(uri=uri("zip", archive, member="b.png")))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(ImageError, match=r"cut\.zip \(member 1\.png\): not a whole \.zip file"):
        resolve(Image(uri=uri("zip", cut, member="1.png")))
    flipped = bytearray(archive.read_bytes())
    flipped[60] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(flipped)
    with pytest.raises(
        ImageError, match=r"flipped\.zip \(member a folder/0\+0&\.png\): the member is damaged"
    ):
        resolve(Image(uri=uri("zip", tmp_path / "flipped.zip", member="a folder/0+0&.png")))


def test_a_member_that_unpacks_to_too_much_is_refused(archive, monkeypatch):
    monkeypatch.setattr(packed, "MAX_BYTES", len(png(1)) - 1)
    with pytest.raises(ImageError, match=rf"unpacks to {len(png(1))} bytes, above the limit"):
        resolve(Image(uri=uri("zip", archive, member="a folder/1+1&.png")))


def test_an_archive_that_was_replaced_is_read_anew(archive):
    handle = Image(uri=uri("zip", archive, member="a folder/1+1&.png"))
    before = resolve(handle).digest
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a folder/1+1&.png", png(99))
    assert resolve(handle).digest != before


def test_a_range_is_clipped_before_it_is_scaled_so_that_nothing_wraps(tmp_path):
    thickness = np.array([[-2.0, 350.0], [174.0, 1e6], [-1e6, np.nan]])
    np.savez(tmp_path / "x.npz", rnflt=thickness, many=np.stack([thickness, -thickness]))
    shown = open_image(Image(uri=uri("npz", tmp_path / "x.npz", key="rnflt", low=-2, high=350)))
    assert np.asarray(shown)[..., 0].tolist() == [[0, 255], [128, 255], [0, 0]]
    second = open_image(Image(uri=uri("npz", tmp_path / "x.npz", key="many", index=1, low=-350, high=2)))
    assert np.asarray(second)[..., 0].tolist() == [[255, 0], [128, 0], [255, 0]]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"key": "deep"}, "holds uint16, not 8-bit pixels: low=... and high=..."),
        ({"key": "deep", "low": 5, "high": 5}, "low=5, high=5 leaves no range to show"),
        ({"key": "deep", "low": 5}, "low=5: give low and high, or"),
        ({"key": "stack"}, r"holds the shape \(2, 4, 4, 3\)"),
        ({"key": "stack", "index": 2}, "holds 2 images, counted from 0"),
        ({"key": "stack", "index": "x"}, "index=x is not a whole number"),
        ({"key": "none"}, "has no array none: it has deep, stack"),
        ({}, "lacks key=..."),
    ],
)
def test_what_an_array_cannot_give_is_said(tmp_path, fields, why):
    np.savez(tmp_path / "x.npz", deep=np.ones((4, 4), np.uint16), stack=np.ones((2, 4, 4, 3), np.uint8))
    with pytest.raises(ImageError, match=why):
        resolve(Image(uri=uri("npz", tmp_path / "x.npz", **fields)))


def test_a_bare_array_needs_no_key(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(6, dtype=np.uint8).reshape(2, 3))
    assert np.asarray(open_image(Image(uri=uri("npz", tmp_path / "x.npy"))))[1, 2, 0] == 5


@settings(deadline=None)
@given(st.lists(st.floats(width=32), min_size=2, max_size=20), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_a_larger_value_is_never_shown_darker(values, low, width):
    ordered = np.sort(np.array(values, dtype=np.float64))  # NaN last
    shown = to_8_bits(ordered, (low, low + width))[~np.isnan(ordered)]
    assert (np.diff(shown.astype(int)) >= 0).all()
    assert (shown[ordered[: len(shown)] <= low] == 0).all()
    assert (shown[ordered[: len(shown)] >= low + width] == 255).all()


def test_a_row_group_too_large_to_hold_is_read_in_any_order(tmp_path, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = [f"cell {n}".encode() * 50 for n in range(1000)]
    pq.write_table(pa.table({"image": cells}), tmp_path / "x.parquet", row_group_size=600)
    monkeypatch.setattr(tables, "_SMALL", 0)
    monkeypatch.setattr(tables, "_HELD", 2**15)  # fewer rows than a group has
    order = [*range(0, 1000, 7), 599, 600, 3, 999, 0, 598]
    for row in order:
        held = tables.open_cell(uri("parquet", tmp_path / "x.parquet", column="image", row=row))
        assert held == cells[row]
    with pytest.raises(ImageError, match="has 1000 rows"):
        resolve(Image(uri=uri("parquet", tmp_path / "x.parquet", column="image", row=1000)))
