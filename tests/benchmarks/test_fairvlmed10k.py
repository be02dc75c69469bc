"""Harvard-FairVLMed: diagnosis, notes and questions from one set of files."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from medassay.benchmarks.fairvlmed10k import DIAGNOSIS, load_diagnosis, load_notes, load_vqa
from medassay.errors import DataError, ImageError
from medassay.images import open_image
from medassay.types import Where


def test_a_person_of_the_official_test_part(folder):
    first, second, third = load_diagnosis(Where(root=folder("fairvlmed10k-diagnosis@npz")))
    assert first.id == "fairvlmed10k-diagnosis-npz-data_08001"
    assert [s.target.texts[0] for s in (first, second, third)] == ["glaucoma", "no glaucoma", "no glaucoma"]
    assert first.tags == {
        "sex": "female",
        "age_group": "40-59",
        "race": "black",
        "ethnicity": "non-hispanic",
        "language": "english",
    }
    assert second.tags == {"sex": "male", "age_group": "80+", "race": "asian"}  # unknown is left out
    assert [c.label for c in first.choices] == ["no glaucoma", "glaucoma"]  # the second is positive
    assert first.cluster == "data_08001"


@pytest.mark.parametrize("split", ["validation", "train"])
def test_the_words_of_the_table_for_the_splits(folder, split):
    assert len(list(load_diagnosis(Where(root=folder("fairvlmed10k-diagnosis@jpg"), split=split)))) == 1


def test_the_published_prompts_keep_their_stray_blank(folder):
    sample = next(load_diagnosis(Where(root=folder("fairvlmed10k-diagnosis@npz")), prompts="published"))
    assert [c.texts for c in sample.choices] == [
        ("a photo of a benign scanning laser ophthalmoscope fundus image",),
        ("a photo of  a glaucoma scanning laser ophthalmoscope fundus image",),
    ]


def test_grey_levels_stay_as_they_are(folder):
    root = folder("fairvlmed10k-diagnosis@npz")
    sample = next(load_diagnosis(Where(root=root)))
    shown = np.asarray(open_image(sample.images[0]))[:, :, 0]
    with np.load(root / "Test" / "data_08001.npz") as arrays:
        np.testing.assert_array_equal(shown, arrays["slo_fundus"].astype(np.uint8))


def test_images_are_found_in_whichever_part_and_missing_ones_fail(folder):
    root = folder("fairvlmed10k-diagnosis@jpg")
    (root / "Test").rename(root / "Testing")
    (root / "Testing" / "slo_fundus_08002.jpg").unlink()
    first, second, _ = load_diagnosis(Where(root=root))
    assert first.images[0].uri.endswith("Testing/slo_fundus_08001.jpg")
    with pytest.raises(ImageError, match="slo_fundus_08002"):
        open_image(second.images[0])


def test_notes_and_their_summaries_are_two_benchmarks(folder, caplog):
    root = folder("fairvlmed10k-notes@npz")
    first, second = load_notes(Where(root=root))
    assert first.target.texts == ("Drusen, narrow angles.",)
    assert "fairvlmed10k-notes: items left out for want of text (summary) or images: 1" in caplog.text
    note, *others = load_notes(Where(root=root), text="note")
    assert note.target.texts == ('ms. PERSON is seen on DATE_TIME, "stable", 08001',)
    assert len(others) == 2
    assert note.question != second.question


def test_questions_are_brought_by_the_user(folder, caplog):
    root = folder("fairvlmed10k-vqa@npz")
    opened, yes, left = load_vqa(Where(root=root))
    assert [s.kind for s in (opened, yes, left)] == ["open", "yes/no", "closed"]
    assert [s.target.texts[0] for s in (opened, yes, left)] == ["Drusen, large ones", "yes", "Left"]
    assert opened.question == "What is seen at the disc?"
    assert left.id == "fairvlmed10k-vqa-npz-data_08001-4"  # numbered over all rows
    assert left.tags["answer_type"] == "closed"
    assert left.tags["race"] == "black"
    assert "fairvlmed10k-vqa: items left out for want of text (all cells) or images: 1" in caplog.text
    (root / "data_summary.csv").unlink()
    assert next(load_vqa(Where(root=root))).tags == {"answer_type": "open"}


def test_what_is_missing_is_named(folder):
    root = folder("fairvlmed10k-vqa@jpg")
    (root / "vqa_test.csv").unlink()
    with pytest.raises(DataError, match=r"vqa_test\.csv not found\. MedVLMBench does not distribute"):
        list(load_vqa(Where(root=root)))
    text = (root / "data_summary.csv").read_text()
    (root / "data_summary.csv").write_text(text.replace(",yes,test", ",perhaps,test"))
    with pytest.raises(DataError, match=r"data_summary\.csv has 'perhaps' for glaucoma of data_08001"):
        list(load_diagnosis(Where(root=root)))
    (root / "data_summary.csv").unlink()
    with pytest.raises(DataError, match=r"data_summary\.csv not found.*ophai\.hms\.harvard\.edu"):
        list(load_notes(Where(root=root)))
    for name in ("Test", "Validation", "Training"):
        shutil.rmtree(root / name)
    with pytest.raises(DataError, match=r"Test/data_\*\.npz or Test/slo_fundus_\*\.jpg not found"):
        list(load_diagnosis(Where(root=root)))


def test_what_cannot_be_rebuilt_has_a_reason():
    assert "not distributed" in DIAGNOSIS.absent["medvlmbench"]
