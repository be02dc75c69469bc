import json
import os
import signal
import subprocess
import sys
import time

import pytest

SMALL = "phantom@vqa:n=12"
MODEL = """
import time
def yes(requests):
    return ["yes"] * len(requests)
def slow(requests):
    time.sleep(2.0)
    return ["yes"] * len(requests)
"""


@pytest.fixture
def medassay(tmp_path):
    (tmp_path / "mine.py").write_text(MODEL)
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}

    def call(*words, **options):
        return subprocess.run(
            [sys.executable, "-m", "medassay", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,
        )

    return call


def test_the_main_job_prints_a_table_of_80_columns(medassay):
    held = medassay("run", "--model", "mine.py:yes:id=1", "--benchmark", SMALL, "--out", "run", "--slices")
    assert held.returncode == 0, held.stderr
    assert "accuracy" in held.stdout
    assert "run/report.html" in held.stdout
    assert max(map(len, held.stdout.splitlines())) <= 80
    assert "Traceback" not in held.stderr


def test_json_is_one_object_on_standard_output(medassay):
    held = json.loads(medassay("run", "-m", "mine.py:yes", "-b", SMALL, "--json").stdout)
    assert {"benchmark", "model", "n", "n_clusters", "fingerprint", "estimates"} <= set(held)
    wanted = {"metric", "slice", "value", "low", "high", "n", "n_clusters", "unscored"}
    assert all(wanted <= set(estimate) for estimate in held["estimates"])
    assert (held["benchmark"], held["model"]) == ("phantom", "yes")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("run", "-m", "demo-vlm", "-b", "fantom"), 2, "did you mean 'phantom'?"),
        (("run", "-m", "demo-vml", "-b", "phantom"), 2, "did you mean 'demo-vlm"),
        (("run", "-m", "mine.py:yes", "-b", "vqa-rad", "-d", "nowhere"), 3, "nowhere: no such folder"),
        (("run", "-m", "./nowhere/model", "-b", "phantom"), 4, "no such folder"),
        (("run", "-m", "https://api.openai.com/v1:name=m", "-b", "phantom"), 2, "OPENAI_API_KEY"),
        (("run", "-m", "demo-vlm", "-b", "phantom", "--budget", "5"), 2, "is no server"),
        (("score", "-b", "phantom", "-p", "nothing.jsonl"), 3, "nothing.jsonl: No such file"),
        (("report", "."), 3, "no run folder"),
        (("show", "slak"), 2, "no benchmark is called 'slak'"),
        (("new", "benchmark", "My Data"), 2, "like my-hospital-vqa"),
    ],
)
def test_bad_input_ends_in_one_clear_line(medassay, words, code, why):
    held = medassay(*words)
    assert held.returncode == code, held.stderr
    assert why in held.stderr
    assert len(held.stderr.strip().splitlines()) == 1


def test_every_command_has_help_with_an_example(medassay):
    commands = ["demo", "list", "show", "run", "score", "report", "check", "new"]
    assert all(f"  {command} " in medassay("--help").stdout for command in commands)
    for command in commands:
        assert f"Example: medassay {command}" in medassay(command, "--help").stdout


def test_list_and_show(medassay):
    assert "vqa-rad" in medassay("list", "benchmarks").stdout
    assert "macro_f1" in medassay("list").stdout
    shown = medassay("show", "phantom").stdout
    assert "Request" in shown
    assert "accuracy" in shown
    assert "CC0-1.0" in medassay("show", "vqa-rad").stdout


def test_decoding_that_is_asked_for_is_part_of_the_protocol(medassay, tmp_path):
    words = (
        "run",
        "-m",
        "mine.py:yes:id=1",
        "-b",
        SMALL,
        "--no-thinking",
        "--max-tokens",
        "9",
        "--out",
        "run",
    )
    assert medassay(*words).returncode == 0
    held = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    assert held["protocol"]["decoding"] == {"max_tokens": 9, "thinking": False}


def test_what_the_scorer_sees(medassay, tmp_path):
    words = ("extract", "--kind", "choice", "--options", "A=fracture;B=no fracture")
    held = medassay(*words, input="The answer is (B).\nEither A or B.\n")
    first, second = (json.loads(line) for line in held.stdout.splitlines())
    assert (first["status"], first["answer"]) == ("scored", "B")
    assert second["status"] == "unparsed"
    (tmp_path / "answers.jsonl").write_text('{"id": 1, "response": "no"}\n', "utf-8")
    assert json.loads(medassay("extract", "answers.jsonl", "-k", "yes/no").stdout)["answer"] == "no"
    assert medassay("extract", "nothing.txt", "-k", "text").returncode == 3
    assert "--options" in medassay("extract", input="A").stderr


