"""Claims about groups of models: generalists, domains, adaptation, scale; from tables or runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Literal

import numpy as np

from medassay.errors import UsageError
from medassay.metrics import METRICS
from medassay.reporting.claims import Claimed, GroupClaims, Side, Unclaimed
from medassay.statistics.mixed import Cells, claim
from medassay.types import FloatArray
from medassay.workflows.observing import IN_DOMAIN, OUT_OF_DOMAIN, Observation, of_runs, of_tables

Contrast = Literal["group", "domain", "adaptation", "scale"]
FIELDS = ("source", "table", "model", "group", "benchmark", "part", "metric", "relation")
"""What `--where` can ask of a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`field=value`, or `field!=value` where not `equal`."""

    field: str
    value: str
    equal: bool = True

    def holds(self, one: Observation) -> bool:
        """Whether a score meets it."""
        return (getattr(one, self.field) == self.value) is self.equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is claimed of which scores. `levels`: the two sides; the claim is what the first has more."""

    contrast: Contrast
    levels: tuple[str, str] | None = None
    metric: str | None = None
    where: Sequence[Condition] = ()
    relations: Path | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posed:
    """The cells of one claim, its sides in plain means, what x is, and what was left out."""

    cells: Cells
    sides: tuple[Side, ...]
    x: str
    notes: tuple[str, ...] = ()


def group_claims(given: Sequence[Path], question: Question) -> GroupClaims:
    """Judge a claim on each table, or on each metric of the runs.

    Args:
        given: nothing (the tables that ship), one CSV like `medassay audit published` takes, or run folders.
        question: what is claimed.

    Raises:
        DataError: what is given cannot be read.
        UsageError: nothing is left to judge, or nothing that is left can carry the claim; says why.
    """
    chosen = [one for one in _observed(given, question) if all(c.holds(one) for c in question.where)]
    if question.metric:
        chosen = [one for one in chosen if one.metric == question.metric]
    if not chosen:
        raise UsageError("no score is left: fewer --where, or another --metric")
    found, unclaimed = list[Claimed](), list[Unclaimed]()
    for title, unit in _units(chosen, question):
        try:
            found.append(_claimed(title, unit, question))
        except UsageError as error:
            unclaimed.append(Unclaimed(of=title, reason=str(error)))
    if not found:
        raise UsageError("; ".join(dict.fromkeys(one.reason for one in unclaimed)))
    return GroupClaims(
        contrast=question.contrast, margin=question.margin, claims=tuple(found), unclaimed=tuple(unclaimed)
    )


def _observed(given: Sequence[Path], question: Question) -> list[Observation]:
    tables = [path for path in given if path.suffix == ".csv"]
    if tables and len(given) > 1:
        raise UsageError("give one CSV, or run folders, not both")
    if given and not tables:
        if question.contrast == "adaptation" and question.levels:
            raise UsageError("--levels: runs are paired by the base that a model's card names")
        sliced = any(condition.field == "part" for condition in question.where)
        return of_runs(given, metric=question.metric, relations=question.relations, sliced=sliced)
    return of_tables(tables[0] if tables else None, question.relations)


def _units(chosen: Sequence[Observation], question: Question) -> Iterator[tuple[str, list[Observation]]]:
    """The scores of each claim: one table, part and metric; where two parts are compared, one metric."""
    across = question.contrast == "adaptation" and question.levels is not None
    fields = ("source", "metric") if across else ("source", "table", "part", "metric")
    units: dict[tuple[str, ...], list[Observation]] = {}
    for one in chosen:
        units.setdefault(tuple(getattr(one, field) for field in fields), []).append(one)
    for key, unit in units.items():
        title = [word for word in key if word and (word == unit[0].table or word not in unit[0].table)]
        yield ", ".join(title), unit


def _claimed(title: str, unit: Sequence[Observation], question: Question) -> Claimed:
    posed = POSED[question.contrast](unit, question)
    metric = METRICS.get(unit[0].metric)
    higher = metric is None or metric.higher_is_better
    held = claim(posed.cells, margin=question.margin, higher_is_better=higher)
    notes = (*posed.notes, *_cautions(unit, posed.cells))
    return Claimed(
        of=title,
        x=posed.x,
        sides=posed.sides,
        plain=_plain(posed.cells),
        claim=held,
        cells=len(posed.cells.scores),
        models=len(set(posed.cells.models)),
        datasets=len(set(posed.cells.datasets)),
        complete=all(one.complete for one in unit),
        notes=notes,
    )


def _plain(cells: Cells) -> float:
    """The effect as if cells were all there is: a difference of means, a least-squares slope, a mean."""
    if cells.shape == "difference":
        return float(cells.scores.mean())
    centred = cells.predictor - cells.predictor.mean()
    return float(centred @ cells.scores / (centred @ centred))


def _by_group(unit: Sequence[Observation], question: Question) -> _Posed:
    return _two_sided(unit, lambda one: one.group, question.levels or ("general", "medical"))


def _by_domain(unit: Sequence[Observation], question: Question) -> _Posed:
    if not any(one.relation for one in unit):
        raise UsageError("no relation of models to benchmarks is declared (--relations)")
    return _two_sided(unit, lambda one: one.relation, question.levels or (IN_DOMAIN, OUT_OF_DOMAIN))


