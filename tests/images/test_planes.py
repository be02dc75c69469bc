import numpy as np
import PIL.Image
import pytest

from medassay.errors import ImageError
from medassay.images import look, open_image, planes, uri
from medassay.types import Image


def _grey(picture):
    return np.asarray(picture.convert("L"))


@pytest.fixture
def deep(tmp_path):
    values = np.arange(1000, dtype=np.uint16).reshape(20, 50) * 60
    PIL.Image.fromarray(values).save(tmp_path / "deep.png")
    return tmp_path / "deep.png", values


def test_other_grey_values_are_those_of_the_file(deep):
    path, values = deep
    held = planes(Image(uri=str(path)))
    assert (held.size, held.levels, held.stacks) == ((50, 20), (0.0, 59940.0), {})
    wanted = np.rint(255 * (np.clip(values.astype(float), 1000, 5000) - 1000) / 4000)
    for image in (Image(uri=str(path)), Image(uri=uri("file", path, low=7, high=9))):
        assert np.array_equal(_grey(look(image, {"low": "1000", "high": "5000"})), wanted)
    with pytest.raises(ImageError, match="no range"):
        look(Image(uri=str(path)), {"low": "5", "high": "5"})


def test_without_a_choice_it_is_what_a_model_was_shown(deep):
    image = Image(uri=uri("file", deep[0], low=100, high=900))
    assert np.array_equal(_grey(look(image, {})), _grey(open_image(image)))
    assert planes(image).levels == (100.0, 900.0)


def test_eight_bits_have_no_window(tmp_path):
    PIL.Image.new("RGB", (9, 5), "red").save(tmp_path / "red.png")
    held = planes(Image(uri=str(tmp_path / "red.png")))
    assert (held.size, held.levels, held.stacks) == ((9, 5), None, {})


def test_frames_of_dicom_and_its_window(shared_data):
    pytest.importorskip("pydicom", reason="pydicom absent")
    import pydicom

    image = Image(uri=str(shared_data / "dicom" / "emri_small.dcm"))
    held = planes(image)
    stored = pydicom.dcmread(image.uri).pixel_array
    assert held.stacks == {"frame": len(stored)}
    assert held.at == {"frame": len(stored) // 2}
    low, high = 10, 300
    for frame in (0, 7):
        chosen = {"frame": str(frame), "low": str(low), "high": str(high)}
        wanted = np.rint(255 * (np.clip(stored[frame].astype(float), low, high) - low) / (high - low))
        assert np.array_equal(_grey(look(image, chosen)), wanted)
    with pytest.raises(ImageError, match="frame=99"):
        look(image, {"frame": "99"})


def test_slices_of_a_volume_by_path_uri_and_in_an_archive(shared_data, tmp_path):
    pytest.importorskip("nibabel", reason="nibabel absent")
    import zipfile

    path = shared_data / "nifti" / "anatomical.nii"
    with zipfile.ZipFile(tmp_path / "held.zip", "w") as archive:
        archive.write(path, "a.nii")
    plain, zipped = Image(uri=str(path)), Image(uri=uri("zip", tmp_path / "held.zip", member="a.nii"))
    montage = Image(uri=uri("nifti", path, montage="2x2", volume=0))
    assert planes(plain).stacks == {"sagittal": 33, "coronal": 41, "axial": 25}
    assert planes(plain).at == {"axial": 12}
    assert planes(montage).at == {}
    chosen = {"axis": "coronal", "slice": "5"}
    wanted = _grey(open_image(Image(uri=uri("nifti", path, **chosen))))
    for image in (plain, zipped, montage):
        assert np.array_equal(_grey(look(image, chosen)), wanted)
