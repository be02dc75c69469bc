"""The guard sees what it is there for: readers with a planted fault are caught, each by name."""

import json
import subprocess
import sys

import pytest
from tests.fuzz.campaign import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: limits on processes")
PLANTED = """
import json, os, pickle, subprocess, sys
from pathlib import Path
from medassay.errors import DataError
from tests.fuzz.child import read
from tests.fuzz.guard import Guard
from tests.fuzz.readers import Format

class Call:
    def __reduce__(self):
        return print, ("ran",)

def starved(path):
    try:
        bytes(3 * 2**30)
    except MemoryError as error:
        raise DataError("refused too late") from error

def refusing(path):
    raise DataError("refused")

folder, outside = Path(sys.argv[1], "in"), Path(sys.argv[1], "out")
folder.mkdir(), outside.mkdir()
planted = {
    "fine": lambda path: (folder / "own").write_text("x"),
    "refusing": refusing,
    "raises": lambda path: 1 / 0,
    "starved": starved,
    "writes": lambda path: (outside / "x").write_text("x"),
    "moves": lambda path: os.replace(folder / "own", outside / "own"),
    "unpickles": lambda path: pickle.loads(pickle.dumps(Call())),
    "executes": lambda path: exec("x = 1"),
    "starts": lambda path: subprocess.run(["true"]),
}
guard = Guard(folder)
guard.limit()
found = {}
for name, reader in planted.items():
    with guard.watching(traced=False):
        _, faults = read(Format(".x", (reader,)), folder / "input.x")
    found[name] = [*faults, *guard.forbidden]
print("\\n" + json.dumps(found))
"""
SLOW = "import time\nfrom tests.fuzz.guard import within\nwith within(0.1):\n    time.sleep(60)"


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    child = run(PLANTED, str(tmp_path_factory.mktemp("planted")))
    assert not child.returncode, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("raises", "ZeroDivisionError"),
        ("starved", "over the limit of memory"),
        ("writes", "open outside the folder"),
        ("moves", "os.rename outside the folder"),
        ("unpickles", "pickle.find_class"),
        ("executes", "ran the code '<string>'"),
        ("starts", "subprocess.Popen"),
    ],
)
def test_a_planted_fault_is_found(found, planted, named):
    assert any(named in fault for fault in found[planted]), found[planted]


def test_what_is_allowed_is_no_fault(found):
    assert found["fine"] == found["refusing"] == []


def test_a_step_that_takes_too_long_is_ended():
    assert run(SLOW).returncode == -14
