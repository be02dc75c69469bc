"""OmniMedVQA: options, answers by text, absent images, the archive."""

from __future__ import annotations

import shutil

import pytest

from medassay.benchmarks.omnimedvqa import load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import resolve
from medassay.registry import find
from medassay.types import Where

from .drawing import write_json
from .folders.omnimedvqa import row

OPEN = "QA_information/Open-access"


@pytest.fixture
def root(folder):
    return folder("omnimedvqa@open")


def test_files_are_read_in_the_order_of_their_names(root):
    samples = list(load(Where(root=root)))
    ids = ["ACRIMA_0000", "ACRIMA_0001", "Chest CT Scan_0000", "Chest CT Scan_0001"]
    assert [s.id for s in samples] == [f"omnimedvqa-{i}" for i in ids]
    assert [len(s.choices) for s in samples] == [4, 3, 4, 2]
    assert {s.cluster for s in samples[:2]} == {"Images/ACRIMA/im 0.png"}


def test_the_answer_is_a_text(root):
    equal, none, punctuation, case = load(Where(root=root))
    assert equal.target.texts == ("A", "C")
    assert (none.target.texts, none.choices[0].label) == (("A",), "None")
    assert punctuation.target.texts == ("B",)
    assert case.target.texts == ("B",)


def test_the_odd_key_of_one_row_is_its_modality(root):
    _, _, odd, _ = load(Where(root=root))
    assert odd.tags == {"modality": "CT", "question_type": "Modality Recognition", "source": "Chest CT Scan"}


def test_an_answer_that_is_no_option_stops_the_load_unless_asked_otherwise(root, caplog):
    write_json(root / OPEN / "Zebra.json", [row("Zebra", 3, "MRI", ["CT", "PET"])])
    with pytest.raises(
        DataError, match=r"Zebra\.json: row Zebra_0003: the answer 'MRI' is none.*only_keyed=true"
    ):
        list(load(Where(root=root)))
    assert len(list(load(Where(root=root), only_keyed=True))) == 4
    assert "1 questions have no key, left out" in caplog.text


def test_an_absent_image_is_a_row_that_fails_and_is_counted(root, caplog):
    (sample,) = load(Where(root=root, variant="restricted"))
    assert "1 questions have no image" in caplog.text
    with pytest.raises(ImageError, match="No such file"):
        resolve(sample.images[0])
    assert len(list(load(Where(root=root, variant="all")))) == 5


@pytest.mark.parametrize("inner", ["", "OmniMedVQA"])
def test_the_archive_is_read_as_it_is(root, tmp_path, caplog, inner):
    unpacked = list(load(Where(root=root)))
    packed = tmp_path / "packed"
    packed.mkdir()
    if inner:
        shutil.copytree(root, tmp_path / "above" / inner)
    shutil.make_archive(str(packed / "OmniMedVQA"), "zip", tmp_path / "above" if inner else root)
    samples = list(load(Where(root=packed)))
    assert [s.id for s in samples] == [s.id for s in unpacked]
    assert [resolve(s.images[0]).digest for s in samples] == [resolve(s.images[0]).digest for s in unpacked]
    assert "no image" not in caplog.text
    list(load(Where(root=packed, variant="restricted")))
    assert "1 questions have no image" in caplog.text


def test_one_folder_further_down(root, tmp_path):
    (tmp_path / "above").mkdir()
    root.rename(tmp_path / "above" / "OmniMedVQA")
    samples = list(load(Where(root=tmp_path / "above")))
    assert [f for f in check_benchmark(find("benchmark", "omnimedvqa"), samples) if not f.ok] == []


def test_what_is_missing_is_named(root, tmp_path):
    shutil.rmtree(root / "QA_information" / "Restricted-access")
    with pytest.raises(
        DataError, match=r"Open-access/\*\.json and QA_information/Restricted-access.*huggingface"
    ):
        list(load(Where(root=root, variant="all")))
    (tmp_path / "OmniMedVQA.zip").write_bytes(b"PK not whole")
    with pytest.raises(DataError, match=r"OmniMedVQA\.zip: not a whole \.zip file"):
        list(load(Where(root=tmp_path)))
