"""A draw of questions labelled by two readers, and what it says of the tags."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace

import pytest
from sklearn.metrics import cohen_kappa_score
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError, NotPermitted
from medassay.splits.labels import band_of, read_labels
from medassay.splits.tags import Tag, part_of, read_tags, write_tags
from medassay.workflows.resolve import find_benchmark, resolve_benchmark
from medassay.workflows.validating import make_sheets, read_sheets

PHANTOM = "phantom@vqa:n=60"


@pytest.fixture
def tags(tmp_path):
    """A classifier that says reasoning of 9 in 10."""
    path = tmp_path / "tags.csv"
    ids = [sample.id for sample in resolve_benchmark(PHANTOM).samples()]
    probabilities = [0.9 if k % 10 else 0.1 for k in range(len(ids))]
    write_tags(
        path,
        [
            Tag(id=one, part=part_of(p), probability=p, source="classifier, not validated here")
            for one, p in zip(ids, probabilities, strict=True)
        ],
    )
    return path


@pytest.fixture
def sheets(tags, tmp_path):
    out = (tmp_path / "a.csv", tmp_path / "b.csv")
    make_sheets(PHANTOM, data=None, tags=tags, n=30, out=out)
    return out


def lines_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fill(path, label):
    """Write what `label` says of an id into every line of a sheet."""
    lines = lines_of(path)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows({**line, "label": label(line["id"])} for line in lines)


def test_the_sheets_are_blind_the_same_draw_and_in_two_orders(sheets, tags):
    first, second = (lines_of(path) for path in sheets)
    known = {tag.id: tag for tag in read_tags(tags)}
    assert [line["id"] for line in first] != [line["id"] for line in second]
    assert {line["id"] for line in first} == {line["id"] for line in second}
    assert set(first[0]) == {"id", "cluster", "question", "options", "images", "label"}
    assert {line["label"] for line in first} == {""}
    assert "0.9" not in sheets[0].read_text("utf-8")
    assert "classifier" not in sheets[0].read_text("utf-8") + sheets[0].with_suffix(".md").read_text("utf-8")
    bands = Counter(band_of(known[line["id"]]) for line in first)
    sizes = Counter(band_of(tag) for tag in known.values())
    assert bands["0"] / sizes["0"] > bands["4"] / sizes["4"]  # the rare band is asked more often
    before = sheets[0].read_bytes()
    make_sheets(PHANTOM, data=None, tags=tags, n=30, out=sheets)
    assert sheets[0].read_bytes() == before


def test_a_split_is_validated_once_all_is_settled(sheets, tags, tmp_path):
    parts = {tag.id: tag.part for tag in read_tags(tags)}
    drawn = sorted(line["id"] for line in lines_of(sheets[0]))
    disputed, unsure = drawn[:4], drawn[4]
    fill(sheets[0], lambda one: "unsure" if one == unsure else parts[one])
    other = {"reasoning": "understanding", "understanding": "reasoning"}
    second = {one: "unsure" if one == unsure else parts[one] for one in drawn}
    second |= {one: other[parts[one]] for one in disputed}
    fill(sheets[1], second.__getitem__)
    out = tmp_path / "labels.csv"
    words = ["label", "read", *map(str, sheets), "--tags", str(tags), "--out", str(out)]
    done = CliRunner().invoke(app, [*words, "--json"])
    held = json.loads(done.stdout)
    assert done.exit_code == 1
    assert not out.exists()
    assert {dispute["id"] for dispute in held["open"]} == {*disputed, unsure}
    assert held["classifier"] is None

    third = tmp_path / "labels.to-settle.csv"
    fill(third, lambda one: "unsure" if one == unsure else second[one])
    done = CliRunner().invoke(app, [*words, "--adjudicated", str(third)])
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80  # the last is a path
    found = read_sheets(sheets, tags=tags, out=out, adjudicated=third)
    labels = read_labels(out)
    assert labels.keys() == set(drawn) - {unsure}
    assert {one for one, label in labels.items() if label.by == "third"} == set(disputed)
    assert sum(label.stands_for for label in labels.values()) == pytest.approx(len(parts))
    counts = Counter(band_of(tag) for tag in read_tags(tags))
    weight = {one: counts["4" if parts[one] == "reasoning" else "0"] for one in drawn}
    held_of = Counter(parts[one] for one in drawn)
    weights = [weight[one] / held_of[parts[one]] for one in drawn]
    one, two = [["unsure" if k == unsure else parts[k] for k in drawn], [second[k] for k in drawn]]
    assert found.kappa.value == pytest.approx(cohen_kappa_score(one, two, sample_weight=weights))
    yes = [label for label in labels.values() if label.part == "reasoning"]
    right = sum(label.stands_for for label in yes if parts[label.id] == "reasoning")
    assert found.classifier is not None
    assert found.classifier.sensitivity.value == pytest.approx(right / sum(label.stands_for for label in yes))
    (source,) = {tag.source for tag in read_tags(tags)}
    assert source.startswith(f"validated here: kappa {found.kappa.value:.2f}, sensitivity ")
    assert source.endswith(f"n {len(drawn) - 1}")


def test_a_broken_sheet_names_its_line(sheets, tags, tmp_path):
    def read(adjudicated=None):
        read_sheets(sheets, tags=tags, out=tmp_path / "labels.csv", adjudicated=adjudicated)

    fill(sheets[0], lambda one: "reasoning")
    with pytest.raises(DataError, match=r"b\.csv:\d+: .* has no label yet"):
        read()
    fill(sheets[1], lambda one: "Reasoning")
    read()
    with pytest.raises(DataError, match=r"a\.csv:\d+: .* is not open"):
        read(sheets[0])
    text = sheets[1].read_text("utf-8")
    last = text.splitlines(keepends=True)[-1]
    for broken, said in (
        (text + last, r"b\.csv:\d+: .* stands twice"),
        (
            text.replace(",Reasoning", ",perhaps", 1),
            r"b\.csv:\d+: the label 'perhaps' is not one of reasoning",
        ),
        (text.removesuffix(last), r"b\.csv: .* of .*a\.csv is not there \(1 such\)"),
        (text + "nobody,,,,,unsure\r\n", r"b\.csv:\d+: 'nobody' has no tag"),
    ):
        sheets[1].write_text(broken, "utf-8")
        with pytest.raises(DataError, match=said):
            read()


def test_only_the_tags_of_a_classifier_on_the_same_questions_are_validated(tags, tmp_path):
    out = (tmp_path / "a.csv", tmp_path / "b.csv")
    held = list(read_tags(tags))
    write_tags(tags, held[1:])
    with pytest.raises(DataError, match="1 ids are not of both"):
        make_sheets(PHANTOM, data=None, tags=tags, n=5, out=out)
    write_tags(tags, [replace(tag, source="the benchmark's authors") for tag in held])
    with pytest.raises(DataError, match="authors' own labels"):
        make_sheets(PHANTOM, data=None, tags=tags, n=5, out=out)


def test_data_that_must_not_leave_are_not_written(tags, tmp_path, monkeypatch):
    closed = replace(find_benchmark("phantom"), may_leave=False)
    monkeypatch.setattr("medassay.workflows.resolve.find_benchmark", lambda name: closed)
    out = (tmp_path / "a.csv", tmp_path / "b.csv")
    with pytest.raises(NotPermitted, match="--permit export"):
        make_sheets(PHANTOM, data=None, tags=tags, n=5, out=out)
    assert make_sheets(PHANTOM, data=None, tags=tags, n=5, out=out, permit=["export"]) == 5
