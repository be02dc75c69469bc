"""From the folders of a grid to its report: nothing is asked or trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.reporting.grids import Cost, GridReport, Outcome, Worth
from medassay.statistics.frame import tag_of
from medassay.statistics.repeated import Repeated, repeated
from medassay.types import Estimate, Metric, Row
from medassay.workflows.adapting.folder import TRAINING
from medassay.workflows.grids.grid import Cell, Grid, Trial
from medassay.workflows.grids.standing import runs_of
from medassay.workflows.grids.warning import cautions
from medassay.workflows.resolve import resolve_measure
from medassay.workflows.results import Run, load_run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """A cell that is done, and what is recorded of its training."""

    cell: Cell
    training: Mapping[str, Any]


def gather(grid: Grid, out: Path, outcomes: Sequence[Outcome]) -> GridReport:
    """What the cells that are done found.

    Args:
        grid: the axes.
        out: the grid's folder.
        outcomes: of its cells, in their order.

    Raises:
        DataError: a run or a record is damaged.
    """
    done = [
        _Done(cell=cell, training=codec.loads((cell.folder(out) / TRAINING).read_text("utf-8")))
        for cell, outcome in zip(grid.cells, outcomes, strict=True)
        if outcome.status == "done"
    ]
    worths: list[Worth] = []
    rows: list[Mapping[str, Any]] = []
    for _, group in groupby(done, key=lambda each: each.cell.folder(out).parent):
        held = list(group)
        for trial in held[0].cell.subject.trials:
            worth = _worth(held, trial, _titled(trial, grid), out)
            worths.append(worth)
            rows += _rows(held, worth)
    return GridReport(
        name=grid.path.stem,
        cells=outcomes,
        worths=worths,
        rows=rows,
        cautions=cautions(outcomes, worths),
    )


def _titled(trial: Trial, grid: Grid) -> str:
    """A test's name: that of the dataset of the grid that it is, wherever it is tested on."""
    known = {subject.trial.word: subject.trial.title for subject in grid.subjects}
    return known.get(trial.word, trial.title)


def _worth(held: Sequence[_Done], trial: Trial, tested: str, out: Path) -> Worth:
    places = [runs_of(each.cell, trial, out) for each in held]
    adapted = [load_run(place) for _, place in places]
    before = load_run(places[0][0]) if places[0][0] is not None else None
    metric, where = resolve_measure(adapted[0].manifest["primary"], adapted[0].benchmark)
    seed = f"{adapted[0].benchmark.name} {adapted[0].benchmark.version}"

    def mean(original: Run | None) -> Repeated:
        rows = [_those(run, where) for run in adapted]
        return repeated(
            rows, metric, seed=seed, original=None if original is None else _those(original, where)
        )

    cell = held[0].cell
    return Worth(
        model=cell.model[0],
        recipe=cell.recipe[0],
        dataset=cell.subject.trial.title,
        tested=tested,
        fraction=cell.cut.fraction,
        seeds=tuple(each.cell.cut.seed for each in held),
        original=_estimate(before, metric).value if before is not None else None,
        majority=_estimate(adapted[0], metric).majority,
        adapted=mean(None),
        gain=mean(before) if before is not None else None,
        cost=_cost([each.training for each in held]),
    )


def _those(run: Run, where: Mapping[str, str]) -> Iterator[Row]:
    """The rows that the metric is measured on."""
    return (row for row in run.rows() if all(tag_of(row, name) == value for name, value in where.items()))


def _estimate(run: Run, metric: Metric) -> Estimate:
    """The headline of a run."""
    return next(each for each in run.estimates if each.metric == metric.name)


def _cost(trainings: Sequence[Mapping[str, Any]]) -> Cost:
    def most(name: str) -> int | None:
        return max((each[name] for each in trainings if each[name] is not None), default=None)

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    return Cost(
        trained=max(each["trained"] for each in trainings),
        parameters=trainings[0]["parameters"],
        seconds=mean([each["seconds"] for each in trainings]),
        resident=most("peak_resident_bytes"),
        gpu=most("peak_gpu_bytes"),
        samples=mean([each["data"]["train"] for each in trainings]),
        clusters=mean([each["data"]["train_clusters"] for each in trainings]),
    )


def _rows(held: Sequence[_Done], worth: Worth) -> Iterator[Mapping[str, Any]]:
    """One row for each seed: what a mixed model or a spreadsheet starts from."""
    for place, each in enumerate(held):
        training = each.training
        yield {
            "model": worth.model,
            "recipe": worth.recipe,
            "dataset": worth.dataset,
            "fraction": worth.fraction,
            "seed": worth.seeds[place],
            "tested": worth.tested,
            "in_domain": worth.inside,
            "metric": worth.adapted.metric,
            "n": worth.adapted.n,
            "n_clusters": worth.adapted.n_clusters,
            "original": worth.original,
            "majority": worth.majority,
            "adapted": worth.adapted.values[place],
            "gain": worth.gain.values[place] if worth.gain else None,
            "train": training["data"]["train"],
            "train_clusters": training["data"]["train_clusters"],
            "trained": training["trained"],
            "parameters": training["parameters"],
            **{name: training[name] for name in ("seconds", "peak_resident_bytes", "peak_gpu_bytes")},
        }
