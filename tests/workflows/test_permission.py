"""Data that must not leave, in the workflows that could let it out."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

import medassay
from medassay import registry
from medassay.errors import NotPermitted
from medassay.models.fakes import Failing, Scripted
from medassay.workflows.reports import report
from medassay.workflows.suites import Place, find_suite, run_suite

HOST = "models.example.org"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def locked(shared_data):
    """VQA-RAD as if it were a hospital's own."""
    card = registry.find("benchmark", "vqa-rad")
    return {
        "benchmark": replace(card, may_leave=False),
        "data": shared_data / "vqa_rad",
        "limit": 12,
    }


class Remote(Scripted):
    """A model that would send its requests to another machine."""

    destination = f"https://{HOST}/v1"


def _model(kind=Scripted, **arguments):
    return kind(lambda request: "yes", name="yes", **arguments)


def test_a_remote_model_is_refused_before_anything_is_asked(locked, tmp_path):
    with pytest.raises(NotPermitted, match=rf"vqa-rad must stay on this machine.*--permit {HOST}"):
        medassay.run(model=_model(Remote, log=tmp_path / "calls"), **locked)
    assert not (tmp_path / "calls").exists()
    assert not (tmp_path / "runs").exists()


def test_a_permission_opens_the_way_and_is_recorded(locked):
    done = medassay.run(model=_model(Remote), permit=[HOST], out="run", **locked)
    assert done.manifest["permitted"] == [HOST]
    assert json.loads((done.path / "manifest.json").read_text("utf-8"))["permitted"] == [HOST]


def test_loopback_needs_no_permission(locked):
    model = _model(Remote)
    model.destination = "http://127.0.0.1:8000/v1"
    assert medassay.run(model=model, **locked).manifest["permitted"] == []


def test_a_report_shows_numbers_and_no_rows_until_it_may(locked):
    done = medassay.run(model=_model(), out="run", **locked)
    question = next(iter(done.rows())).sample.question
    page = (done.path / "report.html").read_text("utf-8")
    assert "Held back" in page
    assert question not in page
    assert "data:image" not in page
    opened = medassay.run(model=_model(), out="run", permit=["report"], **locked)
    assert "data:image" in (opened.path / "report.html").read_text("utf-8")


def test_a_report_of_stored_rows_asks_the_same_gate(tmp_path):
    benchmark = tmp_path / "locked.py"
    benchmark.write_text(
        "from dataclasses import replace\n"
        "from medassay import registry\n"
        "BENCHMARK = replace(registry.find('benchmark', 'phantom'), may_leave=False)\n",
        "utf-8",
    )
    medassay.run(model=_model(), benchmark=f"{benchmark}:n=8", out="run")
    page = tmp_path / "run" / "report.html"
    report([tmp_path / "run"])
    assert "data:image" not in page.read_text("utf-8")
    report([tmp_path / "run"], permit=["report"])
    assert "data:image" in page.read_text("utf-8")
    report([tmp_path / "run"])  # what was permitted once is recorded and holds
    assert "data:image" in page.read_text("utf-8")


def test_a_log_names_no_row_until_it_may(locked, caplog):
    with caplog.at_level(logging.INFO, logger="medassay.workflows"):
        done = medassay.run(model=Failing(_model(), rate=1.0), out="run", **locked)
    failed = [row.sample.id for row in done.rows()]
    assert not any(name in caplog.text for name in failed)
    with caplog.at_level(logging.INFO, logger="medassay.workflows"):
        medassay.run(model=Failing(_model(), rate=1.0), out="run", permit=["log"], **locked)
    assert failed[0] in caplog.text


def test_a_suite_is_refused_cell_by_cell_and_permitted_as_a_run_is(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(
        "from dataclasses import replace\n"
        "from medassay import registry\n"
        "from medassay.models.fakes import Constant\n"
        "BENCHMARK = replace(registry.find('benchmark', 'phantom'), may_leave=False)\n"
        "class Remote(Constant):\n"
        f"    destination = 'https://{HOST}/v1'\n"
        "MODEL = Remote('yes')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own.yaml").write_text(
        "kind: suite\nschema: 1\nname: own\ntitle: Own\npaper: none\nmodels: {Away: 'own:MODEL'}\n"
        "benchmarks: {Here: 'own:BENCHMARK'}\n"
        "tables:\n  - {title: One, models: [Away], benchmarks: [Here]}\n"
    )
    place = Place(suite=find_suite("own.yaml"), out=tmp_path / "out", limit=2)
    (refused,) = run_suite(place).cells
    assert f"--permit {HOST}" in refused.reason
    (permitted,) = run_suite(replace(place, permit=[HOST])).cells
    assert permitted.status == "complete", permitted.reason
