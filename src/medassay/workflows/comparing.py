"""Compare runs on the same items: two, or several over benchmarks, models and slices at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from medassay.errors import UsageError
from medassay.reporting import Compared
from medassay.statistics import Comparison, compare_all
from medassay.statistics import compare as paired
from medassay.statistics.bounded import Taken, bounded, taken
from medassay.statistics.contrasts import Contrast, contrasts
from medassay.types import Metric
from medassay.workflows import sides
from medassay.workflows.resolve import resolve_measure
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run, load_run
from medassay.workflows.sides import PairBy, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every pair.

    Attributes:
        metric: a metric of the benchmark or the registry; the benchmark's primary one by default.
        margin: the largest difference that does not matter, stated before the runs are looked at.
        where: tags that the rows must have.
        by: the tags of each way to slice; several tags of one way give their intersections.
        cluster: the tag whose values are the clusters, in place of the benchmark's.
        pair_by: "cluster" pairs the one row of each cluster (a question in two languages).
        pool: the runs of one model on variants of a benchmark are one side.
        against_base: only pairs of a model and the one that its card names as its base.
        bound_failed: judge pairs with failed rows by what holds however these would have come out.
        anyway: pairs whose protocols differ too; every output says in what.
    """

    metric: str | None = None
    margin: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    by: Sequence[Sequence[str]] = ()
    cluster: str | None = None
    pair_by: PairBy = "sample"
    pool: bool = False
    against_base: bool = False
    bound_failed: bool = False
    anyway: bool = False


_EXTREMES: tuple[tuple[Taken, Taken], ...] = (("wrong", "right"), ("right", "wrong"))
"""What the failed rows of A, and of B, are taken to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All comparisons of one command, judged together, and in what pairs differ that should not."""

    comparisons: Sequence[Compared]
    cautions: Sequence[str]
    question: Question

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "cautions": list(self.cautions),
            "question": asdict(self.question),
            "family": len(self.comparisons),
            "comparisons": [plain(compared) for compared in self.comparisons],
        }


def plain(compared: Compared) -> dict[str, Any]:
    """A comparison as `--json` prints it."""
    names = {"benchmark": compared.benchmark, "first": compared.first, "second": compared.second}
    return {**names, **_finite(asdict(compared.result))}


def compare(one: Run | str | Path, other: Run | str | Path, *, metric: str | None = None) -> Comparison:
    """The paired difference of two runs of one protocol, with its interval and verdict.

    Args:
        one: a run or its folder.
        other: the run it is compared with.
        metric: a per-sample metric; the benchmark's primary one by default.

    Raises:
        UsageError: the protocols differ (says in what), or a run has not ended.
    """
    first, second = (r if isinstance(r, Run) else load_run(r) for r in (one, other))
    if parts := differences(first, second):
        raise UsageError(
            f"{first.path} and {second.path} cannot be compared: they differ in {', '.join(parts)}"
        )
    _ended(first, second)
    measured, where = resolve_measure(metric or first.manifest["primary"], first.benchmark)
    return paired(first.rows(), second.rows(), measured, seed=_seed(first), where=where)


def compare_runs(runs: Sequence[Run | str | Path], question: Question | None = None) -> Family:
    """Every two sides of a benchmark, on every slice, judged together.

    Args:
        runs: two or more, of one or several benchmarks.
        question: what is asked of every pair.

    Raises:
        UsageError: a run has not ended, or has no other to be compared with (says in what they differ).
    """
    question = question or Question()
    held = [run if isinstance(run, Run) else load_run(run) for run in runs]
    _ended(*held)
    pairs, cautions = _pairs(sides.sides_of(held, pool=question.pool), question)
    return Family(comparisons=compare_pairs(pairs, question), cautions=cautions, question=question)


def compare_pairs(pairs: Sequence[tuple[Side, Side]], question: Question) -> list[Compared]:
    """Every slice of every pair, judged together."""
    prepared = [(pair, one) for pair in pairs for one in _contrasts(*pair, question)]
    results = compare_all([one for _, one in prepared])
    if question.bound_failed and any(result.failed for result in results):
        worst, best = (
            compare_all([one for pair in pairs for one in _contrasts(*pair, question, failed)])
            for failed in _EXTREMES
        )
        results = [bounded(*each) for each in zip(results, worst, best, strict=True)]
    return [
        Compared(first=a.name, second=b.name, result=result, benchmark=a.benchmark)
        for ((a, b), _), result in zip(prepared, results, strict=True)
    ]


