"""PMC-VQA: two headers, three test sets, keys as letters and as texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from medassay.benchmarks.pmc_vqa import BENCHMARK, load
from medassay.errors import DataError, UsageError
from medassay.images import open_image
from medassay.types import Where

from .drawing import write_csv
from .folders.pmc_vqa import V1, make


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """All three variants in one folder, as on the hub."""
    for variant in ("v1-clean", "v1", "v2"):
        make(tmp_path, f"pmc-vqa@{variant}")
    return tmp_path


def test_the_variants_do_not_mix(root):
    first = {v: next(load(Where(root=root, variant=v))) for v in (None, "v1-clean", "v1", "v2")}
    assert first[None] == first["v1-clean"]
    assert [s.id for s in first.values()][1:] == [
        "pmc-vqa-test_clean-0",
        "pmc-vqa-test-0",
        "pmc-vqa-test_2-0",
    ]
    assert first["v2"].images[0].uri.endswith("figures/PMC8253797_Fig4_41.jpg")
    assert open_image(first["v2"].images[0]).size == (16, 16)


def test_options_lose_their_blanks_and_their_own_letter_once(root):
    uptake, stain, _ = load(Where(root=root, variant="v1"))
    labels = [c.label for c in uptake.choices]
    assert labels == ["Diffuse uptake", "Focal uptake, left", "No uptake", "Cannot determine, ever"]
    assert stain.choices[0].label == "A: H&E"
    assert "A. Diffuse uptake\nB. Focal uptake, left" in BENCHMARK.prompt(uptake.case).text


def test_keys_are_letters_or_texts(root):
    assert [s.target.texts for s in load(Where(root=root, variant="v1"))] == [("B",), ("B",), ("A",)]
    assert [s.target.texts for s in load(Where(root=root, variant="v2"))] == [("C",), ("A",)]


def test_clusters_are_articles(root):
    assert [s.cluster for s in load(Where(root=root))] == ["PMC1064097", "PMC1064097", "PMC2000000"]


def test_a_caption_is_not_shown(root):
    sample = next(load(Where(root=root, variant="v2")))
    assert "contrast" not in BENCHMARK.prompt(sample.case).text


def _written(root: Path, answer: str, letter: str) -> Where:
    options = ("A:H&E", "B:PAS", "C:Giemsa", "D:silver")
    rows = [("PMC1_F1.jpg", "Which stain?", a, *options, b) for a, b in (("PAS", "B"), (answer, letter))]
    write_csv(root / "test.csv", V1, rows)
    return Where(root=root, variant="v1")


@pytest.mark.parametrize(
    ("answer", "letter", "message"),
    [
        ("PAS", "D", "the answer is 'PAS', its letter D is another option's"),
        ("a silver one", "", "the answer '' is none of its options A, B, C, D"),
    ],
)
def test_a_key_that_fits_no_option_or_two_is_named(root, caplog, answer, letter, message):
    where = _written(root, answer, letter)
    with pytest.raises(DataError, match=rf"test\.csv: record 1 \(PMC1_F1\.jpg\): {message}.*only_keyed=true"):
        list(load(where))
    assert [s.id for s in load(where, only_keyed=True)] == ["pmc-vqa-test-0"]
    assert "1 rows of" in caplog.text


@pytest.mark.parametrize(("answer", "letter", "key"), [("PAS", "BD", "B"), ("a silver one", "D", "D")])
def test_one_good_half_of_a_key_is_enough(root, answer, letter, key):
    assert [s.target.texts for s in load(_written(root, answer, letter))] == [("B",), (key,)]


def test_what_is_missing_is_named(root):
    (root / "test_2.csv").unlink()
    with pytest.raises(DataError, match=r"test_2\.csv not found for the split 'test'.*xmcmic/PMC-VQA"):
        next(load(Where(root=root, variant="v2")))
    with pytest.raises(UsageError, match="no variant 'clean'"):
        next(load(Where(root=root, variant="clean")))
    (root / "test.csv").write_text("Figure_path,Question\nPMC1_F1.jpg,What?\n")
    with pytest.raises(DataError, match=r"test\.csv: record 0 has no Answer, Choice A"):
        next(load(Where(root=root, variant="v1")))
