"""Run a grid: each cell by the same function as `medassay adapt`, what is done left alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import MedassayError
from medassay.reporting.grids import Outcome, Status
from medassay.workflows.grids.attempting import Workshop, attempt
from medassay.workflows.grids.cluster import Share, on_ray
from medassay.workflows.grids.grid import Cell, Grid
from medassay.workflows.grids.standing import standing

STORE, FEATURES = "responses.db", "features"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a grid is run: its folder, what data may leave for, and who is told of each cell.

    `share` None: one cell after the other in this process; else several at once on Ray.
    """

    grid: Grid
    out: Path
    permit: Collection[str] = ()
    share: Share | None = None
    ended: Callable[[Outcome], None] = lambda _outcome: None


def survey(place: Place) -> list[Outcome]:
    """What is done of every cell; nothing is loaded, trained or written."""
    return [_seen(cell, place.out) for cell in place.grid.cells]


def run_grid(place: Place) -> list[Outcome]:
    """Adapt in every cell that is not done; one that fails does not stop the others.

    Cells that were begun come after those that were not: one that kills the process is in nobody's way.

    Args:
        place: the grid, where and how it is run. Each cell lies in `Cell.folder`; answers in
            `responses.db` and vectors in `features/`, unless the grid names other places.

    Raises:
        MissingExtra: ray is wanted and not installed.
        NotPermitted: data would go to another machine, and may not.
        UsageError: a cell asks for more GPUs than there are.
    """
    cells, outcomes = place.grid.cells, survey(place)
    to_do = [cell for cell, seen in zip(cells, outcomes, strict=True) if seen.status == "to do"]
    begun = [cell for cell, seen in zip(cells, outcomes, strict=True) if seen.status == "begun"]
    found = {each.title: each for each in outcomes}
    for cell, why in _attempts(place, [*to_do, *begun]):
        found[cell.title] = outcome(cell, "failed" if why else "done", why)
        place.ended(found[cell.title])
    return [found[cell.title] for cell in cells]


def _attempts(place: Place, cells: Sequence[Cell]) -> Iterator[tuple[Cell, str]]:
    shop = Workshop(
        out=place.out,
        store=place.grid.store or place.out / STORE,
        features=place.grid.features or place.out / FEATURES,
        permit=place.permit,
    )
    if place.share is not None and cells:
        yield from on_ray(cells, shop, place.share)
        return
    for cell in cells:
        yield cell, attempt(cell, shop)


def _seen(cell: Cell, out: Path) -> Outcome:
    statuses: dict[str, Status] = {"absent": "to do", "begun": "begun", "done": "done"}
    try:
        return outcome(cell, statuses[standing(cell, out)])
    except MedassayError as error:
        return outcome(cell, "failed", str(error))


def outcome(cell: Cell, status: Status, reason: str = "") -> Outcome:
    """What became of a cell, for reports."""
    return Outcome(
        model=cell.model[0],
        recipe=cell.recipe[0],
        dataset=cell.subject.trial.title,
        fraction=cell.cut.fraction,
        seed=cell.cut.seed,
        title=cell.title,
        status=status,
        reason=reason,
    )
