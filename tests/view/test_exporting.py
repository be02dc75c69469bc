import json

import pytest
from PIL import Image as Pictures

from medassay.errors import DataError, NotPermitted, UsageError
from medassay.rows import read_rows
from medassay.view.detail import detail
from medassay.workflows.viewing import Shelf, export, run_folders, serve


def _read(path):
    return json.loads(path.read_text("utf-8"))


def test_an_export_holds_all_rows_and_each_image_once(runs, tmp_path):
    held = export([runs], tmp_path / "site")
    assert held.page.is_file()
    assert 'data-source="files"' in held.page.read_text("utf-8")
    shelf = Shelf([runs])()
    assert [run["key"] for run in _read(tmp_path / "site/data/runs.json")] == list(shelf)
    for key, run in shelf.items():
        chunks = sorted((tmp_path / "site" / "data" / key).glob("rows-*.json"))
        details = [one for chunk in chunks for one in _read(chunk)]
        rows = list(read_rows(run.path / "rows.parquet"))
        wanted = json.loads(json.dumps([detail(row) for row in rows]))
        assert [{k: v for k, v in one.items() if k != "pictures"} for one in details] == wanted
    assert len(list((tmp_path / "site" / "images").iterdir())) == 3
    for name in (tmp_path / "site" / "images").iterdir():
        Pictures.open(name).verify()
    written = [path.read_bytes() for path in (tmp_path / "site" / "data").rglob("*") if path.is_file()]
    assert not any(str(runs.parent).encode() in text for text in written)


def test_rows_and_images_that_must_not_leave_stay(locked, tmp_path):
    held = export([locked], tmp_path / "site")
    assert held.withheld == ("everything",)
    assert not (tmp_path / "site" / "images").exists()
    assert [path.name for path in (tmp_path / "site" / "data").rglob("*.json")] == ["runs.json"]
    [run] = _read(tmp_path / "site" / "data" / "runs.json")
    assert (run["readable"], run["estimates"][0]["n"]) == (False, 9)
    assert export([locked], tmp_path / "all", permit=["export"]).withheld == ()
    assert (tmp_path / "all" / "images").is_dir()


def test_other_machines_do_not_see_what_must_not_leave(locked):
    with pytest.raises(NotPermitted, match="--permit export"):
        serve([locked], host="0.0.0.0", port=0, ready=lambda _at: pytest.fail("it listens"))


def test_nothing_is_written_over(runs, tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UsageError, match="not empty"):
        export([runs], tmp_path)


def test_runs_are_found_below_a_folder_and_not_within_a_run(runs, tmp_path):
    assert [folder.name for folder in run_folders(runs)] == ["first", "second"]
    assert run_folders(runs / "first") == [runs / "first"]
    with pytest.raises(DataError, match="holds no run"):
        Shelf([tmp_path])
