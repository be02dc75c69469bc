"""Every write, fsync and rename of a run's store and folder fails once: what was answered is there, once.

The calls are failed below Python, in a preloaded library, so that SQLite and Parquet meet them too.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REQUESTS = 18


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", library, HERE / "shim.c", "-ldl"]
    subprocess.run(command, check=True)
    return library


def failed(shim, place, *, error, torn=False, stays=False, first=1, step=1):
    """What came of each run in which a call failed, as the driver tells it."""
    numbers = [error, int(torn), int(stays), first, step]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.driver", place, *map(str, numbers)],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    head, *told = map(json.loads, done.stdout.splitlines())
    assert head["calls"] > 100
    return told


def hold(told, *, stays=False):
    assert told
    for record in told:
        assert record["what"], record  # the call was met
        assert not record["traceback"], record
        assert not record["again"], record  # the same command again goes to its end
        assert not record["other"], record  # and leaves what an undisturbed run leaves, byte for byte
        assert not record["doctor"]["again"], record
        assert record["all asked"] == REQUESTS
        assert record["most asked"] <= 2  # only what a failed commit did not keep is asked again
        if stays:
            assert "StoreError" in record["said"] or not record["said"], record


def test_a_share_of_the_calls(shim, tmp_path):
    hold(failed(shim, tmp_path / "once", error=errno.EIO, first=5, step=100))
    hold(
        failed(shim, tmp_path / "full", error=errno.ENOSPC, torn=True, stays=True, first=43, step=100),
        stays=True,
    )


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("error", "torn", "stays"),
    [(errno.EIO, False, False), (errno.EIO, True, False), (errno.ENOSPC, True, True)],
    ids=["once", "torn", "the disk stays full"],
)
def test_every_call(shim, tmp_path, error, torn, stays):
    told = failed(shim, tmp_path, error=error, torn=torn, stays=stays)
    hold(told, stays=stays)
    kinds = {record["what"].split()[0] for record in told}
    assert kinds >= {"write", "fsync", "rename"}
