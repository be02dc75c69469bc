"""Run a suite: each cell by the same function as `medassay run`, each model loaded once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from medassay.engine import Progress
from medassay.errors import MedassayError
from medassay.models.about import ADAPTED
from medassay.models.batching import free_memory
from medassay.reporting.suite_cells import Outcome, Status, to_json
from medassay.workflows.adapting.fitting import fit
from medassay.workflows.fairness import fairness
from medassay.workflows.named import Named, resolve_model
from medassay.workflows.running import plain, run
from medassay.workflows.splitting import TRAINING, split
from medassay.workflows.suites.ledger import Ledger
from medassay.workflows.suites.standing import Standing, data_of, hindrance, standing, task_of
from medassay.workflows.suites.suite import LACKING, RECIPES, Cell, Contest, Suite

STORE = "responses.db"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of the cells that were asked for."""

    suite: str
    cells: Sequence[Outcome]

    @property
    def ok(self) -> bool:
        """Whether every cell that can be run is complete."""
        return all(cell.status in {"complete", "lacking"} for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return to_json(self.suite, self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a suite is run: its files, its folder, a limit for every cell, and who is told.

    `permit` names where data that must not leave may go, as for one run.
    """

    suite: Suite
    out: Path
    data_root: Path | None = None
    limit: int | None = None
    permit: Collection[str] = ()
    started: Callable[[str], None] = lambda _title: None
    progress: Callable[[Progress], None] | None = None

    def limit_of(self, contest: Contest) -> int | None:
        """The limit of the command line, else that of the suite."""
        return contest.limit if self.limit is None else self.limit


def run_suite(place: Place, *, models: Sequence[str] = (), benchmarks: Sequence[str] = ()) -> Ran:
    """Run every cell that is not complete, model by model; one that fails does not stop the rest.

    Each run lies in `SETTING/BENCHMARK/MODEL` below `place.out`, the answers of all in `responses.db`, and
    what became of each cell in `cells.json`. Running again skips what is complete, goes on with what was
    interrupted and asks again what failed.

    Args:
        place: the suite, where it is run, and how much of it.
        models: titles or words of models; all by default.
        benchmarks: the same of benchmarks.

    Raises:
        UsageError: a model or benchmark is not in the suite.
        StoreError: the folder cannot be written.
    """
    ledger = Ledger(place.out, place.suite.name)
    chosen = place.suite.cells(models, benchmarks)
    hindered: dict[str, str] = {}  # by benchmark: files are looked for once, not once for each model
    for _, cells in groupby(chosen, key=lambda cell: cell.model):
        waiting = []
        for cell in cells:
            held = _beforehand(place, cell, hindered)
            if held is None:
                waiting.append(cell)
            else:
                ledger.add(held)
        for held in _asked(place, waiting):
            ledger.add(held)
    return Ran(suite=place.suite.name, cells=[ledger.rows[cell.key] for cell in chosen])


def _beforehand(place: Place, cell: Cell, hindered: dict[str, str]) -> Outcome | None:
    """What can be said of a cell without its model; None where it is to be asked."""
    held = standing(cell, place.out)
    if held.state == "another":
        return outcome(cell, "failed", held.reason)
    if finished(place, cell, held):
        return _ended(place, cell, anew=False)
    if cell.setting in LACKING:
        return outcome(cell, "lacking", LACKING[cell.setting])
    if why := hindrance(cell):
        return outcome(cell, "failed", why)
    title = cell.benchmark.title
    if title not in hindered:
        hindered[title] = _why_not(lambda: task_of(cell.benchmark, place.data_root, fetch=True))
    return outcome(cell, "failed", hindered[title]) if hindered[title] else None


def finished(place: Place, cell: Cell, held: Standing) -> bool:
    """Whether nothing is left to ask: a run of another part of the rows is not this one."""
    if held.imported or cell.setting in LACKING:
        return held.ended
    return held.state == "complete" and held.limit == place.limit_of(cell.benchmark)


def _asked(place: Place, cells: Sequence[Cell]) -> Iterator[Outcome]:
    """The cells of one model, which is loaded for the first and let go after the last."""
    adapted = [cell for cell in cells if cell.setting in RECIPES]
    yield from (_attempt(place, cell, None) for cell in adapted)
    cells = [cell for cell in cells if cell not in adapted]
    if not cells:
        return
    try:
        named = resolve_model(cells[0].model.word)
    except Exception as error:  # noqa: BLE001  weights come with foreign code; the other models go on
        why = _line(error)
        yield from (outcome(cell, "failed", why) for cell in cells)
        return
    for cell in cells:
        yield _attempt(place, cell, named)
    del named
    free_memory()


def _attempt(place: Place, cell: Cell, named: Named | None) -> Outcome:
    """A run of a model (None: of the one that is adapted for this cell), and what the suite makes of it."""
    try:
        place.started(cell.title)
        run(
            model=_adapted(place, cell) if named is None else named,
            benchmark=cell.benchmark.word,
            data=data_of(cell.benchmark, place.data_root),
            split=cell.benchmark.split,
            protocol=cell.benchmark.protocol,
            solver=cell.benchmark.solver,
            limit=place.limit_of(cell.benchmark),
            permit=place.permit,
            out=cell.folder(place.out),
            store=place.out / STORE,
            progress=place.progress,
        )
    except Exception as error:  # noqa: BLE001  whatever one cell meets, the others go on
        _log.info("%s failed", cell.title, exc_info=error)
        return outcome(cell, "failed", _line(error))
    return _ended(place, cell, anew=True)


def _adapted(place: Place, cell: Cell) -> str:
    """The folder of the adapted model, trained if it is not there."""
    folder = place.out / "adapted" / cell.folder(Path())
    if not (folder / ADAPTED).exists():
        data = data_of(cell.benchmark, place.data_root)
        fit(
            RECIPES[cell.setting],
            model=cell.model.word,
            benchmark=cell.benchmark.word,
            data=str(data) if data else None,
            out=folder,
            features=place.out / "features",
            permit=place.permit,
        )
    return f"{folder}:features={place.out / 'features'}"


def _ended(place: Place, cell: Cell, *, anew: bool) -> Outcome:
    """What a run that has ended is worth to the suite; what it asks for beside is made."""
    folder = cell.folder(place.out)
    try:
        _groups(cell, folder, anew=anew)
        _tags(place, cell)
    except Exception as error:  # noqa: BLE001  whatever one cell meets, the others go on
        _log.info("%s failed", cell.title, exc_info=error)
        return outcome(cell, "failed", _line(error))
    held = standing(cell, place.out)
    status: Status = "complete" if held.state == "complete" else "incomplete"
    return outcome(cell, status, held.reason, n=held.n, run=str(folder.relative_to(place.out)))


def _groups(cell: Cell, folder: Path, *, anew: bool) -> None:
    """`fairness.json` in the folder of a run, where the suite asks for it."""
    if cell.benchmark.fairness and (anew or not (folder / "fairness.json").exists()):
        fairness([folder], by=cell.benchmark.fairness, out=folder)


def tags_file(out: Path, contest: Contest) -> Path:
    """Where the tags of a benchmark's questions lie, by reasoning and understanding."""
    return out / "tags" / f"{plain(contest.title)}.csv"


def _tags(place: Place, cell: Cell) -> None:
    """The tags of a benchmark, where a table is by them and they are not there."""
    path, root = tags_file(place.out, cell.benchmark), place.data_root
    if path.exists() or not place.suite.parted(cell):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    data, training = data_of(cell.benchmark, root), root / TRAINING if root is not None else None
    split(
        cell.benchmark.word,
        data=str(data) if data else None,
        training=str(training) if training and training.is_dir() else None,
        out=path,
    )


def _why_not(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except MedassayError as error:
        return _line(error)
    return ""


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, MedassayError) else f"{type(error).__name__}: {text}"


def outcome(
    cell: Cell, status: Status, reason: str = "", *, n: int | None = None, run: str | None = None
) -> Outcome:
    """The row of a cell."""
    setting, benchmark, model = cell.key
    return Outcome(
        setting=setting, benchmark=benchmark, model=model, status=status, reason=reason, n=n, run=run
    )