def test_a_dry_run_asks_nothing(medassay, tmp_path):
    held = medassay("run", "-m", "demo-vlm", "-b", SMALL, "--dry-run")
    assert "nothing was asked" in held.stdout
    assert not (tmp_path / ".medassay").exists()
    medassay("run", "-m", "mine.py:yes:id=1", "-b", SMALL)
    known = json.loads(medassay("run", "-m", "mine.py:yes:id=1", "-b", SMALL, "--dry-run", "--json").stdout)
    assert known["seconds"] > 0


def test_stores_of_two_machines_become_one(medassay, tmp_path):
    for name, benchmark in (("one", "phantom@vqa:n=4"), ("two", "phantom@vqa:n=8")):
        medassay("run", "-m", "mine.py:yes:id=1", "-b", benchmark, "--store", f"{name}.db")
    assert "answers came" in medassay("store", "merge", "one.db", "two.db").stdout
    words = ("run", "-m", "mine.py:yes:id=1", "-b", "phantom@vqa:n=8", "--store", "one.db", "--out", "again")
    assert medassay(*words).returncode == 0
    assert json.loads((tmp_path / "again" / "manifest.json").read_text())["asked"] == 0


def test_verbose_leaves_a_log(medassay, tmp_path):
    medassay("run", "-m", "mine.py:yes", "-b", SMALL, "--verbose")
    assert "medassay" in (tmp_path / ".medassay" / "medassay.log").read_text()


def test_ctrl_c_keeps_what_was_answered(medassay, tmp_path):
    words = ["run", "-m", "mine.py:slow:id=1,batch=4", "-b", SMALL, "--out", "run"]
    process = subprocess.Popen(
        [sys.executable, "-m", "medassay", *words],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  a background job ignores it
    )
    store = tmp_path / ".medassay" / "responses.db"
    while not store.exists() and process.poll() is None:
        time.sleep(0.05)
    time.sleep(3.0)  # a first batch is answered, and many are not, however busy the machine is
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip().splitlines()[-1].startswith("medassay: stopped. What was answered is kept")
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "interrupted"
    words[2] = "mine.py:yes:id=1"  # the same model, by its id
    assert medassay(*words).returncode == 0
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["from_store"] > 0


@pytest.mark.parametrize("what", ["benchmark", "model", "metric", "solver"])
def test_what_new_writes_passes_its_own_test(medassay, tmp_path, what):
    assert medassay("new", what, "my-own").returncode == 0
    held = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_own.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert held.returncode == 0, held.stdout
    assert "is there already" in medassay("new", what, "my-own").stderr


def test_a_new_benchmark_runs_as_it_is(medassay):
    medassay("new", "benchmark", "my-own")
    held = medassay("run", "-m", "mine.py:yes", "-b", "my_own.py", "-d", "fixtures/my-own", "--json")
    assert json.loads(held.stdout)["n"] == 3
    checked = medassay("check", "my_own.py", "-d", "fixtures/my-own")
    assert checked.returncode == 0, checked.stdout


def test_a_dataset_of_ones_own_from_its_first_description_to_a_run(medassay, tmp_path, shared_data):
    photos = tmp_path / "photos"
    for label, source in (("normal", "retina.jpg"), ("cells", "cell.png"), ("stained", "ihc.png")):
        (photos / label).mkdir(parents=True)
        (photos / label / source).write_bytes((shared_data / "skimage_medical" / source).read_bytes())
    assert "medassay data check photos.yaml" in medassay("data", "new", "photos").stdout
    checked = medassay("data", "check", "photos.yaml")
    assert checked.returncode == 0, checked.stdout
    assert "local only" in checked.stdout
    assert max(map(len, checked.stdout.splitlines())) <= 80
    held = medassay("run", "-m", "mine.py:yes:id=1", "-b", "photos.yaml", "--out", "run", "--json")
    assert json.loads(held.stdout)["n"] == 3
    assert "Held back" in (tmp_path / "run" / "report.html").read_text("utf-8")
    (photos / "cells" / "cell.png").write_bytes(b"not an image")
    assert medassay("data", "check", "photos.yaml").returncode == 1


def test_an_audit_finds_the_known_overlap_and_prepare_counts(medassay, shared_data, tmp_path):
    where = ("--data", str(shared_data / "vqa_rad"))
    held = medassay("data", "audit", "vqa-rad", *where, "--out", "audit.html")
    assert "203 of 203 (100 %) images of test also stand byte for byte in train" in " ".join(
        held.stdout.split()
    )
    assert max(map(len, held.stdout.splitlines())) <= 80
    assert "data:image" in (tmp_path / "audit.html").read_text("utf-8")
    assert "451 samples (as the card says)" in medassay("data", "prepare", "vqa-rad", *where).stdout
    both = (
        "data",
        "audit",
        "vqa-rad@mevf",
        "vqa-rad@osf",
        "--across",
        "--data",
        f"vqa-rad={shared_data / 'vqa_rad'}",
    )
    assert medassay(*both).returncode == 0
    refused = medassay("data", "audit", "vqa-rad", "slake")
    assert (refused.returncode, "--across" in refused.stderr) == (2, True)