def _two_sided(
    unit: Sequence[Observation], level_of: Callable[[Observation], str], levels: tuple[str, str]
) -> _Posed:
    known = sorted({level_of(one) for one in unit} - {""})
    if missing := [level for level in levels if level not in known]:
        raise UsageError(f"no score is {' or '.join(missing)}, only {', '.join(known) or 'unknown'}")
    held = [one for one in unit if level_of(one) in levels]
    first = np.array([level_of(one) == levels[0] for one in held], dtype=np.float64)
    both = {one.model for one in held if level_of(one) == levels[0]} & {
        one.model for one in held if level_of(one) == levels[1]
    }
    sides = tuple(_side(level, [one for one in held if level_of(one) == level]) for level in levels)
    return _Posed(
        cells=_cells("within" if both else "between", held, first),
        sides=sides,
        x=f"x is 1/2 for {levels[0]}, -1/2 for {levels[1]}",
        notes=_left(len(unit) - len(held), f"neither {levels[0]} nor {levels[1]}"),
    )


def _by_scale(unit: Sequence[Observation], question: Question) -> _Posed:
    if question.levels:
        raise UsageError("--levels: scale has no levels, it is a slope")
    held = [one for one in unit if one.parameters]
    unknown = sorted({one.model for one in unit} - {one.model for one in held})
    sizes = np.array([math.log10(one.parameters or 1) for one in held])
    if not held or np.ptp(sizes) == 0:
        raise UsageError("the cards of these models tell no two sizes")
    said = (f"size not on a card, left out: {', '.join(unknown)}",) if unknown else ()
    return _Posed(cells=_cells("slope", held, sizes), sides=(), x="x is log10 of the parameters", notes=said)


def _by_adaptation(unit: Sequence[Observation], question: Question) -> _Posed:
    pairs = _of_parts(unit, question.levels) if question.levels else _of_bases(unit)
    levels = question.levels or ("adapted", "base")
    if not pairs:
        what = f"both {levels[0]} and {levels[1]}" if question.levels else "a model and its base"
        raise UsageError(f"no benchmark has {what}; --levels names two parts of a table")
    after, before = zip(*pairs, strict=True)
    of = dict.fromkeys(f"{a.model} of {b.model}" for a, b in pairs)
    variances = [
        None if a.variance is None or b.variance is None else a.variance + b.variance for a, b in pairs
    ]
    differences = [
        replace(b, value=a.value - b.value, variance=v) for (a, b), v in zip(pairs, variances, strict=True)
    ]
    return _Posed(
        cells=_cells("difference", differences, np.ones(len(pairs))),
        sides=(_side(levels[0], after), _side(levels[1], before)),
        x=f"score is {levels[0]} minus {levels[1]}, in each cell",
        notes=()
        if question.levels
        else (f"pairs, each counted as the model that is its base: {', '.join(of)}",),
    )


_Pairs = list[tuple[Observation, Observation]]


def _of_parts(unit: Sequence[Observation], levels: tuple[str, str]) -> _Pairs:
    """The scores of one model on one benchmark in two parts."""
    first, second = ({_cell(one): one for one in unit if one.part == level} for level in levels)
    return [(first[key], second[key]) for key in first if key in second]


def _of_bases(unit: Sequence[Observation]) -> _Pairs:
    """Models and what their cards name as their base."""
    held = {(one.card.name, one.benchmark): one for one in unit if one.card}
    keys = [(one, (one.card.base, one.benchmark)) for one in unit if one.card]
    return [(one, held[key]) for one, key in keys if key in held]


POSED: Mapping[Contrast, Callable[[Sequence[Observation], Question], _Posed]] = {
    "group": _by_group,
    "domain": _by_domain,
    "adaptation": _by_adaptation,
    "scale": _by_scale,
}
"""What each contrast makes of the scores."""


def _cell(one: Observation) -> tuple[str, str]:
    return one.model, one.benchmark


def _cells(
    shape: Literal["between", "within", "slope", "difference"],
    held: Sequence[Observation],
    predictor: FloatArray,
) -> Cells:
    variances = [one.variance for one in held if one.variance is not None]
    return Cells(
        shape=shape,
        scores=np.array([one.value for one in held]),
        predictor=predictor,
        models=tuple(one.model for one in held),
        datasets=tuple(one.benchmark for one in held),
        known=np.array(variances) if len(variances) == len(held) else None,
    )


def _side(name: str, held: Sequence[Observation]) -> Side:
    return Side(
        name=name,
        mean=fmean(one.value for one in held),
        cells=len(held),
        models=len({one.model for one in held}),
        datasets=len({one.benchmark for one in held}),
    )


def _left(count: int, why: str) -> tuple[str, ...]:
    return (f"{count} cells left out: {why}",) if count else ()


def _cautions(unit: Sequence[Observation], cells: Cells) -> Iterator[str]:
    """What a reader must know of the scores."""
    if cells.known is None:
        yield "not every cell tells its own error: it is estimated as one for all"
    for benchmark in dict.fromkeys(one.benchmark for one in unit):
        asked = [one.protocol for one in unit if one.benchmark == benchmark]
        if parts := {k for a, b in combinations(asked, 2) for k in a if k != "id" and a[k] != b.get(k)}:
            yield f"the runs on {benchmark} differ in {', '.join(sorted(parts))}"
    if unfinished := sorted({one.model for one in unit if not one.complete}):
        yield f"no verdict: runs of {', '.join(unfinished)} have failed rows"
