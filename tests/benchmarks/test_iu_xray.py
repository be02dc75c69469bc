"""IU X-ray from XML, from R2Gen's annotation and from Kaggle's tables."""

from __future__ import annotations

import shutil

import pytest
from tests.benchmarks.folders.iu_xray import NUMBERS

from medassay.benchmarks.iu_xray import BENCHMARK, load
from medassay.errors import DataError, UsageError
from medassay.types import Where


def test_a_report_of_xml(folder, caplog):
    samples = [s for split in BENCHMARK.splits for s in load(Where(root=folder("iu-xray@xml"), split=split))]
    assert len(samples) == len(NUMBERS) - 6
    said = [int(record.getMessage().rpartition(" ")[2]) for record in caplog.records]
    assert sum(said) == 6  # none was lost silently
    by_id = {sample.id: sample for sample in samples}
    first = by_id["iu-xray-xml-CXR1"]
    assert first.target.texts == ("The heart is normal in size. XXXX lungs are clear, 1.",)
    names = [image.uri.rpartition("/")[2] for image in first.images]
    assert names == ["CXR1_IM-0001-1001.png", "CXR1_IM-0001-2001.png"]
    assert first.cluster == "CXR1"


def test_xml_and_kaggle_are_cut_alike(folder):
    xml, kaggle = folder("iu-xray@xml"), folder("iu-xray@kaggle")
    for split in BENCHMARK.splits:
        one, other = (list(load(Where(root=root, split=split))) for root in (xml, kaggle))
        assert one
        assert [s.cluster for s in one] == [s.cluster for s in other]
        assert [s.target for s in one] == [s.target for s in other]


def test_kaggle_says_which_view_is_frontal(folder):
    sample, *_ = load(Where(root=folder("iu-xray@kaggle")), section="both")
    number = sample.cluster.removeprefix("CXR")
    names = [image.uri.rpartition("/")[2] for image in sample.images]
    stem = f"{number}_IM-{int(number):04}"
    assert names == [f"{stem}-4001.dcm.png", f"{stem}-1001.dcm.png"]
    assert sample.tags == {"view": "frontal+lateral"}
    assert sample.target.texts[0].endswith(f"clear, {number}.\nNo acute disease, {number}.")


def test_r2gen_has_its_own_split_and_one_text(folder):
    root = folder("iu-xray@r2gen")
    first, second = load(Where(root=root))
    assert (first.id, first.cluster) == ("iu-xray-r2gen-CXR2384_IM-0942", "CXR2384")
    assert first.target.texts == ("Clear lungs, 2384.",)
    assert [image.uri[-21:] for image in second.images] == [f"/CXR2926_IM-0942/{n}.png"[-21:] for n in "01"]
    assert [s.cluster for s in load(Where(root=root, split="validation"))] == ["CXR1451"]
    with pytest.raises(UsageError, match="iu-xray@r2gen holds one text"):
        list(load(Where(root=root), section="both"))


def test_what_is_missing_is_named(folder):
    root = folder("iu-xray@xml")
    for path in (root / "ecgen-radiology").iterdir():
        path.write_text("<eCitation>")
    with pytest.raises(DataError, match=r"\d+\.xml: not readable as XML"):
        list(load(Where(root=root)))
    shutil.rmtree(root / "NLMCXR_png")
    with pytest.raises(DataError, match=r"no images in NLMCXR_png/.*openi\.nlm\.nih\.gov"):
        list(load(Where(root=root)))
    shutil.rmtree(root / "ecgen-radiology")
    with pytest.raises(DataError, match=r"ecgen-radiology/\*\.xml or annotation\.json or indiana.*not found"):
        list(load(Where(root=root)))
