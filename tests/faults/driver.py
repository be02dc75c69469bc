"""Runs under the preloaded shim: one run with the n-th call failing, then the same again undisturbed.

`python driver.py FOLDER ERRNO TORN STAYS FROM STEP` prints a JSON line for each call that was failed.
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

from medassay.errors import MedassayError
from medassay.models.fakes import Scripted
from medassay.rows import read_rows
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
    expected = seen(whole)
    counted = alone(place / "counted", arm=(0, error, torn, stays))["seen"]
    tell({"calls": counted})
    for n in range(first, counted + 1, step):
        folder = place / str(n)
        broken = alone(folder, arm=(n, error, torn, stays))
        again = alone(folder, arm=None)
        found = seen(folder)
        asked = Counter((folder / "log").read_text().split())
        record = {
            "n": n,
            "what": broken["what"],
            "said": broken["said"],
            "traceback": broken["traceback"],
            "again": again["said"] + again["traceback"],
            "same": {name: found[name] == expected[name] for name in expected},
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


def seen(folder: Path) -> dict[str, Any]:
    """What must not depend on what was gone through: answers, scores, estimates, report without times."""
    place = folder / "target" / "run"
    rows = [
        (row.sample.id, row.response.text, row.score.status, dict(row.score.values))
        for row in read_rows(place / "rows.parquet")
    ]
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    return {
        "rows": rows,
        "counts": manifest["counts"],
        "estimates": (place / "estimates.csv").read_text("utf-8"),
        **{name: timeless((place / name).read_text("utf-8")) for name in ("report.html", "report.md")},
    }


def timeless(report: str) -> str:
    """A report without the lines that say when it was made, how fast, and what was asked anew."""
    told = ("Began and ended", "&#34;started", "&#34;finished", "&#34;pace", "&#34;asked", "&#34;from_store")
    return "\n".join(line for line in report.splitlines() if not any(word in line for word in told))


if __name__ == "__main__":
    main()
