"""Each way in which a test can be known from its training part is found, once, and said with its size."""

import pytest

from medassay.hygiene.overlap import overlap, shared_images
from medassay.types import Image

from .kit import asked, encoded, part, picture


def found(one, other):
    return {finding.check.partition(":")[0]: finding for finding in overlap(one, other)}


def test_a_clean_split_stays_clean():
    test = part("test", *(asked(f"a{i}", "yes", encoded(picture(i)), cluster=f"p{i}") for i in range(8)))
    train = part("train", *(asked(f"b{i}", "no", encoded(picture(i)), cluster=f"p{i}") for i in range(8, 20)))
    assert {finding.severity for finding in overlap(test, train)} == {"clear"}


def test_samples_patients_images_and_questions_that_recur():
    test = part(
        "test",
        asked("same id", "yes", encoded(picture(1)), cluster="p1"),
        asked("t2", "yes", encoded(picture(2)), cluster="p2"),
        asked("t3", "yes", encoded(picture(2)), cluster="p2", question="Which  organ?"),
        asked("t4", "yes", encoded(picture(3)), cluster="p3"),
    )
    train = part(
        "train",
        asked("same id", "no", encoded(picture(9)), cluster="p9"),
        asked("r2", "no", encoded(picture(2)), cluster="p2", question="which organ?"),
        asked("r3", "no", encoded(picture(3), quality=80), cluster="p8"),
    )
    held = found(test, train)
    assert {name: (f.count, f.total) for name, f in held.items()} == {
        "sample id": (1, 4),
        "cluster": (1, 3),
        "exact image": (1, 3),
        "near-duplicate image": (1, 3),
        "image and question": (1, 4),
    }
    assert {f.severity for f in held.values()} == {"problem"}
    assert held["exact image"].sentence == (
        "1 of 3 (33.3 %) images of test also stand byte for byte in train; 2 of 4 (50.0 %) of its samples "
        "use them."
    )
    assert "2 of 4 (50.0 %) of its samples belong to them" in held["cluster"].sentence
    (pair,) = held["near-duplicate image"].pairs
    assert (pair.first.id, pair.second.id) == ("t4", "r3")
    assert "of 64 bits differ, correlation" in pair.detail


def test_without_clusters_they_are_not_compared():
    one, other = part("test", asked("a")), part("train", asked("b"))
    assert found(one, other)["cluster"].severity == "note"


def test_against_a_part_that_is_not_trained_on_it_is_a_warning():
    image = encoded(picture(1))
    held = found(part("test", asked("a", "yes", image)), part("validation", asked("b", "no", image)))
    assert held["exact image"].severity == "warning"


@pytest.mark.parametrize(
    ("ours", "theirs", "count"),
    [
        ("images/synpic100.jpg", "train/SYNPIC100.png", 1),
        ("xmlab1/source.jpg", "xmlab1/source.jpg", 0),  # no digit: any set has a "source"
        ("12.png", "12.png", 0),
    ],
)
def test_where_images_are_missing_their_names_are_weak_evidence(tmp_path, ours, theirs, count):
    test = part("test", asked("a", "yes", Image(uri=str(tmp_path / "a" / ours))))
    train = part("train", asked("b", "yes", Image(uri=str(tmp_path / "b" / theirs))))
    held = found(test, train)
    assert held["file name"].count == count
    assert held["file name"].severity == ("warning" if count else "clear")
    assert "exact image" not in held  # nothing is said of bytes that nobody has seen


def test_a_name_counts_for_nothing_where_both_files_are_read_and_differ(tmp_path):
    """IDRiD: the same names in train and test, other images."""
    for folder, seed in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        picture(seed).save(tmp_path / folder / "IDRiD_001.png")
    test, train = (
        part(name, asked(folder, "yes", Image(uri=str(tmp_path / folder / "IDRiD_001.png"))))
        for name, folder in (("test", "a"), ("train", "b"))
    )
    assert shared_images(test, train).named == ()


def test_a_name_that_several_files_share_says_nothing(tmp_path):
    uris = [str(tmp_path / folder / "image1.png") for folder in ("a", "b")]
    test = part("test", *(asked(uri, "yes", Image(uri=uri)) for uri in uris))
    train = part("train", asked("c", "yes", Image(uri=str(tmp_path / "c" / "image1.png"))))
    assert shared_images(test, train).named == ()
