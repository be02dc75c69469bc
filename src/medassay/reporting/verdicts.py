"""What a judge made of runs: its score, what people say of the judge, and the score corrected for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from medassay.reporting import words
from medassay.statistics.agreement import Agreement, Rate
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.judged import Corrected
from medassay.types import Estimate

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """Pairs asked in both orders: how many verdicts changed with it, and which place won both times."""

    pairs: int
    flipped: int
    first_place: int
    second_place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One run under a judge.

    `estimate` is the judge's own number; `counts` are rows by what became of them (scored; none and empty,
    which count as wrong; unread and failed, which count nowhere). `agreement` is with the labels, whose rows
    lie in `labelled_clusters`; `rules` with our rules on the rows that rules decide; the one is never taken
    for the other. `kin` says how judge and model are related.
    """

    name: str
    estimate: Estimate | None
    counts: Mapping[str, int]
    kin: str = ""
    rules: Rate | None = None
    agreement: Agreement | None = None
    labelled_clusters: int = 0
    corrected: tuple[Corrected, ...] = ()
    swapped: Swapped | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first run minus the second, on the samples that both have a verdict for."""

    first: str
    second: str
    uncorrected: Rate
    corrected: tuple[Corrected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Runs under one judge and one rubric. `labels` says in words what people's labels there were."""

    judge: str
    rubric: str
    scale: str
    right: str
    runs: Sequence[Judged]
    differences: Sequence[Difference] = ()
    labels: str = ""
    notes: Sequence[str] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints; what is undefined is null."""
        held: dict[str, Any] = _finite({"schema_version": 1, **asdict(self)})
        return held


def sentences(run: Judged, *, labelled: bool) -> list[str]:
    """What a reader must know of a judged run, one thing each."""
    said: list[str] = []
    if run.kin:
        said.append(f"CAUTION: {run.kin}.")
    if lost := [f"{run.counts[key]} {key}" for key in ("unread", "failed") if run.counts.get(key)]:
        said.append(f"Without a verdict, counted nowhere: {', '.join(lost)}.")
    if wrong := [f"{run.counts[key]} {key}" for key in ("none", "empty") if run.counts.get(key)]:
        said.append(f"Counted as wrong: {', '.join(wrong)}.")
    if run.agreement is not None:
        held = run.agreement
        said.append(
            f"Against {held.agreement.n} labels: sensitivity {_rate(held.sensitivity)}, specificity "
            f"{_rate(held.specificity)}, agreement {_rate(held.agreement)}, kappa {_rate(held.kappa)}."
        )
        if run.labelled_clusters < FEW_CLUSTERS:
            said.append(
                f"The labels lie in {run.labelled_clusters} clusters: these intervals are unreliable."
            )
    elif labelled:
        said.append("None of the labels is of this run's answers.")
    if run.rules is not None and run.rules.n:
        said.append(
            f"Agreement with our rules on the {run.rules.n:,} rows that rules decide: {_rate(run.rules)}. It "
            "says nothing of open answers."
        )
    if run.swapped is not None and run.swapped.pairs:
        pairs = run.swapped
        said.append(
            f"Position: {pairs.flipped} of {pairs.pairs} verdicts "
            f"({pairs.flipped / pairs.pairs:.1%}) changed with the order and count as ties; the "
            f"first place won both times {pairs.first_place}, the second {pairs.second_place} times."
        )
    said += [f"{found.method}: {found.note}." for found in run.corrected if found.note]
    return said


def render_panel(panel: Panel) -> list[RenderableType]:
    """The tables and sentences for a terminal of 80 columns."""
    from rich.text import Text

    shown: list[RenderableType] = []
    for run in panel.runs:
        lines = [("uncorrected", run.estimate and _cells(run.estimate)), *map(_corrected, run.corrected)]
        shown.append(_table(f"{run.name}, judged by {panel.judge} ({panel.rubric})", lines))
        said = sentences(run, labelled=bool(panel.labels))
        shown += [Text(words.printable(one)) for one in said] + [Text()]
    for pair in panel.differences:
        uncorrected = pair.uncorrected
        cells = (
            words.number(uncorrected.value, sign=True),
            words.interval(uncorrected.low, uncorrected.high, sign=True),
            words.count(uncorrected.n),
            words.ABSENT,
        )
        lines = [("uncorrected", cells), *(_corrected(found, sign=True) for found in pair.corrected)]
        shown += [_table(f"{pair.first} minus {pair.second}", lines), Text()]
    last = panel.labels or "UNCORRECTED: without labels nobody knows how often this judge errs (--draw)."
    return [*shown, *(Text(words.printable(one)) for one in (last, *panel.notes))]


def _table(title: str, lines: Sequence[tuple[str, Any]]) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=words.printable(title),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("", overflow="fold")
    for name in ("value", "95 % interval", "rows", "labels"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, cells in lines:
        table.add_row(name, *(cells or ("no verdicts", "", "", "")))
    return table


def _cells(estimate: Estimate) -> tuple[str, ...]:
    interval = words.interval(estimate.low, estimate.high) if estimate.low is not None else words.ABSENT
    return words.number(estimate.value), interval, words.count(estimate.n), words.ABSENT


def _corrected(found: Corrected, *, sign: bool = False) -> tuple[str, tuple[str, ...]]:
    return found.method, (
        words.number(found.value, sign=sign),
        words.interval(found.low, found.high, sign=sign),
        words.count(found.n),
        words.count(found.n_labelled),
    )


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return words.ABSENT
    interval = f" {words.interval(rate.low, rate.high)}" if rate.low is not None else ""
    return f"{words.number(rate.value)}{interval}"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
