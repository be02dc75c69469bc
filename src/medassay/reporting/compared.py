"""Two models on the same rows, as one line of a table or of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medassay.reporting import arrange, manifest, words
from medassay.reporting.record import RunRecord

if TYPE_CHECKING:
    from medassay.statistics.paired import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonLine:
    """A comparison in words and numbers as they are shown."""

    first: str
    second: str
    metric: str
    difference: str
    interval: str
    p: str
    discordant: str
    n: str
    n_clusters: str
    verdict: str
    note: str
    mark: arrange.Mark


def comparison_lines(
    comparisons: Sequence[Comparison], records: Sequence[RunRecord] = ()
) -> list[ComparisonLine]:
    """The comparisons on one axis. A verdict is withheld where a run of that name is incomplete."""
    axis = difference_axis(comparisons)
    unfinished = {manifest.model_name(r) for r in records if manifest.incomplete(r)}
    return [_line(c, axis, unfinished) for c in comparisons]


def difference_axis(comparisons: Sequence[Comparison]) -> arrange.Axis:
    """An axis round zero that holds all intervals."""
    return arrange.difference_axis(x for c in comparisons for x in (c.difference, c.low, c.high))


def sentence(line: ComparisonLine) -> str:
    """`A against B: accuracy +0.042 [+0.010, +0.074], p 0.011: A better`."""
    return (
        f"{line.first} against {line.second}: {words.metric_name(line.metric)} {line.difference}"
        f" {line.interval}, p {line.p}: {line.verdict}"
    )


def _line(comparison: Comparison, axis: arrange.Axis, unfinished: set[str]) -> ComparisonLine:
    c = comparison
    final = not {c.a, c.b} & unfinished
    difference, reach = words.number(c.difference, sign=True), words.interval(c.low, c.high, sign=True)
    return ComparisonLine(
        first=c.a,
        second=c.b,
        metric=c.metric,
        difference=difference,
        interval=reach,
        p=words.p_value(c.p),
        discordant=f"{words.count(c.a_only)}, {words.count(c.b_only)}",
        n=words.count(c.n),
        n_clusters=words.count(c.n_clusters),
        verdict=c.verdict if final else "none yet: a run is incomplete",
        note=c.note,
        mark=arrange.Mark(
            point=axis.at(c.difference),
            low=axis.at(c.low),
            high=axis.at(c.high),
            chance=axis.at(0.0),
            majority=None,
            label=f"difference {difference} {reach}, zero in the middle",
        ),
    )
