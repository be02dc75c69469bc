"""Runs under the preloaded shim: one run with the n-th call failing, then the same again undisturbed.

`python -m tests.faults.driver FOLDER ERRNO TORN STAYS FROM STEP` prints a JSON line for each failed call.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import shutil
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.looking import seen

from medassay.errors import MedassayError
from medassay.models.fakes import Scripted
from medassay.workflows.examining import examine
from medassay.workflows.running import run

SHIM = ctypes.CDLL(None)
SHIM.fault_what.restype = ctypes.c_char_p
BENCHMARK = "phantom@diagnosis:n=8"


def main() -> None:
    """Fail every `STEP`-th call in turn, from the one numbered `FROM`."""
    place, error, torn, stays, first, step = Path(sys.argv[1]), *map(int, sys.argv[2:])
    logging.disable(logging.CRITICAL)
    whole = place / "whole"
    alone(whole, arm=None)
    expected = seen(whole / "target" / "run")
    counted = alone(place / "counted", arm=(0, error, torn, stays))["seen"]
    tell({"calls": counted})
    for n in range(first, counted + 1, step):
        folder = place / str(n)
        broken = alone(folder, arm=(n, error, torn, stays))
        ill = doctor(folder / "target")
        again = alone(folder, arm=None)
        found = seen(folder / "target" / "run")
        asked = Counter((folder / "log").read_text().split())
        record = {
            "n": n,
            "what": broken["what"],
            "said": broken["said"],
            "traceback": broken["traceback"],
            "again": again["said"] + again["traceback"],
            "other": sorted(name for name, _ in found.items() ^ expected.items()),
            "doctor": {"broken": ill, "again": doctor(folder / "target")},
            "most asked": max(asked.values()),
            "all asked": len(asked),
        }
        tell(record)
        shutil.rmtree(folder)


def tell(record: dict[str, Any]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def alone(folder: Path, arm: tuple[int, int, int, int] | None) -> dict[str, Any]:
    """One run in a process of its own."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        told = json.dumps(attempt(folder, arm)).encode()
        os.write(into, told)
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    held: dict[str, Any] = json.loads(told)
    return held


def attempt(folder: Path, arm: tuple[int, int, int, int] | None) -> dict[str, Any]:
    """Run, and say how it ended. The log of what was asked lies outside of what can fail."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "target"
    if arm:
        SHIM.fault_arm(str(target).encode(), *arm)
    said = trace = ""
    try:
        run(
            model=Scripted(lambda request: request.choices[0].label, name="first", log=folder / "log"),
            benchmark=BENCHMARK,
            out=target / "run",
            store=target / "responses.db",
        )
    except MedassayError as error:
        said = f"{type(error).__name__}: {error}"
    except BaseException:  # noqa: BLE001  whatever it is, it is told
        trace = traceback.format_exc()
    told = {"seen": SHIM.fault_seen(), "what": (SHIM.fault_what() or b"").decode()}
    SHIM.fault_disarm()
    return {"said": said, "traceback": trace, **told}


def doctor(target: Path) -> list[str]:
    """What `medassay doctor` calls wrong in the run's folder and the store, as far as they are there."""
    told = []
    for path in filter(Path.exists, (target / "run" / "manifest.json", target / "responses.db")):
        held = examine(path.parent if path.suffix == ".json" else path)
        told += [f"{f.check}: {f.said}" for f in held.findings if f.level == "wrong"]
    return told


if __name__ == "__main__":
    main()
