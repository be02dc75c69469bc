"""Groups of people compared, on a terminal of 80 columns and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay.reporting import words
from medassay.reporting.markdown import escape
from medassay.reporting.tables_page import Grid, Section, TablesPage, html, write_forms
from medassay.statistics.fairness import Parity, Quantified

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Cells = tuple[str, ...]
VALUES = ("", "rows", "value", "95 %", "difference", "95 % of all")
GAPS = ("over all groups", "value", "95 %", "by chance", "p")
EXPLAINED = (
    "difference: from the mean of the other groups; its intervals hold for all groups of a row at once, "
    "not over rows. *: served worst. by chance: mean when groups are exchanged between clusters."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessRecord:
    """One run, and its groups by each attribute."""

    run: str
    model: str
    benchmark: str
    n: int
    n_clusters: int
    failed: int
    positive: str | None
    threshold: float | None
    threshold_from: str
    notes: tuple[str, ...]
    parities: tuple[Parity, ...]


def write_fairness(out: Path, plain: Mapping[str, Any], records: Sequence[FairnessRecord]) -> list[Path]:
    """Write `fairness.json`, `fairness.md` and `fairness.html` into a folder, or the one file that is named.

    Raises:
        UsageError: a file is named that ends otherwise.
        StoreError: a file cannot be written.
    """
    return write_forms(
        out,
        "fairness",
        {
            ".json": lambda: json.dumps(plain, ensure_ascii=False, indent=1) + "\n",
            ".md": lambda: markdown(records),
            ".html": lambda: html(_page(records)),
        },
    )


def render(records: Sequence[FairnessRecord]) -> list[RenderableType]:
    """All that a terminal shows."""
    from rich.text import Text

    shown: list[RenderableType] = []
    for record in records:
        shown.append(Text(_title(record), style="bold"))
        shown += [Text(line) for line in _head(record)]
        for each in record.parities:
            shown.append(Text(f"\n{_by(each)}", style="bold"))
            shown += [_table(VALUES, _lines(each)), _table(GAPS, _gaps(each))] if each.quantities else []
            shown += [Text(f"- {note}") for note in _remarks(each)]
        shown.append(Text(f"\n{EXPLAINED}\n", style="dim"))
    return shown


def markdown(records: Sequence[FairnessRecord]) -> str:
    """The same as GitHub-flavoured Markdown."""
    parts: list[str] = []
    for record in records:
        parts += [f"# Fairness: {escape(_title(record))}", *(escape(line) for line in _head(record))]
        for each in record.parities:
            parts.append(f"## {escape(_by(each))}")
            parts += [_grid(VALUES, _lines(each)), _grid(GAPS, _gaps(each))] if each.quantities else []
            if remarks := _remarks(each):
                parts.append("\n".join(f"- {escape(note)}" for note in remarks))
        parts.append(EXPLAINED)
    return "\n\n".join(parts) + "\n"


def _page(records: Sequence[FairnessRecord]) -> TablesPage:
    return TablesPage(
        kind="fairness", title="Groups of people compared", sections=sections(records), explained=EXPLAINED
    )


def sections(records: Sequence[FairnessRecord]) -> list[Section]:
    """A section for each run, then one for each of its attributes."""
    made: list[Section] = []
    for record in records:
        made.append(Section(title=_title(record), notes=_head(record)))
        made += [
            Section(
                title=_by(each),
                tables=[Grid(head=VALUES, lines=_lines(each)), Grid(head=GAPS, lines=_gaps(each))]
                if each.quantities
                else [],
                notes=_remarks(each),
            )
            for each in record.parities
        ]
    return made


def _title(record: FairnessRecord) -> str:
    return words.printable(f"{record.model} on {record.benchmark}")


def _head(record: FairnessRecord) -> list[str]:
    cut = "" if record.threshold is None else f"{words.number(record.threshold)}, "
    positive = "no question of two classes" if record.positive is None else f"positive: {record.positive}"
    return [
        f"{words.count(record.n)} rows, {words.count(record.n_clusters)} clusters; {positive}",
        f"threshold: {cut}{record.threshold_from}",
        *record.notes,
    ]


def _by(each: Parity) -> str:
    groups = ", ".join(f"{group.name} {words.count(group.n)}" for group in each.groups)
    return words.printable(f"by {each.attribute}: {groups}")


def _lines(each: Parity) -> list[Cells]:
    """A heading per quantity with its verdict, then a line per group."""
    lines: list[Cells] = []
    for quantity in each.quantities:
        if not quantity.contrasts:
            continue
        lines.append((words.printable(quantity.title), "", "", "", "", quantity.verdict))
        lines += [
            (
                _group(c.group, quantity),
                words.count(c.n),
                words.number(c.value),
                _reach(c.low, c.high),
                words.number(c.difference, sign=True),
                _reach(c.difference_low, c.difference_high, sign=True),
            )
            for c in quantity.contrasts
        ]
    return lines


def _group(name: str, quantity: Quantified) -> str:
    worst = " *" if name == quantity.worst and quantity.verdict == "differs" else ""
    return words.printable(f"  {name}{worst}")


def _gaps(each: Parity) -> list[Cells]:
    gaps = [quantity.gap for quantity in each.quantities if quantity.gap] + list(each.summaries)
    return [
        (
            gap.title,
            words.number(gap.value),
            _reach(gap.low, gap.high),
            words.number(gap.expected),
            words.p_value(gap.p),
        )
        for gap in gaps
    ]


def _remarks(each: Parity) -> list[str]:
    """Groups that are not compared, intervals not to rely on, and calibration errors beside chance."""
    small = [f"{group.name} ({group.n} rows)" for group in each.groups if not group.compared]
    remarks = [f"too few to compare: {', '.join(small)}"] if small else []
    for quantity in each.quantities:
        remarks += [f"{quantity.title}: {name} left out ({reason})" for name, reason in quantity.left_out]
        remarks += [f"{quantity.title}: {note}" for note in quantity.notes]
        remarks += [f"{quantity.title}: {quantity.method}"] if quantity.method.startswith("each") else []
    remarks += [
        f"expected calibration error of {c.group}: {words.number(c.value)}; perfect probabilities of so many "
        f"rows show {words.number(c.expected)}"
        for c in each.calibration
    ]
    return [words.printable(remark) for remark in (*remarks, *each.notes)]


def _reach(low: float | None, high: float | None, *, sign: bool = False) -> str:
    return words.ABSENT if low is None or high is None else words.interval(low, high, sign=sign)


def _table(head: Cells, lines: Sequence[Cells]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(head[0], overflow="fold")
    for name in head[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(*line, style="bold" if len(head) == len(VALUES) and not line[1] else None)
    return table


def _grid(head: Cells, lines: Sequence[Cells]) -> str:
    rows = [head, ("---",) + ("--:",) * (len(head) - 1), *(tuple(map(escape, line)) for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
