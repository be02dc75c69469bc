"""The numbers on a terminal of 80 columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from medassay.reporting import arrange, cost, manifest, words
from medassay.reporting.compared import Compared, comparison_lines, sentence
from medassay.reporting.prompts import prompt_table
from medassay.reporting.record import RunRecord
from medassay.types import Estimate

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_BOTH = "baseline: chance, or one constant report"


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
        show_edge=False,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("", overflow="fold")  # the one that gives way on a narrow terminal
    whole, parts = arrange.overall(record), arrange.slices(record) if with_slices else []
    for name in ("value", "95 % interval", *_baselines((whole, *parts)), "rows", "clusters", "unscored"):
        table.add_column(name, justify="right", no_wrap=True)
    _add_run(table, record, whole, parts)
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


def _baselines(tables: Iterable[arrange.Table | None]) -> tuple[str, ...]:
    """The column of what it takes to know nothing: a class by chance, words by a constant report."""
    estimates = [line.estimate for table in tables for line in _lines(table)]
    there = arrange.baselines([e for e in estimates if math.isfinite(e.value)])
    there = tuple(name for name in there if name != "majority")
    return ("baseline",) if len(there) > 1 else there  # no metric has both, and 80 columns have no room


def _title(record: RunRecord) -> Text:
    from rich.text import Text

    return Text(words.printable(manifest.title(record)))


def _add_run(
    table: Table, record: RunRecord, whole: arrange.Table | None, parts: Sequence[arrange.Table]
) -> None:
    from rich.text import Text

    primary, lines = arrange.headline(record), _lines(whole)
    for line in (line for line in lines if math.isfinite(line.estimate.value)):
        _add(
            table,
            f"{line.name} {words.values_only(line.of)}".rstrip(),
            line.estimate,
            bold=line.estimate is primary,
        )
    for part in parts:
        table.add_row(Text(words.printable(part.caption), style="italic"))
        for line in _lines(part):
            _add(table, f"  {line.name}", line.estimate)
    undefined = Counter(line.name for line in lines if not math.isfinite(line.estimate.value))
    captions = [_BOTH] if "baseline" in (column.header for column in table.columns) else []
    if undefined:
        captions.append("Undefined: " + ", ".join(f"{n} x {name}" for name, n in undefined.items()))
    table.caption = "\n".join(captions) or None
    if manifest.incomplete(record):
        table.add_row(Text("INCOMPLETE: not final", style="yellow"))


def _lines(table: arrange.Table | None) -> list[arrange.Line]:
    return [line for block in table.blocks for line in block.lines] if table else []


def _add(table: Table, name: str, estimate: Estimate, *, bold: bool = False) -> None:
    from rich.text import Text

    shown: dict[str, str | Text] = {
        "value": words.number(estimate.value),
        "95 % interval": words.ABSENT
        if estimate.low is None
        else words.interval(estimate.low, estimate.high),
        "chance": words.number(estimate.chance),
        "constant": words.number(estimate.constant),
        "baseline": words.number(estimate.constant if estimate.chance is None else estimate.chance),
        "rows": words.count(estimate.n),
        "clusters": words.count(estimate.n_clusters),
        "unscored": Text(
            words.count(estimate.unscored), style="yellow" if estimate.counts.get("failed") else ""
        ),
    }
    heads = [str(column.header) for column in table.columns[1:]]
    table.add_row(Text(words.printable(name), style="bold" if bold else ""), *(shown[head] for head in heads))
