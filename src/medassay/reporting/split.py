"""Reasoning and understanding: the worth of the classifier, and tables of models by benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from medassay.statistics.parts import Part, Parted


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParts:
    """One run by parts: hard (each question in one) and weighted by the probability of reasoning.

    `failed` rows, and rows `without` an accuracy, are in none. `source` says whose word the parts are.
    """

    model: str
    benchmark: str
    failed: int
    without: int
    hard: Parted
    weighted: Parted
    source: str

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return asdict(self)


_TABLES = (
    ("Overall", "whole"),
    ("Reasoning", "yes"),
    ("Understanding", "no"),
    ("Uncertain", "neither"),
    ("Gap, R less U", "gap"),
)


def render_worth(held: dict[str, Any]) -> Iterator[RenderableType]:
    """What was split, and how well the classifier does where it can be checked."""
    worth = held["cross_validation"]
    table = Table("", "reasoning", "understanding", title="Cross-validated confusion", title_justify="left")
    table.add_row("called reasoning", str(worth["true_yes"]), str(worth["false_yes"]))
    table.add_row("called understanding", str(worth["missed_yes"]), str(worth["true_no"]))
    yield Text(
        f"{held['benchmark']}: {held['n']} questions, {held['reasoning']} reasoning, "
        f"{held['understanding']} understanding, {held['uncertain']} uncertain ({held['source']})."
    )
    span = "no interval" if worth["low"] is None else f"{worth['low']:.3f} to {worth['high']:.3f}"
    yield Text(
        f"On {held['cross_validated_on']}, {worth['n']} questions, {worth['families']} families: AUROC "
        f"{worth['auroc']:.3f} ({span}; one word for all: .500), accuracy {worth['accuracy']:.3f} "
        f"(majority {worth['majority']:.3f}), Brier {worth['brier']:.3f} (majority "
        f"{worth['brier_base']:.3f}), ECE {worth['ece']:.3f}."
    )
    yield table


def render_validation(held: dict[str, Any]) -> Iterator[RenderableType]:
    """How far two readers agree, what is open, and the classifier against what was settled."""
    yield Text(
        f"{held['n']} questions, two readers: they agree on {_rate(held['agreement'])}, kappa "
        f"{_rate(held['kappa'])}. {held['settled']} settled since, {len(held['open'])} open."
    )
    if held["open"]:
        table = Table("id", "first reader", "second reader", title="Open", title_justify="left")
        for dispute in held["open"]:
            table.add_row(dispute["id"], dispute["first"], dispute["second"])
        yield table
    if (worth := held["classifier"]) is not None:
        yield Text(
            f"The classifier against {worth['agreement']['n']} labels ({held['undecided']} undecided): finds "
            f"{_rate(worth['sensitivity'])} of reasoning and {_rate(worth['specificity'])} of understanding; "
            f"agreement {_rate(worth['agreement'])}, kappa {_rate(worth['kappa'])}. The tags say so now."
        )


def _rate(rate: dict[str, Any]) -> str:
    if rate["value"] is None:
        return "no value"
    span = "no interval" if rate["low"] is None else f"{rate['low']:.3f} to {rate['high']:.3f}"
    return f"{rate['value']:.3f} ({span})"


def render_parts(lines: Sequence[RunParts]) -> Iterator[RenderableType]:
    """Four tables, hard and weighted: overall, reasoning, understanding and their gap."""
    benchmarks = list(dict.fromkeys(line.benchmark for line in lines))
    cells = {(line.model, line.benchmark): line for line in lines}
    for split in ("hard", "weighted"):
        for title, part in _TABLES:
            if split == "weighted" and part == "whole":
                continue
            if part == "neither" and not any(getattr(line, split).neither.n for line in lines):
                continue
            name = title if split == "hard" else f"{title}, weighted by probability"
            yield Text(name)
            table = Table("model", *benchmarks)
            for model in dict.fromkeys(line.model for line in lines):
                row = [cells.get((model, benchmark)) for benchmark in benchmarks]
                table.add_row(model, *[_cell(getattr(getattr(x, split), part)) if x else "" for x in row])
            yield table
    for source in dict.fromkeys((line.benchmark, line.source) for line in lines):
        yield Text(f"{source[0]}: parts by {source[1]}.")
    for line in lines:
        if line.failed:
            yield Text(
                f"{line.model} on {line.benchmark} is incomplete: {line.failed} rows failed, left out."
            )


def _cell(part: Part) -> str:
    if part.value is None:
        return "no rows"
    span = "no interval" if part.low is None else f"{part.low:.3f} to {part.high:.3f}"
    rows = f"{part.n:.0f}" if part.n == round(part.n) else f"{part.n:.1f}"
    return f"{part.value:.3f}\n{span}\nn {rows}"
