"""One cell of a grid, here or on another machine: adapt, and say in a line what stood in the way."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import MedassayError
from medassay.models.batching import free_memory
from medassay.workflows.adapting import adapt
from medassay.workflows.grids.grid import Cell
from medassay.workflows.grids.standing import claim

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where cells are worked on: the grid's folder, answers, vectors, and what data may leave for."""

    out: Path
    store: str | Path
    features: str | Path
    permit: Collection[str] = ()


def attempt(cell: Cell, shop: Workshop) -> str:
    """Adapt as the cell says; "" where it is done, else why it is not.

    What was trained before and not measured is measured; a training that was interrupted goes on where its
    recipe can.
    """
    trial, *outside = cell.subject.trials
    try:
        claim(cell, shop.out)
        held = adapt(
            cell.recipe[1],
            model=cell.model[1],
            benchmark=trial.word,
            data=trial.data,
            out=cell.folder(shop.out),
            outside=[(each.word, each.data) for each in outside],
            cut=cell.cut,
            store=shop.store,
            features=shop.features,
            permit=shop.permit,
        )
    except Exception as error:  # noqa: BLE001  whatever one cell meets, the others go on
        _log.info("%s failed", cell.title, exc_info=error)
        text = str(error).partition("\n")[0]
        return text if isinstance(error, MedassayError) else f"{type(error).__name__}: {text}"
    finally:
        free_memory()
    failed = [run for pair in held.runs for run in pair if run is not None and not run.complete]
    return f"{failed[0].path}: rows failed; running again asks for them" if failed else ""
