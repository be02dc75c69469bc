"""What a doctor finds: nothing in a sound folder, and each thing that is changed behind a run's back."""

import json
import shutil
import sqlite3
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import DataError
from medassay.models.fakes import Failing, Scripted
from medassay.reporting.table import read_parquet, write_parquet
from medassay.rows import read_rows, write_rows
from medassay.workflows.examining import examine


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    place = tmp_path_factory.mktemp("examined")
    model = Scripted(lambda request: "yes", name="yes")
    medassay.run(model=model, benchmark="phantom@vqa:n=12", out=place / "run", store=place / "answers.db")
    return place


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound / "run", tmp_path / "run")


def wrong(path):
    return {finding.check: finding.said for finding in examine(path).findings if finding.level == "wrong"}


def test_a_sound_run_and_its_store(sound):
    held = examine(sound / "run")
    assert held.sound
    assert {f.check for f in held.findings} == {"state", "protocol", "rows", "estimates"}
    assert {f.level for f in held.findings} == {"sound"}
    assert examine(sound / "answers.db").sound
    assert len(examine(sound).findings) == 4  # a folder of runs


def changed(folder, change):
    path = folder / "manifest.json"
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))


MANIFEST = {
    "protocol": lambda held: held["protocol"]["benchmark"].update(version=9),
    "counts": lambda held: held["counts"].update(scored=1),
    "n": lambda held: held.update(n=1),
    "images_sha256": lambda held: held.update(images_sha256="0" * 64),
}


@pytest.mark.parametrize("check", MANIFEST)
def test_a_changed_manifest_is_found(folder, check):
    changed(folder, MANIFEST[check])
    assert list(wrong(folder)) == [check]


def test_a_run_of_another_model_than_it_says_is_found(folder):
    changed(folder, lambda held: held["model"].update(fingerprint="0" * 64))
    assert "model and seed" in wrong(folder)["protocol"]


def test_a_changed_score_shows_in_the_estimates(folder):
    rows = list(read_rows(folder / "rows.parquet"))
    turned = replace(rows[0].score, values={name: 1 - v for name, v in rows[0].score.values.items()})
    write_rows(folder / "rows.parquet", [replace(rows[0], score=turned), *rows[1:]])
    assert "do not follow from the rows (accuracy" in wrong(folder)["estimates"]


def test_a_changed_estimate_is_found_to_the_last_bit(folder):
    held = read_parquet(folder / "estimates.parquet")
    better = replace(held[0], value=held[0].value + 1e-15)
    write_parquet(folder / "estimates.parquet", [better, *held[1:]])
    assert wrong(folder)["estimates"].startswith(f"1 of {len(held)} ")


def test_rows_that_stand_twice_or_are_missing_are_found(folder):
    rows = list(read_rows(folder / "rows.parquet"))
    write_rows(folder / "rows.parquet", [*rows, rows[0]])
    assert "twice" in examine(folder).findings[2].said
    write_rows(folder / "rows.parquet", rows[1:])
    assert {"rows", "n", "counts"} <= set(wrong(folder))


def test_a_flipped_byte_of_the_rows_is_found(folder):
    import pyarrow.parquet as pq

    path = folder / "rows.parquet"
    held = path.read_bytes()
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    for column in columns:  # in the middle of each column's pages
        start = min(filter(None, (column.dictionary_page_offset, column.data_page_offset)))
        place = start + column.total_compressed_size - 1
        path.write_bytes(held[:place] + bytes([held[place] ^ 0xFF]) + held[place + 1 :])
        assert wrong(folder), column.path_in_schema


def test_what_is_only_unfinished_is_a_note(folder, tmp_path):
    (folder / "report.html").unlink()
    (folder / "rows.parquet.part").write_bytes(b"")
    held = examine(folder)
    assert held.sound
    assert {f.check for f in held.findings if f.level == "note"} == {"reports", "files"}
    medassay.run(
        model=Failing(Scripted(lambda request: "yes", name="yes"), rate=0.5),
        benchmark="phantom@vqa:n=12",
        out=tmp_path / "half",
        store=tmp_path / "s.db",
    )
    state = examine(tmp_path / "half").findings[0]
    assert (state.level, "asks them again" in state.said) == ("note", True)


def test_a_flipped_byte_of_a_store_is_counted(sound, tmp_path):
    path = tmp_path / "answers.db"
    shutil.copy(sound / "answers.db", path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE responses SET checksum = checksum + 1 WHERE rowid = 1")
    assert "1 are damaged" in wrong(path)["answers"]


def test_what_is_none_of_these_is_said(tmp_path):
    with pytest.raises(DataError, match="no run"):
        examine(tmp_path)


def test_the_command_ends_with_one_where_something_is_wrong(folder):
    assert CliRunner().invoke(app, ["doctor", str(folder)]).exit_code == 0
    changed(folder, MANIFEST["n"])
    done = CliRunner().invoke(app, ["doctor", str(folder), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)[str(folder)]["sound"] is False
