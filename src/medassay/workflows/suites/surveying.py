"""A suite before it is run: what would be, what is there already, and what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from medassay import registry
from medassay.errors import MedassayError
from medassay.reporting.suite_cells import Outcome, Status
from medassay.types import ModelCard
from medassay.workflows.manifest import plan
from medassay.workflows.preparing import stated_count
from medassay.workflows.resolve import needs_files
from medassay.workflows.suites.running import Place, finished, outcome
from medassay.workflows.suites.standing import hindrance, standing, task_of
from medassay.workflows.suites.suite import LACKING, Cell, Contest


class Files(NamedTuple):
    """Of a benchmark: how many samples, where known; what is to be done; what stands in the way."""

    items: int | None = None
    first: str = ""
    against: str = ""


def survey(place: Place, *, models: Sequence[str] = (), benchmarks: Sequence[str] = ()) -> list[Outcome]:
    """Walk through the samples that are here; nothing is loaded, fetched, asked or written.

    Raises:
        UsageError: a model or benchmark is not in the suite.
    """

    @cache  # the files of a benchmark are read once, not once for each model
    def files(contest: Contest) -> Files:
        return _files(place, contest)

    return [_foreseen(place, cell, files(cell.benchmark)) for cell in place.suite.cells(models, benchmarks)]


def _foreseen(place: Place, cell: Cell, files: Files) -> Outcome:
    held = standing(cell, place.out)
    against = held.reason if held.state == "another" else hindrance(cell) or files.against
    status: Status = "would run" if held.state == "absent" else "would go on"
    reason = "; ".join(filter(None, (files.first, _weights(cell.model.word))))
    if finished(place, cell, held):
        status = "complete" if held.state == "complete" else "incomplete"
        return outcome(cell, status, held.reason, n=held.n)
    if against:
        status, reason = "lacking" if cell.setting in LACKING else "cannot", against
    return outcome(cell, status, reason, n=files.items)


def _files(place: Place, contest: Contest) -> Files:
    limit = place.limit_of(contest)
    try:
        task = task_of(contest, place.data_root, fetch=False)
        if task.where.root is not None or not needs_files(task.benchmark):
            return Files(items=plan(task.without_pictures(), limit=limit, seed=0).n)
    except MedassayError as error:
        return Files(against=str(error))
    stated = stated_count(task)
    return Files(
        items=None if stated is None else min(stated, limit or stated), first="its files are fetched first"
    )


def _weights(word: str) -> str:
    name = registry.parse(word).name
    if name not in registry.names("model"):
        return ""
    card: ModelCard = registry.find("model", name)
    return "" if card.access == "open" else f"the model is to be had by {card.access}"
