"""Changed inputs read in processes of their own: what became of them, as numbers and as inputs to keep."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.fuzz.readers import FORMATS

ROOT = Path(__file__).resolve().parents[2]
_SHARE = 10_000  # inputs that one process reads
_TRACED = {"yaml": 0.2, "dicom": 0.2, "xlsx": 0.02}  # the share that is; the rest goes on from what it kept
_LOST = 30  # processes that inputs may end before the rest is given up
_IDLE = 3600  # seconds for a whole share; each input has its own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one format: what was read unchanged and changed, and each fault with the input that showed it.

    `reached` are the steps from one line of the package to the next that were taken at least once,
    `branches_of_seeds` counts those that the unchanged inputs take. `accepted` inputs were read by some
    reader; `different` is counted within each process and summed.
    """

    seeds: int
    tried: int
    different: int
    accepted: int
    kept: int
    branches_of_seeds: int
    reached: frozenset[str]
    faults: Mapping[str, tuple[str, bytes]]

    @property
    def branches(self) -> int:
        """How many were reached."""
        return len(self.reached)

    def __add__(self, later: Outcome) -> Outcome:
        """With what a later process did, which had been given the inputs that this one kept."""
        return Outcome(
            seeds=self.seeds,
            tried=self.tried + later.tried,
            different=self.different + later.different,
            accepted=self.accepted + later.accepted,
            kept=later.kept,
            branches_of_seeds=self.branches_of_seeds,
            reached=self.reached | later.reached,
            faults={**later.faults, **self.faults},
        )


def campaign(
    folder: Path, counts: Mapping[str, int], *, seed: int, traced: bool = True
) -> dict[str, Outcome]:
    """Read `counts` changed inputs of each format, in processes that each read a share.

    A process that an input ends, by its time or by a fault of a library in C, is a fault of that input; the
    share that was lost is begun anew with another seed.
    """
    found: dict[str, Outcome] = {}
    ended: dict[str, dict[str, tuple[str, bytes]]] = {name: {} for name in counts}
    attempts = itertools.count()
    watched = {n: round(count * _TRACED.get(n, 1.0)) if traced else 0 for n, count in counts.items()}
    while shares := _shares(watched, found) or _shares(counts, found):
        way = "traced" if _shares(watched, found) else "plain"
        attempt = next(attempts)
        place = folder / str(attempt)
        place.mkdir()
        code, said = _process(place, folder / "pool", seed + attempt, way, shares)
        done = [name for name in shares if (place / f"{name}.json").exists()]
        for name in done:
            held = _outcome(place / f"{name}.json")
            found[name] = found[name] + held if name in found else held
        if code:
            name = next(name for name in shares if name not in done)
            fault = f"the process ended with {code}, attempt {attempt}"
            ended[name][fault] = said, _last_input(place / name, name)
            assert sum(map(len, ended.values())) < _LOST, f"given up after {_LOST} processes: {ended}"
        shutil.rmtree(place)
    return {name: replace(found[name], faults={**found[name].faults, **ended[name]}) for name in counts}


def _shares(counts: Mapping[str, int], found: Mapping[str, Outcome]) -> dict[str, int]:
    """What the next process is to read of the formats of which fewer inputs than these were tried."""
    left = {name: count - (found[name].tried if name in found else 0) for name, count in counts.items()}
    return {name: min(count, _SHARE) for name, count in left.items() if count > 0}


def _process(place: Path, pool: Path, seed: int, way: str, shares: Mapping[str, int]) -> tuple[int, str]:
    """How the process ended, and its last line."""
    words = [str(place), str(pool), str(seed), way]
    child = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.child", *words, *(f"{n}={count}" for n, count in shares.items())],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},  # the base of an adapter may be fetched: not here
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=_IDLE,
        check=False,
    )
    return child.returncode, _last_line(child.stderr)


def _outcome(path: Path) -> Outcome:
    held: dict[str, Any] = json.loads(path.read_text())
    faults = {where: (what, bytes.fromhex(content)) for where, (what, content) in held.pop("faults").items()}
    return Outcome(**held | {"reached": frozenset(held["reached"])}, faults=faults)


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
