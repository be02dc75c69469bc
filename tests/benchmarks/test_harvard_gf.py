"""Harvard-GF: thick tissue stays bright, and the people are described in common words."""

from __future__ import annotations

import numpy as np
import pytest

from medassay.benchmarks.harvard_gf import load
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Where


@pytest.fixture
def root(folder):
    return folder("harvard-gf")


def test_what_lies_outside_the_range_is_clipped_and_never_wraps(root):
    pixels = np.asarray(open_image(next(load(Where(root=root))).images[0]))[..., 0]
    assert pixels[0, :4].tolist() == [0, 0, 255, 255]  # -8, -2, 350, 420 micrometres
    thickness = np.load(root / "Test" / "data_0001.npz")["rnflt"][1:]
    assert np.abs(pixels[1:] - (thickness + 2) / 352 * 255).max() <= 1


def test_people_in_common_words(root):
    first, second = load(Where(root=root))
    assert (first.target.texts, second.target.texts) == (("glaucoma",), ("normal",))
    assert first.tags == {
        "race": "black",
        "sex": "female",
        "age_group": "60-79",
        "ethnicity": "non-hispanic",
        "language": "english",
    }
    assert second.tags == {"race": "white", "sex": "male", "age_group": "40-59"}  # what is -1 is not known


def test_names_recur_in_the_parts(root):
    samples = [next(load(Where(root=root, split=split))) for split in ("test", "validation", "train")]
    assert len({s.id for s in samples}) == len({s.cluster for s in samples}) == 3


def test_prompts(root):
    published = next(load(Where(root=root), prompts="published")).choices
    assert [c.texts for c in published] == [
        ("a photo of benign retina",),
        ("a photo of glaucomatous retina",),
    ]
    assert [len(c.texts) for c in next(load(Where(root=root))).choices] == [9, 9]


def test_what_is_wrong_is_named(root):
    path = root / "Test" / "data_0001.npz"
    arrays = dict(np.load(path))
    np.savez(path, **(arrays | {"glaucoma": np.array(2)}))
    with pytest.raises(DataError, match=r"data_0001\.npz: the value of glaucoma is 2, not 0 or 1"):
        next(load(Where(root=root)))
    del arrays["glaucoma"]
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"glaucoma is missing"):
        next(load(Where(root=root)))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match=r"data_0001\.npz: not a whole Harvard-GF .*huggingface"):
        next(load(Where(root=root)))
    for file in (root / "Validation").iterdir():
        file.unlink()
    with pytest.raises(DataError, match=r"no \.npz in Validation/"):
        next(load(Where(root=root, split="validation")))
