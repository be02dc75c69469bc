"""How much the wording of a prompt matters to a run: a small table and what it comes to in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medassay.reporting import arrange, words
from medassay.reporting.record import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingLine:
    """One wording: what it got on the rows that choose."""

    name: str
    value: str
    interval: str
    rows: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTable:
    """The wordings of a run, and sentences: which rows chose, the component, the two intervals, the range."""

    metric: str
    lines: tuple[WordingLine, ...]
    sentences: tuple[str, ...]


def prompt_table(record: RunRecord) -> PromptTable | None:
    """The table of a run that was asked in several wordings; None for one that was not, or not to its end."""
    held = record.manifest.get("prompts", {})
    if "values" not in held:
        return None
    lines = [
        WordingLine(
            name=str(wording["id"]),
            value=words.number(wording["value"]),
            interval=_interval(wording["low"], wording["high"]),
            rows=words.count(wording["n"]),
            chosen=bool(wording["chosen"]),
        )
        for wording in held["values"]
    ]
    return PromptTable(
        metric=words.metric_name(held["metric"]),
        lines=tuple(lines),
        sentences=tuple(_sentences(record, held)),
    )


def _sentences(record: RunRecord, held: Mapping[str, Any]) -> Sequence[str]:
    on, component = held["on"], held["component"]
    rows = f"{words.count(on['n'])} rows in {words.count(on['n_clusters'])} clusters"
    said = [f"Chosen on {rows}: {on['how']}.", *(f"Passed over: {why}." for why in on["passed_over"])]
    if component is not None:
        low, high = (component[name] ** 0.5 for name in ("low", "high"))
        number = words.number(component["sd"])
        variance = f"variance component {component['variance']:.2g}"
        said.append(f"Between wordings: SD {number} {_interval(low, high)}, {variance}.")
        seen, luck = words.number(component["range"]), words.number(component["range_by_chance"])
        said.append(f"Range of {component['wordings']} wordings {seen}; by luck alone {luck} is expected.")
    estimate, drawn = arrange.headline(record), held["drawn"]
    if estimate is not None:
        said.append(f"Chosen wording (items only): {words.value_line(estimate)}.")
    if drawn is not None:
        said.append(
            f"A wording drawn from the family (items and wording): {words.number(drawn['value'])} "
            f"{_interval(drawn['low'], drawn['high'])}."
        )
    return [*said, *(f"Note: {note}." for note in held["notes"])]


def _interval(low: float | None, high: float | None) -> str:
    return words.ABSENT if low is None or high is None else words.interval(low, high)
