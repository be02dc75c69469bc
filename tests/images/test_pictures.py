import base64
import hashlib
import io
import sys

import numpy as np
import PIL.ImageOps
import pytest
from PIL import Image as PILImage

from medassay import images
from medassay.errors import ImageError, MissingExtra
from medassay.images import Prefetcher, open_image, read_bytes, resolve, uri
from medassay.images.cache import Pictures
from medassay.types import Image, Op

PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8)


def png(array=PIXELS):
    buffer = io.BytesIO()
    PILImage.fromarray(array).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a picture.png"
    path.write_bytes(png())
    return path


def test_digest_is_of_the_original_bytes_and_original_bytes_are_delivered(picture):
    held = resolve(Image(uri=str(picture)))
    assert held.digest == "sha256:" + hashlib.sha256(picture.read_bytes()).hexdigest()
    assert read_bytes(held) == picture.read_bytes()


def test_a_changed_file_has_a_new_digest(picture):
    before = resolve(Image(uri=str(picture))).digest
    picture.write_bytes(png(PIXELS + 1) + b"longer")
    assert resolve(Image(uri=str(picture))).digest != before


def test_digest_of_an_array_knows_its_shape(tmp_path):
    np.savez(tmp_path / "x.npz", square=PIXELS[None], long=PIXELS.reshape(1, 4, 16))
    square, long = (Image(uri=uri("npz", tmp_path / "x.npz", key=k, index=0)) for k in ("square", "long"))
    assert resolve(square).digest != resolve(long).digest
    assert np.array_equal(np.asarray(open_image(square))[..., 0], PIXELS)
    assert PILImage.open(io.BytesIO(read_bytes(square))).size == (8, 8)


def test_parquet_rows_open_across_row_groups(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"bytes": png(PIXELS + i), "path": None} for i in range(5)]
    pq.write_table(pa.table({"image": rows}), tmp_path / "x.parquet", row_group_size=2)
    for row in (4, 0, 3):
        image = Image(uri=uri("parquet", tmp_path / "x.parquet", column="image", row=row))
        assert np.asarray(open_image(image))[0, 0, 0] == row
    with pytest.raises(ImageError, match=r"x\.parquet \(column image, row 5\): the file has 5 rows"):
        resolve(Image(uri=uri("parquet", tmp_path / "x.parquet", column="image", row=5)))


def test_inline():
    image = Image(uri="inline:" + base64.b64encode(png()).decode())
    assert np.array_equal(np.asarray(open_image(image))[..., 0], PIXELS)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no such file"),
        (b"", "cannot be decoded"),
        (png()[:50], "cannot be decoded"),
        (b"GIF89a", "cannot be"),
    ],
)
def test_what_cannot_be_read_says_which_file_and_why(tmp_path, content, why):
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageError, match=rf"broken\.png.*{why}"):
        open_image(Image(uri=str(path)))


def test_unknown_scheme_and_operation_are_named(picture):
    with pytest.raises(ImageError, match="nothing opens 'volume'"):
        resolve(Image(uri="volume:x"))
    with pytest.raises(ImageError, match="no operation is called 'twirl'"):
        open_image(Image(uri=str(picture), ops=(Op(name="twirl"),)))


def test_prefetch_keeps_a_broken_image_from_its_neighbours(picture, tmp_path):
    good, bad = Image(uri=str(picture)), Image(uri=str(tmp_path / "none.png"))
    with Prefetcher(threads=2) as prefetcher:
        held = prefetcher.fetch([good, bad, good], pixels=True)
    assert isinstance(held[bad], ImageError)
    assert held[good] == resolve(good)


def test_an_opener_with_a_bug_costs_its_own_images_only(picture):
    images.register("buggy", lambda uri: len(7))  # type: ignore[return-value, arg-type]
    good, bad = Image(uri=str(picture)), Image(uri="buggy:1")
    with Prefetcher() as prefetcher:
        held = prefetcher.fetch([good, bad], pixels=False)
    assert "its opener failed (TypeError" in str(held[bad])
    assert held[good] == resolve(good)


def test_the_cache_of_pictures_stays_below_its_limit():
    cache = Pictures(limit=4 * 8 * 8 * 4)
    for index in range(10):
        cache.put(Image(uri=str(index)), PILImage.fromarray(PIXELS).convert("RGB"))
    assert cache.get(Image(uri="9")) is not None
    assert cache.get(Image(uri="0")) is None
    cache.put(Image(uri="large"), PILImage.new("RGB", (17, 16)))
    assert cache.get(Image(uri="large")) is None
    assert len(cache) == 4


def test_a_missing_package_stops_everything_and_is_named(tmp_path, monkeypatch):
    volume, study = tmp_path / "x.nii.gz", tmp_path / "x.dcm"
    volume.write_bytes(b"\x1f\x8b" + bytes(200))
    study.write_bytes(bytes(128) + b"DICM" + bytes(80))
    for path, package in ((volume, "nibabel"), (study, "pydicom")):
        monkeypatch.setitem(sys.modules, package, None)
        with (
            Prefetcher() as prefetcher,
            pytest.raises(MissingExtra, match=rf"{package}.*medassay\[medical\]"),
        ):
            prefetcher.fetch([Image(uri=str(path))], pixels=True)


def test_an_image_with_operations_is_sent_as_it_is_shown(picture):
    images.register_operation("negative", lambda shown, _: PIL.ImageOps.invert(shown))
    image = Image(uri=str(picture), ops=(Op(name="negative"),))
    sent = PILImage.open(io.BytesIO(read_bytes(image)))
    assert np.array_equal(np.asarray(sent)[..., 0], 255 - PIXELS)
