"""PNG, JPEG, TIFF and the rest: how each is shown, and what is sent as it is."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as PILImage

from medassay.errors import ImageError
from medassay.images import depth, open_image, read_bytes, resolve, uri
from medassay.types import Image

RADIOGRAPH = np.linspace(40, 4000, 64).astype(np.uint16).reshape(8, 8)  # 12 bits in 16
COLOURS = np.random.default_rng(0).integers(0, 256, (8, 6, 3), dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    """Writes a picture; gives its path."""

    def save(picture, name, **options):
        picture.save(tmp_path / name, **options)
        return tmp_path / name

    return save


def pixels(handle):
    return np.asarray(open_image(handle if isinstance(handle, Image) else Image(uri=str(handle))))


def sent(path):
    return read_bytes(Image(uri=str(path)))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (RADIOGRAPH, "x.png"),
        (RADIOGRAPH, "x.tif"),
        (RADIOGRAPH.astype(">u2"), "big.tif"),
        (RADIOGRAPH.astype(np.int32) * 1000 - 500, "i.tif"),
        (RADIOGRAPH.astype(np.float32) / 7, "f.tif"),
    ],
)
def test_more_than_eight_bits_are_shown_from_the_least_to_the_largest(saved, values, name):
    path = saved(PILImage.fromarray(values), name)
    shown, low, high = pixels(path), float(values.min()), float(values.max())
    assert open_image(Image(uri=str(path))).info["levels"] == (low, high)
    assert (shown[0, 0, 0], shown[-1, -1, 0]) == (0, 255)
    assert np.array_equal(shown[..., 0], np.rint(255 * (values.astype(np.float64) - low) / (high - low)))
    assert np.array_equal(np.asarray(PILImage.open(io.BytesIO(sent(path)))), shown)
    assert resolve(Image(uri=str(path))).digest != resolve(Image(uri=uri("file", path, low=0, high=9))).digest


def test_of_deep_colours_the_upper_bits_are_shown(tmp_path):
    deep = np.array([[[0x1234, 0x00FF, 0xFFFF]]], dtype=">u2")
    head = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)  # 16 bits, RGB
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" + deep.tobytes())), (b"IEND", b""))
    parts = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    (tmp_path / "deep.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    assert pixels(tmp_path / "deep.png").tolist() == [[[0x12, 0x00, 0xFF]]]


def test_the_range_can_be_said(saved):
    path = saved(PILImage.fromarray(RADIOGRAPH), "x.png")
    shown = pixels(Image(uri=uri("file", path, low=0, high=1000)))[..., 0]
    assert np.array_equal(shown, np.rint(255 * np.clip(RADIOGRAPH / 1000, 0, 1)))
    grey = saved(PILImage.fromarray(COLOURS[..., 0]), "grey.png")
    assert np.array_equal(pixels(Image(uri=uri("file", grey, low=0, high=51))).max(), 255)
    with pytest.raises(ImageError, match=r"x\.png \(low 9, high 3\): low=9, high=3 leaves no range"):
        resolve(Image(uri=uri("file", path, low=9, high=3)))


def test_values_that_are_all_alike_or_not_numbers(saved):
    assert not pixels(saved(PILImage.fromarray(np.full((2, 2), 900, np.uint16)), "flat.png")).any()
    holed = np.array([[np.nan, 1], [2, 3]], dtype=np.float32)
    assert pixels(saved(PILImage.fromarray(holed), "holed.tif"))[..., 0].tolist() == [[0, 0], [128, 255]]
    with pytest.raises(ImageError, match=r"none\.tif: holds no finite value"):
        pixels(saved(PILImage.fromarray(holed * np.nan), "none.tif"))


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.gif", "x.webp"])
def test_what_every_reader_sees_alike_is_sent_as_it_is(saved, name):
    path = saved(PILImage.fromarray(COLOURS), name)
    assert sent(path) == path.read_bytes()


@pytest.mark.parametrize("name", ["x.bmp", "x.tif", "x.jp2"])
def test_other_kinds_are_sent_as_png_without_loss(saved, name):
    path = saved(PILImage.fromarray(COLOURS), name)
    again = PILImage.open(io.BytesIO(sent(path)))
    assert again.format == "PNG"
    assert np.array_equal(np.asarray(again), pixels(path))
    assert np.array_equal(pixels(path), COLOURS)


def test_a_photograph_is_turned_upright_here_and_for_a_server_that_would_not(saved):
    exif = PILImage.Exif()
    exif[0x0112] = 6  # the camera was turned: the first row is the right side
    path = saved(PILImage.fromarray(COLOURS), "phone.jpg", exif=exif, quality=100, subsampling=0)
    assert pixels(path).shape == (6, 8, 3)
    assert np.abs(pixels(path)[:, ::-1].swapaxes(0, 1).astype(int) - COLOURS).max() < 16
    again = PILImage.open(io.BytesIO(sent(path)))
    assert (again.format, again.size, again.getexif().get(0x0112)) == ("PNG", (8, 6), None)
    exif[0x0112] = 1
    upright = saved(PILImage.fromarray(COLOURS), "upright.jpg", exif=exif)
    assert sent(upright) == upright.read_bytes()


def test_what_is_transparent_lies_on_white(saved):
    ink = np.zeros((1, 3, 4), dtype=np.uint8)  # black letters on nothing
    ink[0, :, 3] = [255, 0, 51]
    expected = [[[0] * 3, [255] * 3, [204] * 3]]
    path = saved(PILImage.fromarray(ink), "figure.png")
    assert pixels(path).tolist() == expected
    assert np.asarray(PILImage.open(io.BytesIO(sent(path)))).tolist() == expected
    palette = PILImage.fromarray(np.array([[0, 1]], dtype=np.uint8)).convert("P")
    palette.putpalette([200, 0, 0, 9, 9, 9])
    clear = saved(palette, "palette.png", transparency=1)
    assert pixels(clear).tolist() == [[[200, 0, 0], [255, 255, 255]]]
    assert np.asarray(PILImage.open(io.BytesIO(sent(clear)))).tolist() == pixels(clear).tolist()


def test_printers_colours_are_turned_to_rgb(saved):
    path = saved(PILImage.new("CMYK", (4, 4), (0, 255, 255, 0)), "x.jpg", quality=100)
    assert np.abs(pixels(path)[0, 0].astype(int) - [255, 0, 0]).max() <= 3
    assert PILImage.open(io.BytesIO(sent(path))).mode == "RGB"


@pytest.mark.parametrize("name", ["x.gif", "x.png", "x.webp", "x.tif"])
def test_of_many_frames_the_first_is_shown_and_sent(saved, name):
    shades = [PILImage.new("L", (4, 4), shade) for shade in (10, 100, 200)]
    path = saved(
        shades[0],
        name,
        save_all=True,
        append_images=shades[1:],
        **({"lossless": True} if "webp" in name else {}),
    )
    assert pixels(path)[0, 0].tolist() == [10] * 3
    again = PILImage.open(io.BytesIO(sent(path)))
    assert (again.format, getattr(again, "n_frames", 1)) == ("PNG", 1)
    assert pixels(Image(uri=uri("file", path, page=2)))[0, 0].tolist() == [200] * 3
    with pytest.raises(ImageError, match="page=3: there are 3, counted from 0"):
        resolve(Image(uri=uri("file", path, page=3)))


def test_a_slide_and_its_label(shared_data):
    path = shared_data / "histology" / "cmu_small_region.svs"
    assert pixels(path).shape == (2967, 2220, 3)
    assert pixels(Image(uri=uri("file", path, page=2))).shape == (463, 387, 3)


def test_a_bomb_is_refused_before_it_is_decoded(saved, monkeypatch):
    path = saved(PILImage.fromarray(COLOURS), "x.png")
    monkeypatch.setattr(depth, "MAX_PIXELS", 47)
    with pytest.raises(ImageError, match=r"x\.png: 6 x 8 pixels are above the limit of 47"):
        pixels(path)


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.tif", "x.gif", "x.webp", "x.jp2"])
def test_a_file_cut_short_is_refused(saved, name):
    path = saved(PILImage.fromarray(COLOURS), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(ImageError, match=rf"{name}: cannot be decoded"):
        pixels(path)
