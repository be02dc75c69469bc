"""Where a cell stands, as its folder tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from medassay import codec, registry
from medassay.errors import DataError, UsageError
from medassay.models.about import ADAPTED
from medassay.reporting.files import write_text
from medassay.workflows.adapting import place_of
from medassay.workflows.folder import MANIFEST, read_manifest
from medassay.workflows.grids.grid import Cell, Trial
from medassay.workflows.resolve import find_benchmark

PLAN = "plan.json"
State = Literal["absent", "begun", "done"]


def standing(cell: Cell, out: Path) -> State:
    """Whether nothing, something or all of a cell is there.

    Raises:
        UsageError: its folder holds a cell of another plan.
        DataError: what is there is damaged, or a run of other options.
    """
    folder = cell.folder(out)
    try:
        plan = codec.loads((folder / PLAN).read_text("utf-8"))
    except FileNotFoundError:
        return "absent"
    except (OSError, ValueError) as error:
        raise DataError(f"{folder / PLAN} cannot be read ({error}): remove the folder") from error
    if plan != cell.plan:
        parts = ", ".join(key for key in cell.plan if plan.get(key) != cell.plan[key])
        raise UsageError(f"{folder} holds a cell of another plan ({parts}): choose another --out")
    whole = (folder / ADAPTED).exists() and all(_judged(cell, trial, out) for trial in cell.subject.trials)
    return "done" if whole else "begun"


def claim(cell: Cell, out: Path) -> None:
    """Write the plan of a cell into its folder."""
    write_text(cell.folder(out) / PLAN, json.dumps(cell.plan, indent=2, ensure_ascii=False) + "\n")


def runs_of(cell: Cell, trial: Trial, out: Path) -> tuple[Path | None, Path]:
    """The folders of the original's run (None: it could not be asked) and of the adapted model's."""
    words = [each.word for each in cell.subject.trials]
    place = cell.folder(out) / "runs" / place_of(trial.word, words)
    return (place / "original" if (place / "original" / MANIFEST).exists() else None), place / "adapted"


def _judged(cell: Cell, trial: Trial, out: Path) -> bool:
    """Whether both models answered every question of a benchmark. The original is always asked first."""
    original, adapted = runs_of(cell, trial, out)
    if not (adapted / MANIFEST).exists():
        return False
    manifests = [read_manifest(run) for run in (original, adapted) if run is not None]
    return all(held["status"] == "complete" and _is_of(trial, held["protocol"]) for held in manifests)


def _is_of(trial: Trial, protocol: dict[str, dict[str, object]]) -> bool:
    """Whether a run is of the benchmark as it is named here; if not, `adapt` says in what they differ."""
    word, of = registry.parse(trial.word), protocol["benchmark"]
    options = registry.arguments(find_benchmark(word.name).load, word.options, what=word.name)
    return of["options"] == options and word.variant in (None, of["variant"])
