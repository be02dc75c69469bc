"""Runs by the parts of a split: they add up, labels correct them, published numbers stand beside."""

import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError
from medassay.splits.labels import Label, write_labels
from medassay.splits.tags import PARTS, Tag, write_tags
from medassay.workflows.run_parts import by_parts
from medassay.workflows.running import run


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


def test_labels_of_all_questions_make_the_parts(finished, tmp_path):
    """Tags that are always wrong, and labels that say so, of half of the questions and of all."""
    ids = [row.sample.id for row in finished.rows()]
    truth = ["reasoning" if k % 3 else "understanding" for k in range(len(ids))]
    tags, labels = tmp_path / "tags.csv", tmp_path / "labels.csv"
    write_tags(tags, [Tag(id=one, part="reasoning", probability=1.0, source="s") for one in ids])
    rows = [row for row in finished.rows() if row.score.status != "scored" or "accuracy" in row.score.values]
    said = dict(zip(ids, truth, strict=True))
    mine = [row.score.values.get("accuracy", 0.0) for row in rows if said[row.sample.id] == "reasoning"]
    write_labels(labels, [Label(id=k, part=v, stands_for=1.0, by="both") for k, v in said.items()])
    (found,) = by_parts([finished.path], [tags], [labels])
    assert (found.hard.no.value, found.labels) == (None, len(rows))
    assert found.corrected is not None
    assert found.corrected.yes.value == pytest.approx(sum(mine) / len(mine))
    assert found.corrected.yes.n + found.corrected.no.n == pytest.approx(len(rows))
    words = ["split", "report", str(finished.path), "--tags", str(tags), "--labels", str(labels)]
    shown = CliRunner().invoke(app, words).stdout
    assert "Understanding, corrected by labels" in shown
    assert f"corrected by {len(rows)} labels" in shown


def test_labels_of_no_run_are_refused(finished, tmp_path):
    tags, labels, other = (tmp_path / name for name in ("tags.csv", "labels.csv", "other.csv"))
    ids = [row.sample.id for row in finished.rows()]
    write_tags(tags, [Tag(id=one, part="reasoning", probability=1.0, source="s") for one in ids])
    label = Label(id="elsewhere", part="reasoning", stands_for=1.0, by="both")
    write_labels(labels, [label])
    with pytest.raises(DataError, match="no run has 2 of its questions"):
        by_parts([finished.path], [tags], [labels])
    write_labels(other, [replace(label, part="understanding")])
    with pytest.raises(DataError, match="elsewhere has another label"):
        by_parts([finished.path], [tags], [labels, other])
    labels.write_text("id,label,stands_for,by\na,unsure,1,both\n")
    with pytest.raises(DataError, match=r"labels\.csv:2: a label is reasoning or understanding"):
        by_parts([finished.path], [tags], [labels])


def test_a_paper_says_nothing_of_a_model_that_it_does_not_name(finished, tmp_path):
    ids = [row.sample.id for row in finished.rows()]
    write_tags(tmp_path / "tags.csv", [Tag(id=i, part="reasoning", probability=1.0, source="s") for i in ids])
    (found,) = by_parts([finished.path], [tmp_path / "tags.csv"], published=True)
    assert found.published == {}
