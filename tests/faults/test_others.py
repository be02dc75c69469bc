"""What else goes wrong on a machine: a clock that is set back, two runs at once on one store."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from medassay.models.fakes import Scripted
from medassay.rows import read_rows
from medassay.store import Store
from medassay.workflows import running
from medassay.workflows.examining import examine

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = """
import sys
from pathlib import Path
from medassay.models.fakes import Scripted
from medassay.workflows.running import run

place, name = Path(sys.argv[1]), sys.argv[2]
model = Scripted(lambda request: request.choices[0].label, name="first", log=place / f"log-{name}")
run(model=model, benchmark="phantom@diagnosis:n=40", out=place / name, store=place / "responses.db")
"""


def first(request):
    return request.choices[0].label


def test_a_clock_that_goes_back_changes_no_answer_and_no_pace(tmp_path, monkeypatch):
    moments = iter(datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=n) for n in range(1000))
    monkeypatch.setattr(running, "now", lambda: next(moments))
    ran = running.run(
        model=Scripted(first, name="first"),
        benchmark="phantom@diagnosis:n=8",
        out=tmp_path / "run",
        store=tmp_path / "a.db",
    )
    environment = ran.manifest["environment"]
    assert environment["finished"] < environment["started"]
    assert ran.complete
    assert ran.manifest["pace"] > 0  # by the clock that cannot be set
    assert examine(tmp_path / "run").sound


def test_two_runs_at_once_on_one_store_keep_every_answer_once(tmp_path):
    children = [
        subprocess.Popen([sys.executable, "-c", AT_ONCE, str(tmp_path), name], cwd=ROOT)
        for name in ("a", "b")
    ]
    assert [child.wait() for child in children] == [0, 0]
    answers = [
        {row.sample.id: row.response.text for row in read_rows(tmp_path / name / "rows.parquet")}
        for name in ("a", "b")
    ]
    assert answers[0] == answers[1]
    assert examine(tmp_path / "responses.db").sound
    with Store(tmp_path / "responses.db") as store:
        model = Scripted(first, name="first")
        kept = list(store.keys(model.fingerprint))
    assert len(kept) == len(set(kept))
