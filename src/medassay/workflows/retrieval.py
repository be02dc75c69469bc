"""What retrieval did to answers: helped, hurt, and relied on against what was known; and how much is safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from medassay.errors import UsageError
from medassay.metrics.tables import EXACT, mean, mean_sums, values
from medassay.solvers.rag import RETRIEVER
from medassay.statistics import estimate_all
from medassay.types import Estimate, Measure, Metric, Row, Score
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run, load_run
from medassay.workflows.ways import require_alike, way_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one way of retrieving did, each share with its 95 % interval over clusters.

    `helped`: wrong without and right with it, of all rows; `hurt`: right without and wrong with it, of all
    rows; `relied`: the same of the rows that were right without it (over-reliance). `texts` is the mean
    number that was shown, of `n` rows that did not fail on either side.
    """

    way: str
    run: str
    n: int
    texts: float
    helped: Estimate
    hurt: Estimate
    relied: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Ways of retrieving held to the answers without, and the last of them that is safe.

    `chosen` is the last, in the order given, up to which the upper end of the interval of `hurt` stays within
    `risk`: a fixed sequence of tests, which stops at the first that fails and so needs no correction
    (Learn then Test: Angelopoulos et al., arXiv 2110.01052). None where the first fails, or no risk was set.
    """

    without: str
    effects: Sequence[Effect]
    risk: float | None
    chosen: str | None

    @property
    def verdict(self) -> str:
        """What is safe, "" where no risk was set."""
        if self.risk is None:
            return ""
        limit = f"the share that retrieval turns from right to wrong stays within {self.risk:g}"
        if self.chosen is None:
            return f"None is chosen: of the first it is not sure that {limit}."
        return f"{self.chosen} is chosen: {limit}."

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {"schema_version": JSON_SCHEMA_VERSION, **asdict(self)}


def retrieval(
    without: Run | str | Path, runs: Sequence[Run | str | Path], *, risk: float | None = None
) -> Retrieval:
    """Hold the answers with retrieved texts to those without.

    Args:
        without: the run that retrieved nothing.
        runs: those that did, in the order in which they are to be trusted: the fewest texts first.
        risk: the share of rows that retrieval may turn from right to wrong. To choose on a validation part,
            give its runs.

    Raises:
        UsageError: runs differ in more than the way of asking, or have no answers that are right or wrong.
    """
    first, *others = [one if isinstance(one, Run) else load_run(one) for one in (without, *runs)]
    if not others:
        raise UsageError("give the run without retrieval first, then one with it or more")
    if risk is not None and not 0 < risk < 1:
        raise UsageError(f"--risk {risk}: a share of the rows, above 0 and below 1")
    for other in others:
        require_alike(first, other)
    before = {row.sample.id: row for row in first.rows() if _counts(row)}
    if not before:
        raise UsageError(f"{first.path} has no answers that are right or wrong")
    effects = [_effect(other, before) for other in others]
    return Retrieval(without=way_of(first), effects=effects, risk=risk, chosen=_chosen(effects, risk))


def _chosen(effects: Sequence[Effect], risk: float | None) -> str | None:
    chosen = None
    for effect in effects:
        if risk is None or effect.hurt.high is None or effect.hurt.high > risk:
            break
        chosen = effect.way
    return chosen


def _counts(row: Row) -> bool:
    return row.sample.kind in EXACT and row.score.status != "failed"


def _right(row: Row) -> bool:
    return row.score.status == "scored" and row.score.values.get("accuracy") == 1


def _effect(run: Run, before: Mapping[str, Row]) -> Effect:
    pairs = [(before[row.sample.id], row) for row in run.rows() if _counts(row) and row.sample.id in before]
    if not pairs:
        raise UsageError(f"{run.path} has no row in common with the run without retrieval")
    changes = list(_changes(pairs))
    known = [row for (one, _), row in zip(pairs, changes, strict=True) if _right(one)]
    seed = f"{run.benchmark.name} {run.benchmark.version}"
    return Effect(
        way=way_of(run),
        run=str(run.path),
        n=len(pairs),
        texts=sum(len(_retrieved(row)) for _, row in pairs) / len(pairs),
        helped=_share(changes, "helped", seed),
        hurt=_share(changes, "hurt", seed),
        relied=_share(known, "hurt", seed) if known else None,
    )


def _changes(pairs: Sequence[tuple[Row, Row]]) -> Iterator[Row]:
    """Rows whose values are what became of the answer."""
    for one, other in pairs:
        found = {
            "helped": float(not _right(one) and _right(other)),
            "hurt": float(_right(one) and not _right(other)),
        }
        yield replace(other, score=Score(status="scored", values=found))


def _retrieved(row: Row) -> list[str]:
    return [line for step in row.response.trace if step.role == RETRIEVER for line in step.text.splitlines()]


def _share(rows: Sequence[Row], name: str, seed: str) -> Estimate:
    metric = Metric(
        name=name,
        kinds=EXACT,
        columns=partial(values, key=name),
        sums=mean_sums,
        finish=mean,
        interval="proportion",
    )
    [found] = estimate_all(rows, (Measure(metric=metric),), {}, seed=seed)
    return found
