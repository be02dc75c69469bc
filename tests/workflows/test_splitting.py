"""Splitting a benchmark, and the runs on it."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError, UsageError
from medassay.splits.tags import PARTS, Tag, read_tags, write_tags
from medassay.workflows.running import run
from medassay.workflows.splitting import by_parts, split


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return run(model="demo-vlm", benchmark="phantom", limit=60, out=folder / "run", store=folder / "store.db")


def test_the_parts_of_a_run_sum_to_its_accuracy(finished, tmp_path):
    ids = [row.sample.id for row in finished.rows()]
    write_tags(
        tmp_path / "tags.csv",
        [Tag(id=one, part=PARTS[k % 3], probability=(k % 5) / 4, source="s") for k, one in enumerate(ids)],
    )
    (found,) = by_parts([finished.path], [tmp_path / "tags.csv"])
    rows = [row for row in finished.rows() if row.score.status != "scored" or "accuracy" in row.score.values]
    right = sum(float(row.score.values.get("accuracy", 0.0)) for row in rows)
    assert found.hard.whole.value == pytest.approx(right / len(rows))
    for parts in (found.hard, found.weighted):
        assert sum(
            one.n * (one.value or 0.0) for one in (parts.yes, parts.no, parts.neither)
        ) == pytest.approx(right)
    words = ["split", "report", str(finished.path), "--tags", str(tmp_path / "tags.csv")]
    held = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert held[0]["hard"]["gap"]["value"] == pytest.approx(found.hard.gap.value)
    shown = CliRunner().invoke(app, words).stdout
    assert "Understanding, weighted by probability" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_sample_without_a_tag_stops_the_report(finished, tmp_path):
    write_tags(tmp_path / "tags.csv", [])
    with pytest.raises(DataError, match="samples have no tag"):
        by_parts([finished.path], [tmp_path / "tags.csv"])


def test_nothing_is_taken_for_something_else_of_the_same_name(finished, tmp_path):
    ids = [row.sample.id for row in finished.rows()]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    write_tags(first, [Tag(id=one, part="reasoning", probability=1.0, source="s") for one in ids])
    write_tags(second, [Tag(id=ids[0], part="understanding", probability=0.0, source="s")])
    with pytest.raises(DataError, match="has another tag in an earlier file"):
        by_parts([finished.path], [first, second])
    copy = shutil.copytree(finished.path, tmp_path / "copy")
    with pytest.raises(DataError, match="too: report them apart"):
        by_parts([finished.path, copy], [first])


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
