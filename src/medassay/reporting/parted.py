"""Accuracy overall, on reasoning and on understanding: tables of models by benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from medassay.published.beside import HOW_FAR, Printed
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.statistics.intervals import Interval
from medassay.statistics.parts import Part, Parted

_PARTS = (
    ("Overall", "whole", "overall"),
    ("Reasoning", "yes", "reasoning"),
    ("Understanding", "no", "understanding"),
    ("Uncertain", "neither", ""),
    ("Gap, R less U", "gap", ""),
)
"""Of a table: its title, the part of `Parted`, and what published tables call it."""

_SPLITS = (("hard", ""), ("weighted", ", weighted by probability"), ("corrected", ", corrected by labels"))
_ACROSS = 3  # benchmarks beside each other in 80 columns
_FEW = 150  # labels; below it measured coverage of the gap can be under .9 (docs/reasoning.md)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParts:
    """One run by parts: hard (each question in one), weighted by the probability of reasoning, corrected.

    `failed` rows, and rows `without` an accuracy, are in none. `source` says whose word the parts are;
    `corrected` is None where fewer than two of the questions have `labels` of people. `gap_at_once` is the
    interval of the hard split's gap that holds together with those of the other runs.
    """

    model: str
    benchmark: str
    failed: int
    without: int
    clusters: int
    hard: Parted
    gap_at_once: Interval | None
    weighted: Parted
    labels: int
    corrected: Parted | None
    source: str
    published: Mapping[str, Printed]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return asdict(self)


def render_parts(lines: Sequence[RunParts]) -> Iterator[RenderableType]:
    """The tables, hard, weighted and corrected: overall, reasoning, understanding and their gap."""
    for split, how in _SPLITS:
        for title, part, name in _PARTS:
            if (split != "hard" and part == "whole") or not any(_has(line, split, part) for line in lines):
                continue
            yield Text(title + how)
            yield from _tables(lines, split, part, name if split == "hard" else "")
    yield from _notes(lines)


def _has(line: RunParts, split: str, part: str) -> bool:
    held: Parted | None = getattr(line, split)
    return held is not None and (part != "neither" or held.neither.n > 0)


def _tables(lines: Sequence[RunParts], split: str, part: str, name: str) -> Iterator[Table]:
    benchmarks = list(dict.fromkeys(line.benchmark for line in lines))
    cells = {(line.model, line.benchmark): line for line in lines}
    for start in range(0, len(benchmarks), _ACROSS):
        across = benchmarks[start : start + _ACROSS]
        table = Table("model", *across, box=SIMPLE_HEAD, pad_edge=False)
        for model in dict.fromkeys(line.model for line in lines):
            row = [cells.get((model, benchmark)) for benchmark in across]
            table.add_row(model, *["" if one is None else _cell(one, split, part, name) for one in row])
        yield table


def _cell(line: RunParts, split: str, part: str, name: str) -> str:
    held: Parted | None = getattr(line, split)
    if held is None:
        return "no labels"
    beside = line.published.get(name)
    paper = "" if beside is None else f"\npaper {beside.text}{'*' if beside.impossible else ''}"
    at_once = ""
    if split == "hard" and part == "gap" and line.gap_at_once is not None:
        at_once = f"\nall {_span(*line.gap_at_once)}"
    return _number(getattr(held, part)) + at_once + paper


def _number(part: Part) -> str:
    if part.value is None:
        return "no rows"
    span = "no interval" if part.low is None or part.high is None else _span(part.low, part.high)
    rows = f"{part.n:.0f}" if part.n == round(part.n) else f"{part.n:.1f}"
    return f"{part.value:.3f}\n{span}\nn {rows}"


def _span(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}"


def _notes(lines: Sequence[RunParts]) -> Iterator[Text]:
    for benchmark, source in dict.fromkeys((line.benchmark, line.source) for line in lines):
        yield Text(f"{benchmark}: parts by {source}.")
    if any(line.gap_at_once is not None for line in lines):
        yield Text("all: the interval that holds for all gaps of the hard split at once (max-T).")
    for line in lines:
        if line.clusters < FEW_CLUSTERS:
            yield Text(f"{line.model} on {line.benchmark}: {line.clusters} clusters, intervals unreliable.")
        if line.corrected is not None:
            few = "; with so few the interval of the gap may be too short" if line.labels < _FEW else ""
            yield Text(f"{line.model} on {line.benchmark}: corrected by {line.labels} labels{few}.")
        if line.failed:
            yield Text(
                f"{line.model} on {line.benchmark} is incomplete: {line.failed} rows failed, left out."
            )
    if any(line.published for line in lines):
        yield Text(
            f"paper: {HOW_FAR}, with questions, prompts and a classifier of its own; *: its overall lies "
            "outside of its two parts, so the three numbers cannot belong together."
        )
