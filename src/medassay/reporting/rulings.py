"""One set of answers under several protocols: what each makes of it, and what explains the difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from medassay.reporting import words
from medassay.types import Estimate

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one protocol makes of the answers.

    `estimate` is its headline; None where it has no rules for the benchmark (`reason` says why). `strict` is
    the value under our own rules on the same rows, so that `estimate.value - strict` is the work of the rule
    and `strict` minus the strict value of all rows that of the subset. `credited` are rows that only the
    protocol calls right, by their status under our rules; `denied` those that only we call right. Both are
    None where its values are no right or wrong. `unread` rows it found no answer in. `foreign`: it reads only
    answers that were asked for in its words, and these were not. `alike` are variants of it that make the
    same of the answers.
    """

    protocol: str
    estimate: Estimate | None = None
    reason: str = ""
    subset: str = ""
    note: str = ""
    strict: float | None = None
    credited: Mapping[str, int] | None = None
    denied: int | None = None
    unread: int = 0
    foreign: bool = False
    alike: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether no bug is switched on."""
        return "+" not in self.protocol

    @property
    def fair(self) -> bool:
        """Whether its number says something of these answers."""
        return self.estimate is not None and math.isfinite(self.estimate.value) and not self.foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The answers of one model to one benchmark under several protocols. The first is ours."""

    name: str
    benchmark: str
    asked: str
    lines: Sequence[Ruled] = field(default_factory=tuple)

    def spread(self, *, bugs: bool = False) -> tuple[float, float] | None:
        """The lowest and highest headline of the family of ours (accuracies); None with fewer than two."""
        family = next((line.estimate.metric for line in self.lines if line.estimate), "")
        values = [
            line.estimate.value
            for line in self.lines
            if line.fair
            and line.estimate
            and line.estimate.metric.startswith(family)
            and (bugs or line.published)
        ]
        return (min(values), max(values)) if len(values) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        spread = self.spread()
        return {
            "schema_version": 1,
            "model": self.name,
            "benchmark": self.benchmark,
            "asked": self.asked,
            "spread": list(spread) if spread else None,
            "protocols": [_line_json(line) for line in self.lines],
        }


def ruling_lines(ruling: Ruling) -> list[tuple[str, ...]]:
    """The table as texts: protocol, metric, value, interval, rows, strict on the same rows, what changed."""
    return [_cells(line) for line in ruling.lines]


COLUMNS = (
    "protocol",
    "metric",
    "value",
    "95 % interval",
    "rows",
    "unread",
    "strict",
    "right only here / only in strict",
)


def sentences(ruling: Ruling) -> list[str]:
    """What a reader should take from the table, one thing each."""
    asked = f"Asked under {ruling.asked}; the same answers throughout."
    said = [f"{asked} strict: our rules on the same rows. +: right by that protocol alone, −: by ours alone."]
    if spread := ruling.spread():
        low, high = spread
        said.append(
            "The ruler alone (which rows it counts, and how it reads them) moves the number from "
            f"{words.number(low)} to {words.number(high)}: {100 * (high - low):.1f} points, without any "
            "change of the model."
        )
    for line in ruling.lines:
        if line.subset and line.published:
            said.append(f"{line.protocol} counts {line.subset}.")
        if line.foreign and line.published:
            said.append(
                f"{line.protocol} reads only answers that were asked for in its words, and these were not: "
                "its number says nothing of the model, and is left out of the spread."
            )
        if line.note and line.published:
            said.append(f"{line.protocol}: {line.note}.")
        if line.alike and line.estimate:
            said.append(f"{', '.join(line.alike)}: the same as {line.protocol}.")
    left_out = [f"{line.protocol}: {line.reason}" for line in ruling.lines if line.estimate is None]
    return [*said, *([f"No rules: {'; '.join(left_out)}."] if left_out else [])]


