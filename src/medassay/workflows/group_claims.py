"""Claims about groups of models: generalists, domains, adaptation, scale; from tables or runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from medassay.errors import UsageError
from medassay.metrics import METRICS
from medassay.reporting.claims import Claimed, GroupClaims, Unclaimed
from medassay.statistics.mixed import Cells, claim
from medassay.workflows.contrasting import POSED, Question
from medassay.workflows.observing import Observation, of_runs, of_tables


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
    stands = Counter((one.model, one.benchmark, one.part) for one in unit)
    if twice := [f"{model} on {benchmark}" for (model, benchmark, _), n in stands.items() if n > 1]:
        raise UsageError(f"{', '.join(twice)}: more than one score; narrow with --where")
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
