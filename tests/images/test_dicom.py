"""DICOM files, against the values worked out by hand and by pydicom's own functions."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PILImage

from medassay.errors import ImageError
from medassay.images import open_image, read_bytes, resolve, uri
from medassay.images.depth import linear, to_8_bits
from medassay.types import Image

pydicom = pytest.importorskip("pydicom", reason="pydicom absent")
from pydicom.dataelem import DataElement  # noqa: E402
from pydicom.dataset import Dataset, FileMetaDataset  # noqa: E402
from pydicom.encaps import encapsulate  # noqa: E402
from pydicom.uid import (  # noqa: E402
    MPEG2MPML,
    CTImageStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    generate_uid,
)

RAMP = np.arange(0, 4096, 64, dtype=np.uint16).reshape(8, 8)


def grey(picture):
    return np.asarray(picture)[..., 0]


def item(**elements):
    made = Dataset()
    for name, value in elements.items():
        setattr(made, name, value)
    return made


def table(first, bits, entries):
    made = Dataset()
    made.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    made.add_new("LUTData", "US", [int(e) for e in entries])
    return made


@pytest.fixture
def made(tmp_path):
    """Writes a DICOM file round some pixels; gives its path."""

    def write(pixels, *, syntax=ExplicitVRLittleEndian, data=None, name="made.dcm", **elements):
        file = Dataset()
        file.file_meta = FileMetaDataset()
        file.file_meta.TransferSyntaxUID = syntax
        file.SOPClassUID, file.SOPInstanceUID = CTImageStorage, generate_uid()
        file.Modality, file.PhotometricInterpretation = "CT", "MONOCHROME2"
        file.Rows, file.Columns = pixels.shape[:2]
        file.SamplesPerPixel = 1
        file.BitsAllocated = file.BitsStored = 8 * pixels.dtype.itemsize
        file.HighBit = file.BitsStored - 1
        file.PixelRepresentation = int(pixels.dtype.kind == "i")
        for key, value in elements.items():
            setattr(file, key, value)
        file.PixelData = pixels.tobytes() if data is None else data
        path = tmp_path / name
        file.save_as(path, enforce_file_format=True)
        return path

    return write


def test_a_window_shows_what_pydicom_s_own_functions_show(shared_data):
    path = shared_data / "dicom" / "CT_small.dcm"
    file = pydicom.dcmread(path)
    file.WindowCenter, file.WindowWidth = 40, 400
    units = pydicom.pixels.apply_modality_lut(file.pixel_array, file)
    windowed = pydicom.pixels.apply_voi_lut(units, file)
    share = (windowed - windowed.min()) / (windowed.max() - windowed.min())
    shown = grey(open_image(Image(uri=uri("dicom", path, center=40, width=400))))
    assert units[64, 64] == -1024 + file.pixel_array[64, 64]
    assert np.array_equal(shown, np.rint(255 * share))
    assert set(np.unique(shown[units <= -160])) == {0}
    assert set(np.unique(shown[units >= 239])) == {255}
    named = open_image(Image(uri=uri("dicom", path, window="soft-tissue")))
    assert np.array_equal(grey(named), shown)


def test_without_a_window_all_values_are_shown_in_hounsfield_units(shared_data):
    picture = open_image(Image(uri=str(shared_data / "dicom" / "CT_small.dcm")))
    assert picture.info["levels"] == (128 - 1024, 2191 - 1024)
    assert (grey(picture).min(), grey(picture).max()) == (0, 255)


def test_the_window_of_the_file_and_run_lengths(shared_data):
    plain, packed = (
        open_image(Image(uri=str(shared_data / "dicom" / n))) for n in ("MR_small.dcm", "MR_small_RLE.dcm")
    )
    assert plain.info["levels"] == (-200, 1399)  # 600, 1600
    stored = pydicom.dcmread(shared_data / "dicom" / "MR_small.dcm").pixel_array
    at = np.unravel_index(stored.argmin(), stored.shape)
    assert (stored[at], grey(plain)[at]) == (127, round(255 * (127 + 200) / 1599))
    assert plain.tobytes() == packed.tobytes()


@pytest.mark.parametrize(
    ("name", "size", "levels"),
    [
        ("JPEG2000.dcm", (256, 1024), (-30, 245)),
        ("RG1_J2KI.dcm", (1841, 1955), (0, 29999)),
        ("US1_J2KI.dcm", (640, 480), (0, 255)),
        ("emri_small.dcm", (64, 64), (0, 436)),
        ("examples_jpeg2k.dcm", (640, 480), (0, 255)),
        ("examples_rgb_color.dcm", (320, 240), (0, 255)),
        ("liver_1frame.dcm", (512, 512), (0, 1)),
    ],
)
def test_every_real_file_opens(shared_data, name, size, levels):
    picture = open_image(Image(uri=str(shared_data / "dicom" / name)))
    assert (picture.mode, picture.size, picture.info["levels"]) == ("RGB", size, levels)
    assert PILImage.open(io.BytesIO(read_bytes(Image(uri=str(shared_data / "dicom" / name))))).size == size


def test_a_radiograph_of_monochrome1_has_white_bones_and_dark_air(shared_data):
    """Air beside the patient holds the highest values of this file."""
    path = shared_data / "dicom" / "RG1_J2KI.dcm"
    stored, shown = pydicom.dcmread(path).pixel_array, grey(open_image(Image(uri=str(path))))
    assert shown[stored == stored.max()].max() < shown[stored == stored.min()].min()


def test_twelve_bit_jpeg_is_refused_by_name_and_not_by_a_gpl_decoder(shared_data):
    path = shared_data / "dicom" / "JPEG-lossy.dcm"
    with pytest.raises(ImageError, match=r"JPEG-lossy\.dcm: .*GDCM does not support.*12-bit") as caught:
        open_image(Image(uri=str(path)))
    assert "libjpeg" not in str(caught.value)


def test_colours_of_a_baseline_jpeg_are_those_of_pillow(made):
    smooth = np.stack(np.meshgrid(np.arange(64), np.arange(64)), axis=-1) * 4
    pixels = np.dstack([smooth, 255 - smooth[..., :1]]).astype(np.uint8)
    buffer = io.BytesIO()
    PILImage.fromarray(pixels).save(buffer, format="JPEG", quality=95)
    colours = {"SamplesPerPixel": 3, "PlanarConfiguration": 0, "PhotometricInterpretation": "YBR_FULL_422"}
    path = made(pixels, syntax=JPEGBaseline8Bit, data=encapsulate([buffer.getvalue()]), **colours)
    shown = np.asarray(open_image(Image(uri=str(path))), dtype=int)
    assert np.abs(shown - np.asarray(PILImage.open(buffer), dtype=int)).max() <= 3
    with pytest.raises(ImageError, match="colours have no window"):
        open_image(Image(uri=uri("dicom", path, center=40, width=400)))


def test_a_frame_that_claims_another_size_is_refused_before_it_is_decoded(shared_data, tmp_path, made):
    content = (shared_data / "dicom" / "examples_jpeg2k.dcm").read_bytes()
    at = content.index(b"\xff\x4f\xff\x51") + 8
    bomb = tmp_path / "bomb.dcm"
    bomb.write_bytes(content[:at] + (2_032_256).to_bytes(4, "big") + content[at + 4 :])
    with pytest.raises(ImageError, match=r"bomb\.dcm: its frame has 2032256 x 480 .* says 640 x 480"):
        open_image(Image(uri=str(bomb)))
    buffer = io.BytesIO()
    PILImage.new("L", (9, 7)).save(buffer, format="JPEG", comment=b"a segment before the head")
    small = made(np.zeros((8, 8), np.uint8), syntax=JPEGBaseline8Bit, data=encapsulate([buffer.getvalue()]))
    with pytest.raises(ImageError, match=r"made\.dcm: its frame has 9 x 7 .* says 8 x 8"):
        open_image(Image(uri=str(small)))


def test_planes_sixteen_bit_colours_and_ybr(made):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    rgb = {"SamplesPerPixel": 3, "PlanarConfiguration": 1, "PhotometricInterpretation": "RGB"}
    planes = made(pixels, data=pixels.transpose(2, 0, 1).tobytes(), **rgb)
    assert np.array_equal(np.asarray(open_image(Image(uri=str(planes)))), pixels)
    deep = made(pixels.astype(np.uint16) * 257, name="deep.dcm", **(rgb | {"PlanarConfiguration": 0}))
    assert np.array_equal(np.asarray(open_image(Image(uri=str(deep)))), pixels)
    ybr = np.asarray(PILImage.fromarray(pixels).convert("YCbCr"))
    full = rgb | {"PlanarConfiguration": 0, "PhotometricInterpretation": "YBR_FULL"}
    shown = np.asarray(open_image(Image(uri=str(made(ybr, name="ybr.dcm", **full)))), dtype=int)
    assert np.abs(shown - pixels).max() <= 3


def test_monochrome1_is_inverted_and_padding_is_black_and_outside_the_range(made):
    pixels = RAMP.copy()
    pixels[0] = 60000
    made_of = {"PixelPaddingValue": 60000, "RescaleSlope": 1, "RescaleIntercept": -1024}
    bright = open_image(Image(uri=str(made(pixels, **made_of))))
    assert bright.info["levels"] == (512 - 1024, 4032 - 1024)
    assert np.array_equal(grey(bright)[1:], np.rint(255 * (RAMP[1:] - 512.0) / 3520))
    inverted = open_image(
        Image(uri=str(made(pixels, name="1.dcm", PhotometricInterpretation="MONOCHROME1", **made_of)))
    )
    assert np.array_equal(grey(inverted)[1:], 255 - grey(bright)[1:])
    assert not grey(inverted)[0].any()
    assert not grey(bright)[0].any()


def test_signed_values_of_twelve_bits_beside_bits_of_something_else(made):
    signed = np.array([[-2048, -1], [0, 2047]], dtype=np.int16)
    overlaid = ((signed.astype(np.uint16) & 0x0FFF) | 0x5000).astype("<u2")
    path = made(signed, data=overlaid.tobytes(), BitsStored=12, HighBit=11)
    assert open_image(Image(uri=str(path))).info["levels"] == (-2048, 2047)
    assert grey(open_image(Image(uri=str(path)))).tolist() == [[0, 127], [128, 255]]


def test_lookup_tables_of_many_entries_do_not_wrap(made):
    voi = made(RAMP // 4, VOILUTSequence=[table(0, 8, np.arange(1024) // 4)], WindowCenter=1, WindowWidth=1)
    assert np.array_equal(grey(open_image(Image(uri=str(voi)))), RAMP // 16)
    modality = made(RAMP, name="m.dcm", ModalityLUTSequence=[table(64, 12, 4095 - np.arange(4000))])
    picture = open_image(Image(uri=str(modality)))
    assert picture.info["levels"] == (4095 - 3968, 4095)
    assert grey(picture)[0, 0] == grey(picture)[0, 1] == 255  # below its first entry the first holds


def test_a_lookup_table_of_words(made):
    item = table(0, 16, [0, 0x8000, 0xFFFF])
    item["LUTData"] = DataElement(0x00283006, "OW", np.array([0, 0x8000, 0xFFFF], "<u2").tobytes())
    path = made(np.array([[0, 1], [2, 3]], dtype=np.uint16), VOILUTSequence=[item])
    assert grey(open_image(Image(uri=str(path)))).tolist() == [[0, 128], [255, 255]]


def test_a_palette_with_two_entries_to_a_word(made):
    elements: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, entries in {
        "Red": b"\x01\x02\x03\x00",
        "Green": b"\x04\x05\x06\x00",
        "Blue": b"\x07\x08\x09\x00",
    }.items():
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [3, 10, 8]
        elements[f"{name}PaletteColorLookupTableData"] = entries
    path = made(np.array([[0, 10], [11, 12]], dtype=np.uint8), **elements)
    assert np.asarray(open_image(Image(uri=str(path)))).tolist() == [
        [[1, 4, 7], [1, 4, 7]],
        [[2, 5, 8], [3, 6, 9]],
    ]


@pytest.mark.parametrize("depth", [8, 16])
def test_palettes(made, depth):
    colours = np.array([[255, 0, 0], [0, 128, 0], [7, 8, 9]], dtype=np.uint16)
    entries = colours * (257 if depth == 16 else 1)
    elements: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for index, name in enumerate(("Red", "Green", "Blue")):
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [3, 0, 16]
        elements[f"{name}PaletteColorLookupTableData"] = entries[:, index].astype("<u2").tobytes()
    path = made(np.array([[0, 1], [2, 200]], dtype=np.uint8), **elements)
    assert np.array_equal(np.asarray(open_image(Image(uri=str(path)))), colours[[[0, 1], [2, 2]]])


def test_frames_have_settings_of_their_own_and_the_middle_one_is_the_default(made):
    pixels = np.stack([RAMP, RAMP + 1, RAMP + 2])
    groups = [
        item(
            FrameVOILUTSequence=[item(WindowCenter=[center, 9], WindowWidth=[400, 9])],
            PixelValueTransformationSequence=[item(RescaleSlope=2, RescaleIntercept=-10)],
        )
        for center in (100, 200, 300)
    ]
    path = made(RAMP, data=pixels.tobytes(), NumberOfFrames=3, PerFrameFunctionalGroupsSequence=groups)
    middle = open_image(Image(uri=str(path)))
    assert middle.info["levels"] == linear(200, 400)
    assert np.array_equal(grey(middle), to_8_bits(2.0 * (RAMP + 1) - 10, linear(200, 400)))
    frames = [Image(uri=uri("dicom", path, frame=n)) for n in range(3)]
    assert open_image(frames[1]).tobytes() == middle.tobytes()
    assert len({resolve(image).digest for image in [*frames, Image(uri=str(path))]}) == 4
    with pytest.raises(ImageError, match="frame=3: there are 3, counted from 0"):
        resolve(Image(uri=uri("dicom", path, frame=3)))


@pytest.mark.parametrize(
    ("function", "width", "expected"),
    [
        ("LINEAR", 101, [0, 0, 128, 255, 255]),
        ("LINEAR_EXACT", 100, [0, 0, 128, 255, 255]),
        ("SIGMOID", 50, [0, 5, 128, 250, 255]),
        ("LINEAR", 1, [0, 0, 255, 255, 255]),
    ],
)
def test_the_three_voi_functions(made, function, width, expected):
    center = 1000 if function != "LINEAR" or width == 1 else 1000.5
    pixels = np.array([[500, 950, 1000, 1050, 1500]], dtype=np.uint16)
    path = made(pixels, WindowCenter=center, WindowWidth=width, VOILUTFunction=function)
    assert grey(open_image(Image(uri=str(path)))).tolist() == [expected]


@settings(deadline=None)
@given(st.integers(-5000, 5000), st.integers(2, 5000), st.lists(st.integers(-9000, 9000), min_size=1))
def test_the_linear_window_is_that_of_the_standard(center, width, values):
    """PS3.3 C.11.2.1.2.1, written out for an output of 0 to 255."""

    def standard(x):
        if x <= center - 0.5 - (width - 1) / 2:
            return 0
        if x > center - 0.5 + (width - 1) / 2:
            return 255
        return ((x - (center - 0.5)) / (width - 1) + 0.5) * 255

    shown = to_8_bits(np.array(values), linear(center, width))
    assert np.allclose(shown, [standard(x) for x in values], atol=0.5 + 1e-9)


def test_eight_bits_are_shown_as_they_are(made):
    dim = np.arange(40, 104, dtype=np.uint8).reshape(8, 8)
    assert np.array_equal(grey(open_image(Image(uri=str(made(dim))))), dim)
    scaled = made(dim, name="scaled.dcm", RescaleSlope=2, RescaleIntercept=-7)
    picture = open_image(Image(uri=str(scaled)))
    assert (picture.info["levels"], np.array_equal(grey(picture), dim)) == ((-7, 503), True)


def test_pixels_of_floats(made):
    path = made(RAMP)
    file = pydicom.dcmread(path)
    del file.PixelData
    file.BitsAllocated = 32
    file.FloatPixelData = np.linspace(-1, 1, 64, dtype=np.float32).tobytes()
    file.save_as(path)
    picture = open_image(Image(uri=str(path)))
    assert picture.info["levels"] == (-1, 1)
    assert grey(picture)[0, 0] == 0
    assert grey(picture)[7, 7] == 255


def test_dicom_is_known_by_its_content_wherever_it_lies(made, tmp_path):
    path = made(RAMP)
    expected = open_image(Image(uri=str(path))).tobytes()
    with zipfile.ZipFile(tmp_path / "study.zip", "w") as packed:
        packed.write(path, "IM000001")
    assert open_image(Image(uri=uri("zip", tmp_path / "study.zip", member="IM000001"))).tobytes() == expected
    bare = tmp_path / "IM000002"
    pydicom.dcmread(path).save_as(bare, enforce_file_format=False)
    bare.write_bytes(path.read_bytes()[path.read_bytes().index(b"\x08\x00\x16\x00") :])
    assert open_image(Image(uri=str(bare))).tobytes() == expected


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"Rows": 65000, "Columns": 65000}, "65000 x 65000 pixels are above the limit"),
        ({"PixelData": None}, r"a DICOM file without an image, .*\(CT\)"),
        ({"BitsAllocated": None}, "cannot be decoded as DICOM"),
    ],
)
def test_files_that_hold_no_good_image(made, change, why):
    path = made(RAMP)
    file = pydicom.dcmread(path)
    for name, value in change.items():
        if value is None:
            delattr(file, name)
        else:
            setattr(file, name, value)
    file.save_as(path)
    with pytest.raises(ImageError, match=rf"made\.dcm: .*{why}"):
        open_image(Image(uri=str(path)))


def test_a_file_cut_short_a_film_and_a_window_that_has_no_meaning(made, shared_data):
    path = made(RAMP)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ImageError, match=r"made\.dcm: cannot be decoded as DICOM"):
        open_image(Image(uri=str(path)))
    film = made(RAMP, syntax=MPEG2MPML, data=encapsulate([b"film"]), name="film.dcm")
    with pytest.raises(ImageError, match=r"its transfer syntax, MPEG2 .* is not read"):
        open_image(Image(uri=str(film)))
    with pytest.raises(ImageError, match=r"MR_small.dcm \(window lung\): .*Hounsfield units, this is MR"):
        open_image(Image(uri=uri("dicom", shared_data / "dicom" / "MR_small.dcm", window="lung")))
    with pytest.raises(ImageError, match="fram: the fields of such a uri are frame, window"):
        open_image(Image(uri=uri("dicom", path, fram=1)))


def test_a_jpeg_that_ends_its_decoder_is_one_failed_image_and_the_next_opens(made, tmp_path):
    kept = Path(__file__).parents[1] / "fuzz" / "kept" / "dicom" / "jpeg-that-ends-gdcm-1.dcm"
    (tmp_path / "x.dcm").write_bytes(kept.read_bytes())
    for _ in range(2):
        with pytest.raises(ImageError, match="the decoder ended over it"):
            resolve(Image(uri=uri("dicom", tmp_path / "x.dcm", frame=0)))
    body = io.BytesIO()
    PILImage.fromarray(np.full((8, 8), 77, np.uint8)).save(body, "JPEG", quality=100)
    whole = made(np.zeros((8, 8), np.uint8), syntax=JPEGBaseline8Bit, data=encapsulate([body.getvalue()]))
    assert open_image(Image(uri=str(whole))).size == (8, 8)
