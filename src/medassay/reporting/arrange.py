"""Estimates put in order: the headline, one table of the whole, and one table for each way of slicing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medassay.reporting import manifest, words
from medassay.reporting.record import RunRecord
from medassay.types import Estimate, Measure

WHOLE = "all"
SEPARATOR = ", "


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale of a forest plot; places on it are percentages of its width."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float | None) -> float | None:
        """Where `value` lies, 0 to 100; what lies outside is put on the edge, what is no number nowhere."""
        if value is None or math.isnan(value):
            return None
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a forest plot in percentages of its width; None where there is nothing to draw."""

    point: float | None
    low: float | None
    high: float | None
    chance: float | None
    majority: float | None
    constant: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its name, what it is of, the estimate, its mark, the number of its note (or 0)."""

    name: str
    of: str
    estimate: Estimate
    mark: Mark
    note: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that share an axis."""

    axis: Axis
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A captioned table of estimates, how its intervals were made, and its notes, numbered from 1.

    `baselines` are those of "chance", "majority" and "constant" that some line has.
    """

    caption: str
    head: str
    blocks: tuple[Block, ...]
    baselines: tuple[str, ...]
    methods: str
    notes: tuple[str, ...]


def headline(record: RunRecord) -> Estimate | None:
    """The primary metric on all rows; where it has no such estimate, on the first slice that has one."""
    primary = [e for e in record.estimates if e.metric == record.benchmark.primary]
    return next((e for e in primary if e.slice == WHOLE), primary[0] if primary else None)


def overall(record: RunRecord) -> Table | None:
    """What was measured on all rows, or on all rows that a measure is meant for; None if nothing was."""
    wholes = {(_metric(m), _whole(m)) for m in record.benchmark.measures}
    kept = [e for e in record.estimates if e.slice == WHOLE or (e.metric, e.slice) in wholes]
    return table("On the whole", "measure", kept)


def table(caption: str, head: str, estimates: Sequence[Estimate]) -> Table | None:
    """Estimates by their metric, as a table; None of nothing."""
    named = [
        (words.metric_name(e.metric), "" if e.slice == WHOLE else e.slice, e) for e in _distinct(estimates)
    ]
    return _table(caption, head, named) if named else None


def slices(record: RunRecord) -> list[Table]:
    """One table per metric and tag that the benchmark is sliced by, in the order of its measures."""
    sliced = {(_metric(m), _within(m) + tag): m for m in record.benchmark.measures for tag in m.by}
    groups: dict[tuple[str, str], list[Estimate]] = {key: [] for key in sliced}
    for estimate in _distinct(record.estimates):
        starts = [
            key for key in sliced if key[0] == estimate.metric and estimate.slice.startswith(f"{key[1]}=")
        ]
        if starts:  # "organ=head, side=left" is by side within head, not by organ
            groups[max(starts, key=lambda key: len(key[1]))].append(estimate)
    return [
        _by_tag(key[0], key[1].removeprefix(_within(sliced[key])), _within(sliced[key]), group)
        for key, group in groups.items()
        if group
    ]


def leaderboard(records: Sequence[RunRecord]) -> list[Table]:
    """The headline numbers of several runs, one table per protocol: others do not stand beside each other."""
    groups: dict[str, tuple[str, list[tuple[str, str, Estimate]]]] = {}
    for record in records:
        estimate = headline(record)
        if estimate is not None:
            name = f"{manifest.asked(record)}: {words.metric_name(estimate.metric)}"
            line = (manifest.model_name(record), "incomplete" * manifest.incomplete(record), estimate)
            groups.setdefault(manifest.protocol_id(record), (name, []))[1].append(line)
    return [_table(name, "model", lines) for name, lines in groups.values()]


def baselines(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """Which of "chance", "majority" and "constant" exist for any of the estimates."""
    names = ("chance", "majority", "constant")
    return tuple(name for name in names if any(getattr(e, name) is not None for e in estimates))


def difference_axis(bounds: Iterable[float | None]) -> Axis:
    """An axis round zero that holds all of `bounds`, at least from -0.05 to 0.05."""
    known = [abs(b) for b in bounds if b is not None and math.isfinite(b)]
    top = _round_up(max([0.05, *known]))
    return Axis(-top, top, (-top, 0.0, top))


def axis_of(estimate: Estimate) -> Axis:
    """The axis on which an estimate is shown by itself."""
    return _axes([estimate])[estimate.metric]


def mark(axis: Axis, estimate: Estimate) -> Mark:
    """The mark of an estimate, with the same in words for those who do not see it."""
    baselines = (
        ("chance", estimate.chance),
        ("majority", estimate.majority),
        ("constant report", estimate.constant),
    )
    said = [f"{name} {words.number(value)}" for name, value in baselines if value is not None]
    return Mark(
        point=axis.at(estimate.value),
        low=axis.at(estimate.low),
        high=axis.at(estimate.high),
        chance=axis.at(estimate.chance),
        majority=axis.at(estimate.majority),
        constant=axis.at(estimate.constant),
        label=", ".join([words.value_line(estimate), *said]),
    )


def _metric(measure: Measure) -> str:
    return measure.metric if isinstance(measure.metric, str) else measure.metric.name


def _whole(measure: Measure) -> str:
    """The name of the slice that is all a measure is meant for."""
    return SEPARATOR.join(f"{k}={v}" for k, v in measure.where.items()) or WHOLE


def _within(measure: Measure) -> str:
    """What the names of its slices begin with."""
    return f"{_whole(measure)}{SEPARATOR}" if measure.where else ""


def _by_tag(metric: str, tag: str, within: str, estimates: Sequence[Estimate]) -> Table:
    lines = [(e.slice.removeprefix(f"{within}{tag}=") or "(none)", "", e) for e in estimates]
    where = f", where {within.removesuffix(SEPARATOR)}" if within else ""
    name = words.plain_name(tag)
    return _table(f"{words.metric_name(metric)} by {name}{where}", name, lines)


def _distinct(estimates: Iterable[Estimate]) -> list[Estimate]:
    """Without the second of two estimates of the same metric on the same slice, as two measures may give."""
    first: dict[tuple[str, str], Estimate] = {}
    for estimate in estimates:
        first.setdefault((estimate.metric, estimate.slice), estimate)
    return list(first.values())


def _table(caption: str, head: str, named: Sequence[tuple[str, str, Estimate]]) -> Table:
    notes = list(dict.fromkeys(e.note for *_, e in named if e.note))
    axes = _axes(e for *_, e in named)
    blocks: list[tuple[Axis, list[Line]]] = []
    for name, of, estimate in named:
        axis = axes[estimate.metric]
        line = Line(
            name, of, estimate, mark(axis, estimate), notes.index(estimate.note) + 1 if estimate.note else 0
        )
        if blocks and blocks[-1][0] == axis:
            blocks[-1][1].append(line)
        else:
            blocks.append((axis, [line]))
    shown = tuple(Block(axis, tuple(lines)) for axis, lines in blocks)
    estimates = [e for *_, e in named]
    return Table(caption, head, shown, baselines(estimates), _methods(estimates), tuple(notes))


def _methods(estimates: Iterable[Estimate]) -> str:
    """`Korn-Graubard (accuracy), cluster bootstrap (token F1)`; the names only where there are several."""
    used: dict[str, dict[str, None]] = {}
    for e in estimates:
        if e.low is not None:
            used.setdefault(e.method, {})[words.metric_name(e.metric)] = None
    if len(used) < 2:
        return "".join(used)
    return ", ".join(f"{method} ({', '.join(metrics)})" for method, metrics in used.items())


def _axes(estimates: Iterable[Estimate]) -> dict[str, Axis]:
    """For every metric its axis: 0 to 1 where all its numbers are fractions, else as far as they reach."""
    seen: dict[str, list[float]] = {}
    for e in estimates:
        numbers = [x for x in (e.value, e.low, e.high) if x is not None and math.isfinite(x)]
        seen.setdefault(e.metric, []).extend(numbers)
    return {metric: _axis(numbers) for metric, numbers in seen.items()}


def _axis(numbers: Sequence[float]) -> Axis:
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if low >= 0 and high <= 1:
        return Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    bottom = -_round_up(-low) if low < 0 else 0.0
    top = _round_up(high) if high > 0 else 0.0
    return Axis(bottom, top, (bottom, (bottom + top) / 2, top))


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{step * power:.6g}") for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))