def across(rulings: Sequence[Ruling]) -> str:
    """How much is the model and how much the ruler, over several models; "" with one."""
    values: dict[str, dict[str, float]] = {}
    for ruling in rulings:
        fair = (line for line in ruling.lines if line.fair)
        values[ruling.name] = {line.protocol: line.estimate.value for line in fair if line.estimate}
    if len(values) < 2:
        return ""
    shared = set.intersection(*(set(held) for held in values.values()))
    common = [line.protocol for line in rulings[0].lines if line.protocol in shared]
    models = max(
        max(held[p] for held in values.values()) - min(held[p] for held in values.values()) for p in common
    )
    ruler = max(max(held[p] for p in common) - min(held[p] for p in common) for held in values.values())
    orders = {tuple(sorted(values, key=lambda name: -values[name][p])) for p in common}
    order = "in one order" if len(orders) == 1 else f"in {len(orders)} different orders"
    return (
        f"Between models at most {100 * models:.1f} points under one protocol; between protocols at most "
        f"{100 * ruler:.1f} points for one model; {len(common)} protocols put the models {order}."
    )


def render_rulings(rulings: Sequence[Ruling]) -> list[RenderableType]:
    """The tables and sentences for a terminal of 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown: list[RenderableType] = []
    for ruling in rulings:
        table = Table(
            title=words.printable(f"{ruling.name} on {ruling.benchmark}"),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
        )
        for index, name in enumerate(
            ("protocol", "value", "95 % interval", "rows", "unread", "strict", "+", "−")
        ):
            table.add_column(name, justify="left" if index == 0 else "right", no_wrap=True)
        for line in (held for held in ruling.lines if held.estimate):
            cells = _cells(line)
            only_here, _, only_strict = cells[7].partition(" / ")
            table.add_row(cells[0], *cells[2:7], only_here.partition(" (")[0], only_strict)
        shown += [table, *(Text(words.printable(said)) for said in sentences(ruling)), Text()]
    summary = across(rulings)
    return [*shown, *([Text(summary)] if summary else [])]


def markdown_rulings(rulings: Sequence[Ruling]) -> str:
    """The tables and sentences as Markdown."""
    parts: list[str] = []
    for ruling in rulings:
        parts.append(f"## {ruling.name} on {ruling.benchmark}\n")
        parts.append("| " + " | ".join(COLUMNS) + " |")
        parts.append("|---|---|--:|--:|--:|--:|--:|---|")
        parts += [
            "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
            for cells in ruling_lines(ruling)
        ]
        parts.append("")
        parts += [f"- {said}" for said in sentences(ruling)]
        parts.append("")
    summary = across(rulings)
    return "\n".join([*parts, *([summary, ""] if summary else [])])


def _cells(line: Ruled) -> tuple[str, ...]:
    if line.estimate is None:
        return (line.protocol, "", "no rules", "", "", "", "", "")
    estimate = line.estimate
    interval = words.interval(estimate.low, estimate.high) if estimate.low is not None else words.ABSENT
    return (
        line.protocol,
        words.metric_name(estimate.metric),
        words.number(estimate.value),
        interval,
        words.count(estimate.n),
        words.count(line.unread),
        words.number(line.strict),
        _changed(line),
    )


def _changed(line: Ruled) -> str:
    if line.credited is None or line.denied is None:
        return words.ABSENT
    total = sum(line.credited.values())
    of = ", ".join(f"{n} {status}" for status, n in line.credited.items() if status != "scored" and n)
    return f"{total}{f' ({of})' if of else ''} / {line.denied}"


def _line_json(line: Ruled) -> dict[str, Any]:
    estimate = line.estimate
    return {
        "protocol": line.protocol,
        "metric": estimate.metric if estimate else None,
        "value": estimate.value if estimate else None,
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
        "n": estimate.n if estimate else None,
        "strict_on_the_same_rows": line.strict,
        "credited": dict(line.credited) if line.credited is not None else None,
        "denied": line.denied,
        "unread": line.unread,
        "asked_in_other_words": line.foreign,
        "subset": line.subset,
        "note": line.note,
        "reason": line.reason,
    }
