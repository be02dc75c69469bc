"""Splitting a benchmark, and the runs on it."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError, UsageError
from medassay.splits.tags import read_tags
from medassay.workflows.splitting import split


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,maybe,.5,s", "one of reasoning, understanding, uncertain"),
        ("a,reasoning,x,s", "no number: 'x'"),
        ("a,reasoning,2,s", "not within"),
        ("a,reasoning,.5,s\na,uncertain,.5,s", "twice"),
    ],
)
def test_a_broken_file_of_tags_names_its_line(tmp_path, line, said):
    (tmp_path / "tags.csv").write_text(f"id,part,probability,source\n{line}\n")
    with pytest.raises(DataError, match=said):
        read_tags(tmp_path / "tags.csv")


@pytest.fixture
def training(shared_data, tmp_path):
    """The authors' sample of 199 questions: enough to run, quick to learn."""
    name = "medxpertqa_sampled_mm_input.jsonl"
    (tmp_path / "training").mkdir()
    shutil.copy(shared_data / "medxpertqa" / name, tmp_path / "training" / name)
    return str(tmp_path / "training")


def test_another_benchmark_is_marked_not_validated(shared_data, training, tmp_path):
    out = tmp_path / "tags.csv"
    words = ["split", "make", "vqa-rad", "--data", str(shared_data / "vqa_rad"), "--training", training]
    held = json.loads(CliRunner().invoke(app, [*words, "--out", str(out), "--json"]).stdout)
    assert held["source"] == "classifier, not validated here"
    tags = read_tags(out)
    assert (held["n"], held["reasoning"]) == (len(tags), sum(tag.part == "reasoning" for tag in tags))
    assert held["expected_reasoning"] == pytest.approx(sum(tag.probability for tag in tags), abs=1e-3)
    assert len({tag.probability for tag in tags}) > 100


def test_an_uncertain_question_is_in_neither_part(shared_data, training, tmp_path):
    out = tmp_path / "tags.csv"
    words = ["split", "make", "vqa-rad", "--data", str(shared_data / "vqa_rad"), "--training", training]
    done = CliRunner().invoke(app, [*words, "--out", str(out), "--uncertain", ".4-.7", "--json"])
    tags = read_tags(out)
    assert json.loads(done.stdout)["uncertain"] == sum(tag.part == "uncertain" for tag in tags) > 0
    assert all((tag.part == "uncertain") == (0.4 <= tag.probability <= 0.7) for tag in tags)
    for band in (".6-.7", "x"):
        with pytest.raises(UsageError, match="--uncertain"):
            CliRunner().invoke(app, [*words, "--uncertain", band], catch_exceptions=False)


def test_the_word_of_the_authors_stands(training):
    found = split("medxpertqa-mm", data=training, training=None, out=None)
    assert found.note == "the benchmark's authors"
    assert {tag.probability for tag in found.tags} == {0.0, 1.0}
