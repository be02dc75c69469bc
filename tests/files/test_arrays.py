"""NumPy's files: no pickles, and no more numbers than there are bytes."""

import numpy as np
import pytest

from medassay.files.arrays import array_names, read_arrays, read_shape


class Runs:
    def __reduce__(self):
        return print, ("code from data",)


def test_arrays_are_as_numpy_reads_them(tmp_path):
    held = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.asfortranarray(np.eye(3, dtype=">i4")),
        "c": np.array("x"),
    }
    np.savez_compressed(tmp_path / "x.npz", a=held["a"], b=held["b"], c=held["c"])
    found = read_arrays(tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as expected:
        assert list(found) == list(expected) == array_names(tmp_path / "x.npz")
        assert all(np.array_equal(found[name], expected[name]) for name in found)
    assert list(read_arrays(tmp_path / "x.npz", ("b", "z"))) == ["b"]
    assert read_shape(tmp_path / "x.npz", "a") == (2, 3)
    np.save(tmp_path / "y.npy", held["a"])
    assert np.array_equal(read_arrays(tmp_path / "y.npy")[""], held["a"])


@pytest.mark.parametrize("save", [np.save, np.savez])
def test_a_pickle_is_not_read(tmp_path, save, capsys):
    path = tmp_path / ("x.npy" if save is np.save else "x.npz")
    save(path, np.array([Runs()], dtype=object))
    with pytest.raises(ValueError, match="Python objects, which are not read"):
        read_arrays(path)
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("descr", "shape", "why"),
    [
        ("|u1", (2147483648, 4096, 3), "claims"),
        ("|u1", (-1, 3), "claims"),
        ("|S0", (2147483648,), "claims"),
        ("|u1", (200,), "Failed to read all data"),  # fits in the file with its head, not without it
        ("nothing", (2, 3), "no head of an array"),
    ],
)
def test_a_claim_of_more_than_there_is_is_refused(tmp_path, descr, shape, why):
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
        file.write(bytes(100))
    with pytest.raises(ValueError, match=why):
        read_arrays(tmp_path / "x.npy")


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_text_of_characters_that_there_are_not_is_refused(tmp_path, order):
    """Python makes a text of them, and fails where it is read."""
    codes = np.array([0x10FFFF, 0x110000], f"{order}u4")
    for number, whole in ((codes[:1], True), (codes[1:], False)):
        text = np.frombuffer(number.tobytes(), f"{order}U1")
        np.save(tmp_path / "a.npy", text)
        if whole:
            assert read_arrays(tmp_path / "a.npy")[""].tolist() == ["\U0010ffff"]
        else:
            with pytest.raises(ValueError, match="characters that there are not"):
                read_arrays(tmp_path / "a.npy")
