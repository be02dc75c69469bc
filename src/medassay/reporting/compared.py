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
class Compared:
    """A paired comparison with the names of its two sides, as the tables call them, and of the benchmark."""

    first: str
    second: str
    result: Comparison
    benchmark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonLine:
    """A comparison in words and numbers as they are shown."""

    first: str
    second: str
    metric: str
    values: str
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
    comparisons: Sequence[Compared], records: Sequence[RunRecord] = ()
) -> list[ComparisonLine]:
    """The comparisons on one axis. A verdict is withheld where a run of either name is incomplete."""
    axis = difference_axis(comparisons)
    unfinished = {manifest.model_name(r) for r in records if manifest.incomplete(r)}
    return [_line(c, axis, final=not {c.first, c.second} & unfinished) for c in comparisons]


def difference_axis(comparisons: Sequence[Compared]) -> arrange.Axis:
    """An axis round zero that holds all intervals."""
    shown = [c.result for c in comparisons]
    return arrange.difference_axis(x for c in shown for x in (c.difference, c.low, c.high))


def sentence(line: ComparisonLine) -> str:
    """`A against B, accuracy: +0.042 [+0.010, +0.074], p 0.011: A is better`."""
    return (
        f"{line.first} against {line.second}, {line.metric}: {line.difference}"
        f" {line.interval}, p {line.p}: {line.verdict}"
    )


def _line(compared: Compared, axis: arrange.Axis, *, final: bool) -> ComparisonLine:
    c = compared.result
    difference, reach = words.number(c.difference, sign=True), words.interval(c.low, c.high, sign=True)
    of = "" if c.slice == arrange.WHOLE else f" ({c.slice})"
    return ComparisonLine(
        first=compared.first,
        second=compared.second,
        metric=f"{words.metric_name(c.metric)}{of}",
        values=f"{words.number(c.a)}, {words.number(c.b)}",
        difference=difference,
        interval=reach,
        p=words.p_value(c.p),
        discordant=words.ABSENT if c.only_a is None else f"{words.count(c.only_a)}, {words.count(c.only_b)}",
        n=words.count(c.n),
        n_clusters=words.count(c.n_clusters),
        verdict=_verdict(compared) if final else "none yet: a run is incomplete",
        note="; ".join(_notes(c)),
        mark=arrange.Mark(
            point=axis.at(c.difference),
            low=axis.at(c.low),
            high=axis.at(c.high),
            chance=axis.at(0.0),
            majority=None,
            constant=None,
            label=f"difference {difference} {reach}, zero in the middle",
        ),
    )


def _verdict(compared: Compared) -> str:
    result = compared.result
    within = f" within {words.number(result.margin)}" if result.margin is not None else ""
    said = {
        "A better": f"{compared.first} is better",
        "B better": f"{compared.second} is better",
        "equivalent": f"equivalent{within}",
        "inconclusive": "inconclusive",
        "incomplete": "none yet: rows have failed",
    }
    return said[result.verdict]


def _notes(c: Comparison) -> list[str]:
    """How the difference was judged, and what is odd about its rows."""
    missing = c.missing_a + c.missing_b
    return [
        *([_alone(c)] if c.alone else []),
        *([f"interval by {c.method}"] if c.method else []),
        *([f"p by {c.test}"] if c.test else []),
        *(
            [f"correlation of the two sides {words.number(c.correlation)}"]
            if c.correlation is not None
            else []
        ),
        *([f"{missing:,} rows missing on one side count as wrong there"] if missing else []),
        *([f"{c.failed:,} rows failed on a side and are not compared"] if c.failed else []),
        *([c.note] if c.note else []),
    ]


def _alone(c: Comparison) -> str:
    """What the comparison would say by itself."""
    if c.alone is None:
        return ""
    reach = words.interval(c.alone.low, c.alone.high, sign=True)
    return f"judged together with {c.family - 1:,} others; alone {reach}, p {words.p_value(c.alone.p)}"
