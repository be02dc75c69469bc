"""Where a cell stands: what its folder holds, and what stands in its way before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from medassay import lock, protocols, registry
from medassay.errors import DataError, MedassayError
from medassay.types import ModelCard
from medassay.workflows.folder import MANIFEST, read_manifest
from medassay.workflows.resolve import Task, find_benchmark, needs_files, resolve_benchmark
from medassay.workflows.solving import resolve_solver
from medassay.workflows.suites.suite import LACKING, Cell, Contest

State = Literal["complete", "incomplete", "interrupted", "absent", "another"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What lies in a cell's folder. `another`: a run of something else; `reason` says of what."""

    state: State
    reason: str = ""
    n: int | None = None
    limit: int | None = None
    imported: bool = False

    @property
    def ended(self) -> bool:
        """Whether there are numbers to report."""
        return self.state in {"complete", "incomplete"}


def standing(cell: Cell, out: Path) -> Standing:
    """What the folder of a cell holds; a run that was imported there counts as one that was made."""
    folder = cell.folder(out)
    if not (folder / MANIFEST).exists():
        return Standing(state="absent")
    try:
        manifest = read_manifest(folder)
        odd = _odd(cell, manifest)
    except MedassayError as error:
        return Standing(state="another", reason=str(error))
    if odd:
        return Standing(state="another", reason=f"{folder} holds a run of {odd}: move it away")
    status = manifest["status"]
    return Standing(
        state=status if status in {"complete", "incomplete"} else "interrupted",
        reason=_failures(manifest),
        n=manifest.get("n"),
        limit=manifest["protocol"]["selection"]["limit"],
        imported="predictions" in manifest,
    )


def _odd(cell: Cell, manifest: dict[str, Any]) -> str:
    """In what a run is not the cell's, "" where it is; who answered an import its file alone tells."""
    word, held = registry.parse(cell.benchmark.word), manifest["protocol"]
    of, benchmark = held["benchmark"], find_benchmark(word.name)
    options = registry.arguments(benchmark.load, word.options, what=benchmark.name)
    pairs = [
        ("the benchmark", of["name"], benchmark.name),
        ("its version", of["version"], benchmark.version),
        ("the variant", of["variant"], word.variant or of["variant"]),
        ("the options", of["options"], options),
        ("the split", of["split"], cell.benchmark.split or benchmark.splits[0]),
        ("the protocol", held.get("rules"), protocols.choose(cell.benchmark.protocol).word),
    ]
    imported = "predictions" in manifest
    if not imported:
        pairs.append(("the solver", held["solver"], resolve_solver(cell.benchmark.solver).word))
    if not imported and cell.setting == "zero-shot":  # an adapted model has a name of its own
        name = registry.parse(manifest["model"]["word"]).name
        pairs.append(("the model", name, registry.parse(cell.model.word).name))
    return ", ".join(f"{what} {found!r}, not {asked!r}" for what, found, asked in pairs if found != asked)


def _failures(manifest: dict[str, Any]) -> str:
    reasons = manifest.get("failures", {})
    return "; ".join(f"{count} rows failed: {reason}" for reason, count in reasons.items())


def hindrance(cell: Cell) -> str:
    """What its setting or its model's card says against it, "" where nothing."""
    if cell.setting in LACKING:
        return LACKING[cell.setting]
    name = registry.parse(cell.model.word).name
    if name not in registry.names("model"):
        return ""
    card: ModelCard = registry.find("model", name)
    return f"{card.name} cannot be loaded here: {card.reason}" if card.status == "card only" else ""


def task_of(contest: Contest, data_root: Path | None, *, fetch: bool) -> Task:
    """The benchmark of a cell with its files, as `medassay run` finds them.

    Raises:
        UsageError: an unknown name, variant, split or option, a protocol without rules for it, or a solver.
        DataError: its files are not there.
    """
    task = resolve_benchmark(
        contest.word,
        data=data_of(contest, data_root),
        split=contest.split,
        protocol=contest.protocol,
        fetch=fetch,
    )
    resolve_solver(contest.solver)
    card = task.benchmark
    if task.where.root is None and needs_files(card) and not lock.fetchable(card):
        access = f" (access by {card.access})" if card.access != "open" else ""
        raise DataError(f"no files of {card.name} in --data-root: get them from {card.source}{access}")
    return task


def data_of(contest: Contest, data_root: Path | None) -> Path | None:
    """The folder of its name below the root; None where there is none."""
    if data_root is None:
        return None
    folder = data_root / find_benchmark(registry.parse(contest.word).name).name
    return folder if folder.is_dir() else None
