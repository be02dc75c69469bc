"""Changed inputs read in processes of their own: what became of them, as numbers and as inputs to keep."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.readers import FORMATS

ROOT = Path(__file__).resolve().parents[2]
_LOST = 30  # processes that inputs may end before the rest is given up
_IDLE = 1800  # seconds for a whole share; each input has its own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one format: what was read unchanged and changed, and each fault with the input that showed it.

    `branches` are the steps from one line of the package to the next that were taken at least once;
    `branches_of_seeds` those that the unchanged inputs take. `accepted` inputs were read by some reader.
    """

    seeds: int
    tried: int
    different: int
    accepted: int
    kept: int
    branches_of_seeds: int
    branches: int
    faults: Mapping[str, tuple[str, bytes]]


def campaign(
    folder: Path, counts: Mapping[str, int], *, seed: int, traced: bool = True
) -> dict[str, Outcome]:
    """Read `counts` changed inputs of each format, one process after the other.

    A process that an input ends, by its time or by a fault of a library in C, is a fault of that input; the
    share that was lost is begun anew with another seed.
    """
    found: dict[str, Outcome] = {}
    way = "traced" if traced else "plain"
    ended: dict[str, dict[str, tuple[str, bytes]]] = {name: {} for name in counts}
    for attempt in range(_LOST):
        left = {name: count for name, count in counts.items() if name not in found}
        if not left:
            break
        place = folder / str(attempt)
        place.mkdir()
        shares = [f"{name}={count}" for name, count in left.items()]
        child = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.child", str(place), str(seed + attempt), way, *shares],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_IDLE,
            check=False,
        )
        found |= {
            name: _outcome(place / f"{name}.json") for name in left if (place / f"{name}.json").exists()
        }
        if child.returncode:
            name = next(name for name in left if name not in found)
            said = f"the process ended with {child.returncode}"
            ended[name][f"{said}, attempt {attempt}"] = (
                _last_line(child.stderr),
                _last_input(place / name, name),
            )
    assert found.keys() == counts.keys(), f"given up after {_LOST} processes: {ended}"
    return {name: _with(found[name], ended[name]) for name in counts}


def _outcome(path: Path) -> Outcome:
    held: dict[str, Any] = json.loads(path.read_text())
    faults = {where: (what, bytes.fromhex(content)) for where, (what, content) in held.pop("faults").items()}
    return Outcome(**held, faults=faults)


def _with(outcome: Outcome, faults: Mapping[str, tuple[str, bytes]]) -> Outcome:
    held = {name: getattr(outcome, name) for name in Outcome.__slots__ if name != "faults"}
    return Outcome(**held, faults={**outcome.faults, **faults})


def _last_line(text: bytes) -> str:
    return (text.decode(errors="replace").strip().splitlines() or ["no word"])[-1]


def _last_input(place: Path, name: str) -> bytes:
    numbered = [path for path in place.glob(f"*{FORMATS[name].suffix}") if path.name[0].isdigit()]
    return (
        max(numbered, key=lambda path: int(re.split(r"\D", path.name)[0])).read_bytes() if numbered else b""
    )


def printed(outcomes: Mapping[str, Outcome]) -> str:
    """The outcomes as a table."""
    head = f"{'format':<10}{'tried':>9}{'different':>11}{'accepted':>10}{'branches':>20}{'faults':>8}"
    lines = [
        f"{name:<10}{o.tried:>9,}{o.different:>11,}{o.accepted:>10,}"
        f"{f'{o.branches_of_seeds} to {o.branches}':>20}{len(o.faults):>8}"
        for name, o in outcomes.items()
    ]
    faults = [f"  {name}: {what}" for name, o in outcomes.items() for what, _ in o.faults.values()]
    return "\n".join([head, *lines, *faults])


if __name__ == "__main__":
    folder, seed, count, *names = sys.argv[1:]
    outcomes = campaign(Path(folder), dict.fromkeys(names or FORMATS, int(count)), seed=int(seed))
    for name, outcome in outcomes.items():
        for number, (_, content) in enumerate(outcome.faults.values()):
            Path(folder, f"{name}-{number}{FORMATS[name].suffix}").write_bytes(content)
    print(printed(outcomes))  # noqa: T201
