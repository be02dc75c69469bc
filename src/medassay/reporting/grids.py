"""What a grid of adaptations found: cells, what each group of seeds is worth, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from medassay.statistics.repeated import Repeated

Status = Literal["done", "failed", "to do", "begun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one cell; `fraction` of the training clusters of `dataset`."""

    model: str
    recipe: str
    dataset: str
    fraction: float
    seed: int
    title: str
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one training of a group takes: the mean of seconds, the most memory in bytes (None: not told).

    `trained` numbers of `parameters` (None: not known) were learned from `samples` of `clusters`.
    """

    trained: int
    parameters: int | None
    seconds: float
    resident: int | None
    gpu: int | None
    samples: float
    clusters: float

    @property
    def share(self) -> float | None:
        """Of the model's numbers; above 1 where a head is larger than its model."""
        return self.trained / self.parameters if self.parameters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """A recipe on a model, learned from a fraction of a dataset with several seeds, and tested on one.

    `original` is the value of the model before, `majority` that of always giving the commonest answer of the
    test part; None where they have no meaning. `adapted` is the mean over seeds, `gain` that of the paired
    differences from the original, None where this could not be asked.
    """

    model: str
    recipe: str
    dataset: str
    tested: str
    fraction: float
    seeds: tuple[int, ...]
    original: float | None
    majority: float | None
    adapted: Repeated
    gain: Repeated | None
    cost: Cost

    @property
    def inside(self) -> bool:
        """Whether it is tested on the test part of what it learned from."""
        return self.dataset == self.tested

    @property
    def above_majority(self) -> bool:
        """Whether the whole interval lies above what one constant answer gives, where that has a meaning."""
        if self.majority is None:
            return True
        return self.adapted.low is not None and self.adapted.low > self.majority


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReport:
    """All of it. `rows` are of single cells and tests, as `grid.csv` has them."""

    name: str
    cells: Sequence[Outcome]
    worths: Sequence[Worth]
    rows: Sequence[Mapping[str, Any]]
    cautions: Sequence[str]

    @property
    def complete(self) -> bool:
        """Whether every cell is done."""
        return all(cell.status == "done" for cell in self.cells)

    @property
    def whole(self) -> list[Worth]:
        """The groups that learned from the largest fraction."""
        largest = max((worth.fraction for worth in self.worths), default=1.0)
        return [worth for worth in self.worths if worth.fraction == largest]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints, and `grid.json` holds."""
        return {
            "schema_version": 1,
            "grid": self.name,
            "complete": self.complete,
            "cells": [asdict(cell) for cell in self.cells],
            "worths": [
                {**asdict(worth), "in_domain": worth.inside, "share": worth.cost.share}
                for worth in self.worths
            ],
            "rows": [dict(row) for row in self.rows],
            "cautions": list(self.cautions),
        }
