"""What a scheme is worth at its price: held to the vote of as many single calls as cost the same.

A run of self-consistency keeps all its draws, so the vote of the first k of them, and what these took, follow
from it for every k without asking anybody: one run is a whole curve of score over cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from medassay import registry
from medassay.errors import UsageError
from medassay.metrics import METRICS
from medassay.reporting.price import Match, Point, Shown
from medassay.solvers.context import Context
from medassay.solvers.voting import vote
from medassay.statistics import estimate_all
from medassay.types import Row, Usage
from medassay.workflows.comparing import Question, compare_pairs
from medassay.workflows.costs import Costs
from medassay.workflows.exits import exits
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run, load_run, name_of
from medassay.workflows.sides import Side
from medassay.workflows.ways import require_alike, way_of

VOTE = "self-consistency"

Currency = Literal["calls", "tokens", "tokens out"]
"""What a price is counted in; tokens are those that go in, images with them, and those that come out."""

Costly = Mapping[Currency, float]


@dataclass(frozen=True, kw_only=True)
class Voted(Run):
    """A run of self-consistency as it would have been with its first `draws` draws."""

    draws: int

    def rows(self) -> Iterator[Row]:
        """The rows, voted and judged anew; one that failed stays as it is."""
        context = Context(prompt=self.benchmark.prompt, scorer=self.benchmark.scorer)
        for row in super().rows():
            if row.response.error is not None:
                yield row
                continue
            steps = tuple(step for step in row.response.trace if step.round)[: self.draws]
            found = vote(context, row.sample.case, [step.text for step in steps])
            response = replace(
                row.response,
                text=steps[found.winner or 0].text,
                trace=steps,
                usage=sum((step.usage for step in steps), Usage()),
                seconds=sum(step.seconds for step in steps),
                agreement=found.agreement,
                probs=found.probs,
            )
            yield replace(row, response=response, score=self.benchmark.scorer(row.sample, response))


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The curve of votes, each scheme beside the vote that cost as much by each currency, and its exits."""

    runs: Sequence[Run]
    shown: Shown

    @property
    def complete(self) -> bool:
        """Whether every request of every run was answered."""
        return all(run.complete for run in self.runs)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {"schema_version": JSON_SCHEMA_VERSION, **asdict(self.shown)}


def price(votes: Run | str | Path, schemes: Sequence[Run | str | Path]) -> Price:
    """Hold schemes to votes at the same price. All differences are judged together.

    The vote that costs as much is the smallest whose mean cost per sample reaches the scheme's. Where none
    does, the largest stands for it and the match says that it is cheaper.

    Args:
        votes: a run of self-consistency.
        schemes: runs of the same model on the same rows.

    Raises:
        UsageError: the first is no such run or was judged by a judge, a run has not ended, or they differ in
            more than the way of asking.
    """
    held, *others = [one if isinstance(one, Run) else load_run(one) for one in (votes, *schemes)]
    _require_votes(held)
    if not others:
        raise UsageError("give a run of a scheme beside that of self-consistency")
    for other in others:
        require_alike(held, other)
    draws = int(registry.parse(held.manifest["protocol"]["solver"]).options["n"])
    curve = [
        Voted(path=held.path, benchmark=held.benchmark, manifest=held.manifest, estimates=(), draws=k + 1)
        for k in range(draws)
    ]
    points = [_point(str(one.draws), one) for one in curve]
    scheme_points = [_point(way_of(one), one) for one in others]
    wanted = [
        (place, currency, _as_dear(scheme_points[place], points, currency))
        for place in range(len(others))
        for currency in get_args(Currency)
    ]
    pairs = dict.fromkeys((place, at) for place, _, at in wanted)
    sides = [
        (
            Side(name=scheme_points[place].name, runs=(others[place],)),
            Side(name=f"{VOTE} of {at + 1}", runs=(curve[at],)),
        )
        for place, at in pairs
    ]
    results = dict(zip(pairs, compare_pairs(sides, Question()), strict=True))
    matches = [
        Match(
            scheme=scheme_points[place].name,
            currency=currency,
            draws=at + 1,
            cheaper=_cost(points[at], currency) < _cost(scheme_points[place], currency),
            difference=results[place, at].result.difference,
            low=results[place, at].result.low,
            high=results[place, at].result.high,
            p=results[place, at].result.p,
        )
        for place, currency, at in wanted
    ]
    shown = Shown(
        title=f"{name_of(held)} on {held.benchmark.title}, {held.manifest['primary']}",
        curve=points,
        schemes=scheme_points,
        matches=matches,
        exits=[one for other in others for one in exits(other)],
    )
    return Price(runs=[held, *others], shown=shown)


def _require_votes(run: Run) -> None:
    name = registry.parse(run.manifest["protocol"]["solver"]).name
    if name != VOTE:
        raise UsageError(
            f"{run.path} was asked by {name}: give a run of {VOTE} first, whose draws are the curve"
        )
    if run.manifest.get("judge"):
        raise UsageError(
            f"{run.path} was judged by a judge, who has not judged all draws: give the run itself"
        )


def _point(name: str, run: Run) -> Point:
    """The headline of a run, and what a sample took on average."""
    primary = run.manifest["primary"]
    measures = [
        replace(m, by=())
        for m in run.benchmark.measures
        if primary in {m.metric, getattr(m.metric, "name", "")}
    ]
    costs = Costs()

    def watched() -> Iterator[Row]:
        for row in run.rows():
            costs.add(row.response)
            yield row

    seed = f"{run.benchmark.name} {run.benchmark.version}"
    [estimate, *_] = estimate_all(watched(), measures[:1], METRICS, seed=seed)
    taken = {key: held["mean"] for key, held in costs.summary()["per_sample"].items()}
    return Point(
        name=name,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        calls=taken["calls"],
        input_tokens=taken["input_tokens"],
        output_tokens=taken["output_tokens"],
    )


def _cost(point: Point, currency: Currency) -> float:
    held: Costly = {
        "calls": point.calls,
        "tokens": point.input_tokens + point.output_tokens,
        "tokens out": point.output_tokens,
    }
    return held[currency]


def _as_dear(scheme: Point, curve: Sequence[Point], currency: Currency) -> int:
    """The place of the first point of the curve that costs as much as the scheme; the last if none does."""
    wanted = _cost(scheme, currency)
    return next((i for i, point in enumerate(curve) if _cost(point, currency) >= wanted), len(curve) - 1)