def differences(one: Run, other: Run) -> list[str]:
    """The parts of the protocol in which two runs differ."""
    return sides.differences(Side(name="", runs=(one,)), Side(name="", runs=(other,)))


def _pairs(held: Sequence[Side], question: Question) -> tuple[list[tuple[Side, Side]], list[str]]:
    """The pairs that are compared, and what must be said of them."""
    among = _of_one_benchmark(held, across=question.pair_by == "cluster")
    if question.against_base:
        among = [pair for a, b in among if (pair := _with_base(a, b)) is not None]
        if not among:
            raise UsageError("no run is of the base that another run's model card names: see `medassay show`")
    apart = {(a.name, b.name, a.benchmark): parts for a, b in among if (parts := sides.differences(a, b))}
    said = [f"{a} and {b} differ in {', '.join(parts)}" for (a, b, _), parts in apart.items()]
    chosen = [(a, b) for a, b in among if question.anyway or (a.name, b.name, a.benchmark) not in apart]
    lonely = [side for side in held if not _within(side, chosen)]
    if (lonely and not question.against_base) or not chosen:
        side = (lonely or held)[0]
        why = next((one for one in said if side.name in one), f"it is the only one on {side.benchmark}")
        raise UsageError(f"{side.name} is compared with no other run: {why} (--anyway compares all the same)")
    return chosen, [f"{one}: compared anyway" if question.anyway else f"{one}: not compared" for one in said]


def _of_one_benchmark(held: Sequence[Side], *, across: bool) -> list[tuple[Side, Side]]:
    """Pairs on one benchmark; those of two variants only where asked for, or where a side has no other."""
    every = [(a, b) for a, b in combinations(held, 2) if a.benchmark == b.benchmark]
    alike = [(a, b) for a, b in every if not _other_variant(a, b)]
    return [
        (a, b)
        for a, b in every
        if across or not _other_variant(a, b) or not (_within(a, alike) and _within(b, alike))
    ]


def _within(side: Side, pairs: Sequence[tuple[Side, Side]]) -> bool:
    return any(side is one for pair in pairs for one in pair)


def _other_variant(a: Side, b: Side) -> bool:
    variants = [[body["benchmark"].get("variant") for body in side.protocols] for side in (a, b)]
    return sorted(map(str, variants[0])) != sorted(map(str, variants[1]))


def _with_base(a: Side, b: Side) -> tuple[Side, Side] | None:
    """The model first, then its base; None where neither is the other's."""
    if sides.base_of(a) and sides.base_of(a) == sides.card_of(b):
        return a, b
    return (b, a) if sides.base_of(b) and sides.base_of(b) == sides.card_of(a) else None


def _contrasts(
    a: Side, b: Side, question: Question, failed: tuple[Taken, Taken] | None = None
) -> list[Contrast]:
    first = a.runs[0]
    measured, where = resolve_measure(question.metric or first.manifest["primary"], first.benchmark)
    _check_margin(measured, question.margin)
    rows_a, rows_b = (side.rows(pair_by=question.pair_by, cluster=question.cluster) for side in (a, b))
    if question.bound_failed and (not measured.bounded or math.isinf(measured.high)):
        raise UsageError(f"--bound-failed: what failed rows could be does not bound {measured.name}")
    if failed is not None:
        rows_a, rows_b = taken(rows_a, measured, failed[0]), taken(rows_b, measured, failed[1])
    return contrasts(
        rows_a,
        rows_b,
        measured,
        seed=_seed(first),
        where={**where, **question.where},
        by=question.by,
        margin=question.margin,
    )


def _check_margin(metric: Metric, margin: float | None) -> None:
    if margin is not None and margin >= metric.high - metric.low:
        raise UsageError(
            f"a margin of {margin} is as wide as {metric.name} itself: it is in the metric's units"
        )


def _seed(run: Run) -> str:
    benchmark = run.manifest["protocol"]["benchmark"]
    return f"{benchmark['name']} {benchmark['version']}"


def _ended(*runs: Run) -> None:
    for run in runs:
        if run.manifest["status"] not in {"complete", "incomplete"}:
            raise UsageError(f"{run.path} is {run.manifest['status']}: give its command again, then compare")


def _finite(held: Any) -> Any:
    """What is undefined is null, since JSON has no NaN."""
    if isinstance(held, dict):
        return {key: _finite(value) for key, value in held.items()}
    return None if isinstance(held, float) and not math.isfinite(held) else held
