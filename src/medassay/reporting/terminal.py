"""The numbers on a terminal of 80 columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from medassay.reporting import arrange, cost, manifest, words
from medassay.reporting.compared import Compared, comparison_lines, sentence
from medassay.reporting.prompts import prompt_table
from medassay.reporting.record import RunRecord
from medassay.types import Estimate

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_NUMBERS = ("value", "95 % interval", "chance", "constant", "rows", "clusters", "unscored")


def render(
    records: Sequence[RunRecord], comparisons: Sequence[Compared] = (), *, with_slices: bool = False
) -> list[Table | Text]:
    """All that is printed of runs, in order: the tables, what is incomplete, the comparisons."""
    from rich.text import Text

    unfinished = [headline_text(r) for r in records if manifest.incomplete(r)]
    compared = [comparison_text(c, records) for c in comparisons]
    tables = [estimates_table(record, with_slices=with_slices) for record in records]
    worded = [part for record in records for part in prompt_parts(record)]
    taken = [Text(said) for record in records for said in cost.sentences(record.manifest)]
    return [*(part for table in tables for part in (table, Text())), *worded, *taken, *unfinished, *compared]


def estimates_table(record: RunRecord, *, with_slices: bool = False) -> Table:
    """A table of a run that fits 80 columns: its headline in bold; slices on request.

    What is undefined, as AUROC is for a model that gives no probabilities, is counted below.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=_title(record),
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("", overflow="fold")  # the one that gives way on a narrow terminal
    for name in _columns(record):
        table.add_column(name, justify="right", no_wrap=True)
    _add_run(table, record, with_slices)
    return table


def prompt_parts(record: RunRecord) -> list[Table | Text]:
    """The wordings of a run that was asked in several, with what they come to below; else nothing."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    held = prompt_table(record)
    if held is None:
        return []
    table = Table(
        title=f"Wordings, on the rows that choose: {held.metric}",
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("")
    for name in ("value", "95 % interval", "rows", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for line in held.lines:
        mark = "chosen" if line.chosen else ""
        table.add_row(line.name, line.value, line.interval, line.rows, mark)
    return [table, *(Text(words.printable(sentence)) for sentence in held.sentences)]


def headline_text(record: RunRecord) -> Text:
    """One line: model on benchmark, the primary number with its interval, and whether it is final."""
    from rich.text import Text

    estimate = arrange.headline(record)
    said = f"{words.metric_name(estimate.metric)} {words.value_line(estimate)}" if estimate else "no estimate"
    text = Text.assemble((words.printable(manifest.title(record)), "bold"), ": ", said)
    problem = manifest.problem(record, estimate)
    return text.append(f"  INCOMPLETE: {problem}", style="yellow") if problem else text


def comparison_text(compared: Compared, records: Sequence[RunRecord] = ()) -> Text:
    """One line: who against whom, the paired difference with its interval, p and the verdict."""
    from rich.text import Text

    return Text(words.printable(sentence(comparison_lines([compared], records)[0])))


def _columns(record: RunRecord) -> list[str]:
    """Of chance and the constant report those that there are; chance where there is neither."""
    there = set(arrange.baselines(record.estimates)) & {"chance", "constant"} or {"chance"}
    return [name for name in _NUMBERS if name in there or name not in {"chance", "constant"}]


def _title(record: RunRecord) -> Text:
    from rich.text import Text

    return Text(words.printable(manifest.title(record)))


def _add_run(table: Table, record: RunRecord, with_slices: bool) -> None:
    from rich.text import Text

    primary, whole = arrange.headline(record), arrange.overall(record)
    lines = _lines(whole) if whole else []
    for line in (line for line in lines if math.isfinite(line.estimate.value)):
        _add(
            table,
            f"{line.name} {words.values_only(line.of)}".rstrip(),
            line.estimate,
            bold=line.estimate is primary,
        )
    for part in arrange.slices(record) if with_slices else ():
        table.add_row(Text(words.printable(part.caption), style="italic"))
        for line in _lines(part):
            _add(table, f"  {line.name}", line.estimate)
    undefined = Counter(line.name for line in lines if not math.isfinite(line.estimate.value))
    if undefined:
        table.caption = "Undefined: " + ", ".join(f"{n} x {name}" for name, n in undefined.items())
    if manifest.incomplete(record):
        table.add_row(Text("INCOMPLETE: not final", style="yellow"))


def _lines(table: arrange.Table) -> list[arrange.Line]:
    return [line for block in table.blocks for line in block.lines]


def _add(table: Table, name: str, estimate: Estimate, *, bold: bool = False) -> None:
    from rich.text import Text

    shown: dict[str, str | Text] = {
        "value": words.number(estimate.value),
        "95 % interval": words.ABSENT
        if estimate.low is None
        else words.interval(estimate.low, estimate.high),
        "chance": words.number(estimate.chance),
        "constant": words.number(estimate.constant),
        "rows": words.count(estimate.n),
        "clusters": words.count(estimate.n_clusters),
        "unscored": Text(
            words.count(estimate.unscored), style="yellow" if estimate.counts.get("failed") else ""
        ),
    }
    heads = [str(column.header) for column in table.columns[1:]]
    table.add_row(Text(words.printable(name), style="bold" if bold else ""), *(shown[head] for head in heads))
