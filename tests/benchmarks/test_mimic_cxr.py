"""MIMIC-CXR in the layout of PhysioNet and in R2Gen's."""

from __future__ import annotations

import json
import shutil

import pytest

from medassay.benchmarks.mimic_cxr import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, UsageError
from medassay.types import Where


def test_a_study_has_its_views_its_findings_and_its_patient(folder, caplog):
    first, second = load(Where(root=folder("mimic-cxr@official")))
    assert first.id == "mimic-cxr-official-s50414267"
    assert first.target.texts == (
        "There is no focal consolidation, pleural effusion or pneumothorax. BONES: No fracture is seen.",
    )
    assert [i.uri[-12:] for i in first.images] == ["174413ec.jpg", "02aa804e.jpg"]
    assert first.images[0].uri.endswith("files/p10/p10000032/s50414267/174413ec.jpg")
    assert first.tags == {"view": "frontal+lateral"}
    assert first.cluster == "10000032"
    assert second.target.texts == ("The tube ends 4 cm above the carina. No effusion.",)
    assert "mimic-cxr: items left out for want of text (findings) or images: 1" in caplog.text


def test_impressions_are_another_benchmark(folder):
    root = folder("mimic-cxr@official")
    samples = list(load(Where(root=root), section="impression"))
    assert [s.target.texts[0] for s in samples] == ["No acute process.", "Clear lungs."]
    assert samples[1].tags == {}
    (both,) = load(Where(root=root), section="both")
    assert both.target.texts[0].endswith("seen.\nNo acute process.")


@pytest.mark.parametrize("split", ["validation", "train"])
def test_the_words_of_the_files_for_the_splits(folder, split):
    for word in ("mimic-cxr@official", "mimic-cxr@r2gen"):
        assert len(list(load(Where(root=folder(word), split=split)))) == 1


def test_reports_may_lie_among_the_images_and_tables_be_unpacked(folder):
    root = folder("mimic-cxr@official")
    shutil.copytree(root / "mimic-cxr-reports" / "files", root / "files", dirs_exist_ok=True)
    shutil.rmtree(root / "mimic-cxr-reports")
    assert len(list(load(Where(root=root)))) == 2


def test_medvlmbench_is_r2gen_with_the_first_image(folder):
    root = folder("mimic-cxr@r2gen")
    (whole,) = load(Where(root=root, variant="r2gen"))
    (first,) = samples = list(load(Where(root=root, variant="medvlmbench")))
    assert len(whole.images) == 2
    assert first.images == whole.images[:1]
    assert (first.target, first.cluster) == (whole.target, "10000032")
    assert [f for f in check_benchmark(BENCHMARK, samples, others=[whole]) if not f.ok] == []
    with pytest.raises(UsageError, match="holds one text of a study"):
        list(load(Where(root=root), section="impression"))


def test_what_is_missing_is_named(folder):
    root = folder("mimic-cxr@official")
    (root / "mimic-cxr-reports/files/p10/p10000032/s53189527.txt").unlink()
    with pytest.raises(DataError, match=r"s53189527\.txt: the report cannot be read.*physionet"):
        list(load(Where(root=root)))
    shutil.rmtree(root / "mimic-cxr-reports")
    with pytest.raises(DataError, match=r"no reports in mimic-cxr-reports/files/.*physionet"):
        list(load(Where(root=root)))
    (root / "mimic-cxr-2.0.0-split.csv.gz").unlink()
    with pytest.raises(DataError, match=r"mimic-cxr-2\.0\.0-split\.csv\.gz or annotation\.json.*not found"):
        list(load(Where(root=root)))
    (root / "annotation.json").write_text(json.dumps({"train": []}))
    with pytest.raises(DataError, match="a list of records is expected under 'test', this is NoneType"):
        list(load(Where(root=root)))
