"""`study verify`: a whole study holds, and every changed byte, file and line is found."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.workflows.studies import attest, load, verifying
from medassay.workflows.studies.attest import digest
from medassay.workflows.studies.folder import LEDGER, LOCK, SEAL, SUMS, files_of
from medassay.workflows.studies.report import report, seal
from medassay.workflows.studies.verifying import verify


def analyse_nothing():
    return SimpleNamespace(finding="shown", sentence="Shown.", look=1)


def flipped(content, at, bit):
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def test_a_study_holds_and_is_verified_without_model_or_data(sealed, place):
    for name in ("eyes.py", "study_models.py", "answers.db"):
        (place / name).unlink()
    found = verify(sealed)
    assert found.holds, found
    assert len(found.checks) == 5
    moved = sealed.rename(place / "elsewhere")
    assert verify(moved) == found


def test_every_single_byte_of_every_file_is_held(sealed):
    """Each byte of the seal is changed and read; of the other files the hash of each change is tried."""
    stated = attest.read(sealed / SEAL, "study-seal").statement.subjects
    for name in files_of(sealed, sealed):
        path, whole = sealed / name, (sealed / name).read_bytes()
        tried: Sequence[int] = range(len(whole))
        if name in {SEAL, SUMS}:
            for at in tried:
                path.write_bytes(flipped(whole, at, at % 8))
                assert seal_broken(sealed), (name, at)
            path.write_bytes(whole)
        elif len(whole) > 5_000:  # a hash over each change of a long file takes long and shows no more
            tried = random.Random(7).sample(tried, 300)
        assert name in {SEAL, SUMS} or all(
            sha256(flipped(whole, at, at % 8)).hexdigest() != stated[name] for at in tried
        )
    assert verify(sealed).holds


def seal_broken(folder):
    return verifying.check("seal", lambda: islice(verifying.sealed(folder, None), 1)).wrong


def test_a_byte_of_each_file_makes_the_whole_verification_fail_and_is_named(sealed):
    rng = random.Random(11)
    for name in files_of(sealed, sealed):
        path = sealed / name
        whole = path.read_bytes()
        path.write_bytes(flipped(whole, rng.randrange(len(whole)), rng.randrange(8)) if whole else b"x")
        found = verify(sealed)
        assert not found.holds, name
        assert any(name in check.wrong for check in found.checks), (name, found)
        path.write_bytes(whole)
    assert verify(sealed).holds


@pytest.mark.soak
def test_each_byte_of_lock_ledger_and_plan_with_the_whole_verification(sealed):
    for name in (LOCK, LEDGER, "plan.yaml", "operating.json"):
        path = sealed / name
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(flipped(whole, at, at % 8))
            assert not verify(sealed).holds, (name, at)
        path.write_bytes(whole)


def test_files_that_came_or_went_and_lines_taken_out(sealed):
    (sealed / "notes.txt").write_text("x", "utf-8")
    assert "notes.txt was added after the seal" in verify(sealed).checks[0].wrong
    (sealed / "notes.txt").unlink()
    estimates = sealed / "looks" / "1" / "index" / "estimates.csv"
    held = estimates.read_bytes()
    estimates.unlink()
    assert "estimates.csv is gone" in verify(sealed).checks[0].wrong
    estimates.write_bytes(held)
    lines = (sealed / LEDGER).read_bytes().splitlines(keepends=True)
    (sealed / LEDGER).write_bytes(b"".join(lines[:2] + lines[3:]))
    assert "does not follow from what stands before it" in verify(sealed).checks[1].wrong


def test_a_new_seal_over_changed_files_does_not_help(sealed):
    """Who changes a threshold, or a row's answer, and seals again is found by the ledger."""
    point = sealed / "operating.json"
    held = json.loads(point.read_bytes())
    held["index"]["threshold"] += 0.01
    point.write_bytes(attest.spelled(held) + b"\n")
    seal(sealed, analyse_nothing(), who="M. Allory", key=None)
    found = verify(sealed)
    assert not found.checks[0].wrong  # the seal itself is whole
    assert "operating.json is not the one" in found.checks[2].wrong


def test_a_report_that_says_more_than_the_rows_is_found(sealed):
    path = sealed / "report.md"
    path.write_text(path.read_text("utf-8").replace("0.05 below", "0.01 below"), "utf-8")
    study = load(sealed)
    study.add("reported", who="M. Allory", why="nicer", files={"report.md": digest(path)})
    seal(sealed, analyse_nothing(), who="M. Allory", key=None)
    wrong = {check.name: check.wrong for check in verify(sealed).checks}
    assert wrong["answers and report"] == "report.md does not follow from the rows, the plan and the ledger"


def test_a_signature_is_by_its_key_and_by_no_other(looked, place):
    pytest.importorskip("cryptography")
    keys = []
    for name in ("one", "two"):
        private, public = place / f"{name}.pem", place / f"{name}.pub"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
        keys.append((private, public))
    report(looked, key=keys[0][0])
    seal = attest.read(looked / SEAL, "study-seal")
    assert seal.signed_by(keys[0][1])
    assert not seal.signed_by(keys[1][1])
    assert "is not signed by this key" in verify(looked, public=keys[1][1]).checks[0].wrong
    held = json.loads((looked / SEAL).read_bytes())
    assert held["payloadType"] == "application/vnd.in-toto+json"


def test_the_command_says_what_is_wrong_and_exits_1(sealed):
    runner = CliRunner()
    assert runner.invoke(app, ["study", "verify", str(sealed)]).exit_code == 0
    (sealed / "plan.yaml").write_bytes((sealed / "plan.yaml").read_bytes() + b"\n")
    shown = runner.invoke(app, ["study", "verify", str(sealed), "--json"])
    assert shown.exit_code == 1
    assert "plan.yaml was changed after the seal" in json.loads(shown.stdout)["checks"]["seal"]
