"""Secrets stay secret, offline is offline, and a patient's name goes no further than its file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.models.server.endpoint import Reply, said, serving

ROOT = Path(__file__).resolve().parents[1]
KEY = "sk-planted-4711-must-never-be-seen"
NAME = "Planted^Patient^Name"
IDENTITY = ("PatientName", "PatientID", "PatientBirthDate", "InstitutionName", "ReferringPhysicianName")


def medassay(place, *words, **environment):
    """A command in a process of its own, as a user gives it."""
    return subprocess.run(
        [sys.executable, "-m", "medassay", *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def everything(folder: Path) -> dict[str, str]:
    """All that lies below a folder, as it is and as it reads: databases and Parquet taken apart."""
    held = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        held[str(path)] = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            held[f"{path} read"] = json.dumps(pq.read_table(path).to_pylist(), default=str)
        elif path.suffix == ".db":
            with sqlite3.connect(path) as base:
                held[f"{path} read"] = "\n".join(base.iterdump())
    return held


def refused_with_the_key(body, before):
    """What a careless server does: it says the key again in its error."""
    if "fundus" in json.dumps(body):
        return Reply(401, {"error": {"message": f"Incorrect API key provided: {KEY}", "code": 401}})
    return said("yes")


@pytest.mark.slow
def test_a_key_is_in_no_store_log_report_export_or_message(tmp_path):
    pytest.importorskip("openai", reason="openai absent")
    with serving(refused_with_the_key) as server:
        ran = medassay(
            tmp_path, "run", "-m", f"{server.address}:key=PLANTED", "-b", "phantom@vqa:n=2", "--limit", "6",
            "--verbose", PLANTED=KEY, OPENAI_API_KEY=KEY, HF_TOKEN=KEY,
        )  # fmt: skip
        assert any(KEY in str(headers) for headers in server.headers), "the key was never sent: plant it anew"
    shown = [ran]
    runs = [str(path.parent) for path in tmp_path.rglob("manifest.json")]
    shown += [
        medassay(tmp_path, "doctor", "."),
        medassay(tmp_path, "report", *runs, "--out", "report"),
        medassay(tmp_path, "export", *runs, "--to", "json"),
        medassay(tmp_path, "--offline", "run", "-m", server.address, "-b", "phantom@vqa:n=2"),
    ]
    assert runs
    told = {f"what {index} printed": each.stdout + each.stderr for index, each in enumerate(shown)}
    for name, text in {**told, **everything(tmp_path)}.items():
        assert KEY not in text, f"the key stands in {name}"
        assert "Traceback" not in text, name


OFFLINE = """
import socket, sys
made = []
class Seen(socket.socket):
    def connect(self, address):
        made.append(address)
        raise OSError("planted: no network")
socket.socket = Seen
def lookup(host, *rest, **more):
    made.append(host)
    raise OSError("planted: no network")
socket.getaddrinfo = lookup
from medassay.cli import main
sys.argv = ["medassay", "--offline", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    code = end.code
assert not made, made
sys.exit(code)
"""


@pytest.mark.parametrize(
    "words",
    [
        ["list", "benchmarks"],
        ["run", "-m", "demo-clip", "-b", "phantom@diagnosis:n=2", "--out", "run"],
        ["run", "-m", "qwen2.5-vl-7b", "-b", "phantom@vqa:n=2"],
        ["run", "-m", "demo-clip", "-b", "vqa-rad"],
    ],
    ids=["list", "run", "weights", "data"],
)
@pytest.mark.slow
def test_offline_makes_no_connection_and_says_what_is_lacking(words, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "HF_HOME": str(tmp_path / "hub")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "AssertionError" not in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    if "qwen2.5-vl-7b" in words or ("vqa-rad" in words and "run" in words):
        assert done.returncode in {2, 3, 4, 6}, done.stderr
        assert done.stderr.startswith("medassay: "), done.stderr
    else:
        assert done.returncode == 0, done.stderr


def test_offline_refuses_other_machines_and_leaves_this_one_open():
    code = (
        "import socket\nfrom medassay import offline\noffline.close()\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(listener.getsockname()).close()\n"
        "for call in (lambda: socket.create_connection(('192.0.2.1', 80), 1),"
        " lambda: socket.getaddrinfo('example.org', 443)):\n"
        "    try:\n        call()\n    except offline.UsageError as error:\n        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("was refused") == 2, done.stdout


CARD = """
from collections.abc import Iterator
from pathlib import Path

from medassay.metrics.answers import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where


def load(where: Where) -> Iterator[Sample]:
    for number, path in enumerate(sorted(Path(PLACE).glob("*.dcm"))):
        yield Sample(
            id=f"scan-{number}",
            kind="yes/no",
            question="Is it a scan?",
            target=Target(texts=("yes",)),
            images=(Image(uri=str(path)),),
            cluster=f"patient {number}",
        )


BENCHMARK = Benchmark(
    name="scans",
    version=1,
    title="Scans",
    task="vqa",
    modality="CT",
    source="generated",
    revision="generated",
    licence="CC0-1.0",
    access="open",
    citation="nobody",
    primary="accuracy",
    measures=(Measure(metric="accuracy"),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("yes/no",),
)
"""


@pytest.mark.slow
def test_what_a_dicom_header_says_of_a_patient_stays_in_the_file(shared_data, tmp_path):
    pydicom = pytest.importorskip("pydicom", reason="pydicom absent")
    scans = tmp_path / "scans"
    scans.mkdir()
    found = sorted((shared_data / "dicom").rglob("*.dcm"))[:3]
    assert found
    for number, path in enumerate(found):
        held = pydicom.dcmread(path)
        for keyword in IDENTITY:
            setattr(held, keyword, "19010101" if keyword.endswith("Date") else NAME)
        held.save_as(scans / f"{number}.dcm")
    broken = scans / "9.dcm"
    broken.write_bytes((scans / "0.dcm").read_bytes()[:2000])  # its header is whole, its pixels are not
    work = tmp_path / "work"
    work.mkdir()
    (work / "scans.py").write_text(f"PLACE = {str(scans)!r}\n{CARD}", "utf-8")
    ran = medassay(work, "run", "-m", "demo-vlm", "-b", "scans.py", "--out", "run", "--verbose")
    told = ran.stdout + ran.stderr
    told += medassay(work, "view", "run", "--export", "site").stderr
    told += medassay(work, "export", "run", "--to", "json").stdout
    assert (work / "run" / "report.html").exists(), told
    assert "failed" in (work / "run" / "manifest.json").read_text("utf-8")
    for name, text in {"what was printed": told, **everything(work)}.items():
        assert "Planted" not in text, f"a patient's name stands in {name}"
        assert "19010101" not in text, f"a date of birth stands in {name}"
