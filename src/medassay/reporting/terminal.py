"""The numbers on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medassay.reporting import arrange, manifest, words
from medassay.reporting.compared import comparison_lines, sentence
from medassay.reporting.record import RunRecord

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from medassay.statistics.paired import Comparison

_NAME_WIDTH = 26


def estimates_table(records: Sequence[RunRecord], *, with_slices: bool = False) -> Table:
    """A table of at most 80 columns: one section per run, its headline first; slices on request."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, caption_justify="left")
    table.add_column("", max_width=_NAME_WIDTH, overflow="ellipsis", no_wrap=True)
    for name in ("value", "95 % interval", "chance", "rows", "clusters", "unscored"):
        table.add_column(name, justify="right", no_wrap=True)
    for record in records:
        _add_run(table, record, with_slices)
    return table


def headline_text(record: RunRecord) -> Text:
    """One line: model on benchmark, the primary number with its interval, and whether it is final."""
    from rich.text import Text

    estimate = arrange.headline(record)
    said = f"{words.metric_name(estimate.metric)} {words.value_line(estimate)}" if estimate else "no estimate"
    text = Text.assemble((words.printable(manifest.title(record)), "bold"), ": ", said)
    problem = manifest.problem(record, estimate)
    return text.append(f"  INCOMPLETE: {problem}", style="yellow") if problem else text


def comparison_text(comparison: Comparison, records: Sequence[RunRecord] = ()) -> Text:
    """One line: who against whom, the paired difference with its interval, p and the verdict."""
    from rich.text import Text

    return Text(words.printable(sentence(comparison_lines([comparison], records)[0])))


def _add_run(table: Table, record: RunRecord, with_slices: bool) -> None:
    from rich.text import Text

    table.add_row(Text(words.printable(manifest.title(record)), style="bold"))
    blocks = [arrange.overall(record), *(arrange.slices(record) if with_slices else [])]
    primary = arrange.headline(record)
    for block in blocks:
        for line in (line for part in block.blocks for line in part.lines) if block else ():
            e = line.estimate
            name = f"  {line.name} {line.of}".rstrip()
            table.add_row(
                Text(words.printable(name), style="bold" if e is primary else ""),
                words.number(e.value),
                words.interval(e.low, e.high) if e.low is not None else words.ABSENT,
                words.number(e.chance),
                words.count(e.n),
                words.count(e.n_clusters),
                Text(words.count(e.unscored), style="yellow" if e.counts.get("failed") else ""),
            )
    if manifest.incomplete(record):
        table.add_row(Text("  INCOMPLETE: not final", style="yellow"))
    table.add_section()
