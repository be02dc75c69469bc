"""NIfTI volumes: which side is where, which values are shown, and what is refused."""

import gzip
import io
import itertools

import numpy as np
import pytest
from PIL import Image as PILImage

from medassay.errors import ImageError
from medassay.images import open_image, read_bytes, resolve, uri, volume
from medassay.types import Image

nibabel = pytest.importorskip("nibabel", reason="nibabel absent")

# Left to right, back to front, feet to head: the axes in which the voxels of a patient are counted here.
PATIENT = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4) * 10
ORDERS = list(itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)))


def stored(patient, order, directions, turn):
    """The same patient with voxels in another order: the array of the file and its affine."""
    array, affine = patient.transpose(order), np.eye(4)
    affine[:3, :3] = 0
    for axis, (across, direction) in enumerate(zip(order, directions, strict=True)):
        if direction < 0:
            array = np.flip(array, axis)
        affine[across, axis] = 2.0 * direction
    affine[:3, :3] = turn @ affine[:3, :3]
    return array, affine


def write(path, array, affine=None):
    affine = np.eye(4) if affine is None else affine
    nibabel.save(nibabel.Nifti1Image(np.ascontiguousarray(array), affine), path)
    return path


def shown(path, **fields):
    return np.asarray(open_image(Image(uri=uri("nifti", path, **({"low": 0, "high": 255} | fields)))))[..., 0]


def test_a_patient_s_right_is_on_the_left_and_front_and_head_are_up(tmp_path):
    right_front, left_back, right_head, front_head = 250, 240, 230, 220
    patient = np.zeros((3, 4, 5), dtype=np.int16)
    patient[2, 3, 2], patient[0, 0, 2] = right_front, left_back
    patient[2, 2, 4] = right_head
    patient[1, 3, 4] = front_head
    path = write(tmp_path / "x.nii.gz", patient)
    axial, coronal, sagittal = (shown(path, axis=a) for a in ("axial", "coronal", "sagittal"))
    assert axial.shape == (4, 3)
    assert (axial[0, 0], axial[-1, -1]) == (right_front, left_back)
    assert coronal.shape == (5, 3)
    assert coronal[0, 0] == right_head
    assert sagittal.shape == (5, 4)
    assert sagittal[0, 0] == front_head


@pytest.mark.parametrize("axis", ["axial", "coronal", "sagittal"])
def test_the_order_of_voxels_in_the_file_changes_nothing(tmp_path, axis):
    straight = [shown(write(tmp_path / "x.nii", PATIENT), axis=axis, slice=k) for k in range(2)]
    assert len(np.unique(straight)) == 2 * straight[0].size
    angle = np.deg2rad(20)
    tilt = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    for number, (order, directions) in enumerate(ORDERS):
        path = write(tmp_path / f"{number}.nii", *stored(PATIENT, order, directions, tilt))
        for k in range(2):
            assert np.array_equal(shown(path, axis=axis, slice=k), straight[k]), (order, directions)


@pytest.mark.parametrize(
    "name", ["example4d.nii.gz", "example_nifti2.nii.gz", "anatomical.nii", "functional.nii"]
)
def test_real_files_are_shown_as_nibabel_orients_them(shared_data, name):
    path = shared_data / "nifti" / name
    oriented = nibabel.as_closest_canonical(nibabel.load(path)).get_fdata()
    oriented = oriented[..., 0] if oriented.ndim == 4 else oriented
    low, high = oriented.min(), oriented.max()
    eight_bits = np.rint(255 * (oriented - low) / (high - low))
    picture = open_image(Image(uri=str(path)))
    assert picture.info["levels"] == pytest.approx((low, high))
    assert np.array_equal(np.asarray(picture)[..., 0], eight_bits[::-1, ::-1, oriented.shape[2] // 2].T)
    coronal = open_image(Image(uri=uri("nifti", path, axis="coronal", slice=3)))
    assert np.array_equal(np.asarray(coronal)[..., 0], eight_bits[::-1, 3, ::-1].T)
    assert PILImage.open(io.BytesIO(read_bytes(Image(uri=str(path))))).size == picture.size


def test_slices_share_the_range_of_their_volume_and_volumes_are_chosen(tmp_path):
    both = np.stack([PATIENT, PATIENT * 2], axis=-1)
    path = write(tmp_path / "x.nii.gz", both)
    first = open_image(Image(uri=uri("nifti", path, slice=0)))
    assert first.info["levels"] == (0, 230)
    assert open_image(Image(uri=uri("nifti", path, slice=3, volume=1))).info["levels"] == (0, 460)
    assert open_image(Image(uri=uri("nifti", path, window="lung"))).info["levels"] == (-1350, 149)
    digests = {
        resolve(Image(uri=uri("nifti", path, slice=k, volume=v))).digest for k in range(4) for v in (0, 1)
    }
    assert len(digests) == 8 - 4  # the second volume is the first, twice as bright
    assert resolve(Image(uri=str(path))).digest not in digests  # the file's own


def test_a_montage_is_read_from_left_to_right_and_from_the_feet_up(tmp_path):
    patient = np.broadcast_to(np.arange(10, dtype=np.uint8), (2, 3, 10))
    montage = shown(write(tmp_path / "x.nii", patient), montage="2x2")
    assert montage.shape == (6, 4)
    assert montage[::3, ::2].tolist() == [[1, 3], [6, 8]]


def test_not_a_number_is_black_and_outside_the_range(tmp_path):
    patient = PATIENT.astype(np.float32) - 100
    patient[0, 0, 2], patient[1, 2, 2] = np.nan, np.inf
    picture = open_image(Image(uri=str(write(tmp_path / "x.nii", patient))))
    assert picture.info["levels"] == (-100, 130)
    values = np.asarray(picture)[..., 0]
    assert (values[-1, -1], values[0, 0]) == (0, 255)
    with pytest.raises(ImageError, match=r"y\.nii: holds no finite value"):
        open_image(Image(uri=str(write(tmp_path / "y.nii", np.full((2, 2, 2), np.nan, np.float32)))))


def test_colours_and_flat_images(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (4, 3, 2, 3), dtype=np.uint8)
    packed = np.ascontiguousarray(colours).view([("R", "u1"), ("G", "u1"), ("B", "u1")])[..., 0]
    picture = open_image(Image(uri=str(write(tmp_path / "rgb.nii", packed))))
    assert np.array_equal(np.asarray(picture), colours[::-1, ::-1, 1].swapaxes(0, 1))
    flat = write(tmp_path / "flat.nii", PATIENT[..., 0])
    assert np.array_equal(shown(flat), PATIENT[::-1, ::-1, 0].T)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"axis": "oblique"}, "axis=oblique: it is one of sagittal, coronal, axial"),
        ({"slice": 4}, "slice=4: there are 4, counted from 0"),
        ({"volume": 1}, "volume=1: there are 1, counted from 0"),
        ({"montage": "3by4"}, "montage=3by4 is not ROWSxCOLUMNS"),
        ({"montage": "3x4"}, "montage=3x4 has 12 places, the volume 4 slices"),
        ({"montage": "1x2", "slice": 1}, "slice and montage: give one of them"),
        ({"window": "kidney"}, "window=kidney: there are brain, lung"),
    ],
)
def test_what_a_volume_does_not_have_is_said(tmp_path, fields, why):
    with pytest.raises(ImageError, match=rf"x\.nii \(.*\): {why}"):
        resolve(Image(uri=uri("nifti", write(tmp_path / "x.nii", PATIENT), **fields)))


def test_damaged_files_pairs_and_bombs_are_refused(tmp_path, monkeypatch):
    good = write(tmp_path / "good.nii.gz", PATIENT).read_bytes()
    plain = gzip.decompress(good)
    monkeypatch.setattr(volume, "MAX_BYTES", 1000)
    huge = bytearray(plain)
    huge[42:48] = np.array([2000, 2000, 2000], "<i2").tobytes()
    cases = {
        "cut.nii": (plain[:-7], r"cut short: 393 of 400 bytes"),
        "cut.nii.gz": (good[:-20], "cannot be decoded as NIfTI"),
        "torn.nii.gz": (good[:40] + b"????" + good[44:], "cannot be decoded as NIfTI"),
        "other.gz": (gzip.compress(b"no volume"), "neither NIfTI-1 nor NIfTI-2"),
        "analyze.hdr": (plain[:344] + bytes(4) + plain[348:], "neither NIfTI-1 nor NIfTI-2"),
        "half.nii": (plain[:344] + b"ni1\0" + plain[348:], "the header of a pair"),
        "huge.nii.gz": (gzip.compress(bytes(huge)), "unpacks to 16000000352 bytes, above the limit of 1000"),
    }
    for name, (content, why) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ImageError, match=rf"{name}: {why}"):
            open_image(Image(uri=str(tmp_path / name)))
    wave = write(tmp_path / "wave.nii", PATIENT.astype(np.complex64))
    with pytest.raises(ImageError, match="holds complex values"):
        open_image(Image(uri=str(wave)))
    tensor = write(tmp_path / "tensor.nii", np.zeros((2, 2, 2, 1, 3), np.float32))
    with pytest.raises(ImageError, match=r"has the shape \(2, 2, 2, 1, 3\)"):
        open_image(Image(uri=str(tensor)))
