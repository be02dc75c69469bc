"""Comparisons that were judged together: on a terminal of 80 columns, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.compared import Compared, comparison_lines
from medassay.reporting.tables_page import Grid, Section, TablesPage, html

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from medassay.statistics.paired import Comparison

VERDICTS = {
    "A better": "win",
    "B better": "loss",
    "equivalent": "equivalent",
    "inconclusive": "inconclusive",
    "incomplete": "incomplete",
}
"""The verdict of the first side, in a word."""

_RESULT = ("slice", "rows", "clusters", "A", "B", "A − B", "95 % interval", "p", "verdict")
_HEAD = (*_RESULT, "alone", "p alone", "only A, only B right", "correlation")


def render_family(comparisons: Sequence[Compared], cautions: Sequence[str]) -> list[Table | Text]:
    """What should not be missed, a table per benchmark and pair, and how the verdicts were reached."""
    from rich.text import Text

    warned = [Text(words.printable(one), style="yellow") for one in cautions]
    tables = [_table(title, held) for title, held in _by_pair(comparisons)]
    return [*warned, *(part for table in tables for part in (table, Text())), Text(how(comparisons))]


def markdown_family(comparisons: Sequence[Compared], cautions: Sequence[str], paragraph: str) -> str:
    """The comparisons with all that stands beside them, and the paragraph for a paper."""
    parts = ["# Compared on the same rows"]
    parts += ["\n".join(f"- {words.printable(one)}" for one in cautions)] if cautions else []
    for title, held in _by_pair(comparisons):
        parts += [f"## {words.printable(title)}", _markdown_table(held)]
    parts += [how(comparisons), _notes(comparisons), "## In words", paragraph]
    return "\n\n".join(part for part in parts if part) + "\n"


def sections(comparisons: Sequence[Compared]) -> list[Section]:
    """A section with a table for each benchmark and pair."""
    return [
        Section(title=title, tables=[Grid(head=_HEAD, lines=[_cells(one) for one in held])])
        for title, held in _by_pair(comparisons)
    ]


def page_family(comparisons: Sequence[Compared], cautions: Sequence[str], paragraph: str) -> str:
    """The same as one HTML page."""
    tables = sections(comparisons)
    notes = Section(title="Notes", notes=[*cautions, *_remarks(comparisons)])
    words_of = Section(title="In words", text=paragraph)
    return html(
        TablesPage(
            kind="comparison",
            title="Compared on the same rows",
            sections=[*tables, *([notes] if notes.notes else []), words_of],
            explained=how(comparisons),
        )
    )


def how(comparisons: Sequence[Compared]) -> str:
    """One sentence on what the intervals and verdicts are."""
    family = comparisons[0].result.family
    if family == 1:
        return "Intervals are 95 % over clusters. Not significant is not equal: inconclusive."
    return (
        f"Intervals (95 %), p and verdicts hold for all {family} comparisons at once: max-T over resamples "
        "of clusters. Beside them what each would say alone. Not significant is not equal: inconclusive."
    )


def _by_pair(comparisons: Sequence[Compared]) -> Iterator[tuple[str, list[Compared]]]:
    for (benchmark, first, second, metric), held in groupby(
        comparisons, key=lambda c: (c.benchmark, c.first, c.second, c.result.metric)
    ):
        on = f"{benchmark}: " if benchmark else ""
        yield f"{on}{first} against {second}, {words.metric_name(metric)}", list(held)


def _table(title: str, held: Sequence[Compared]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(words.printable(title)),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("", overflow="fold")  # the one that gives way on a narrow terminal
    for name in ("rows", "A", "B", "A − B", "95 % interval", "p", "verdict"):
        table.add_column(name, justify="right", no_wrap=True)
    for compared in held:
        c = compared.result
        table.add_row(
            Text(words.printable(words.values_only(c.slice))),
            words.count(c.n),
            words.number(c.a),
            words.number(c.b),
            words.number(c.difference, sign=True),
            words.interval(c.low, c.high, sign=True),
            words.p_value(c.p),
            Text(VERDICTS[c.verdict], style="" if c.verdict == "inconclusive" else "bold"),
        )
        if c.alone is not None:
            alone = words.interval(c.alone.low, c.alone.high, sign=True)
            table.add_row("  alone", "", "", "", "", alone, words.p_value(c.alone.p), "", style="dim")
    return table


def _markdown_table(held: Sequence[Compared]) -> str:
    lines = [_line(_HEAD), _line(("---", *["--:"] * 7, "---", *["--:"] * 4))]
    return "\n".join([*lines, *(_line(_cells(compared)) for compared in held)])


def _cells(compared: Compared) -> Sequence[str]:
    c, line = compared.result, comparison_lines([compared])[0]
    alone = c.alone
    return (
        words.printable(c.slice),
        line.n,
        line.n_clusters,
        words.number(c.a),
        words.number(c.b),
        line.difference,
        line.interval,
        line.p,
        VERDICTS[c.verdict],
        words.interval(alone.low, alone.high, sign=True) if alone else words.ABSENT,
        words.p_value(alone.p) if alone else words.ABSENT,
        line.discordant,
        words.number(c.correlation),
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _notes(comparisons: Sequence[Compared]) -> str:
    return "\n".join(f"- {words.printable(one)}" for one in _remarks(comparisons))


def _remarks(comparisons: Sequence[Compared]) -> list[str]:
    """What is odd about single comparisons, once each."""
    return list(dict.fromkeys(f"{_named(c)}: {note}." for c in comparisons if (note := _odd(c.result))))


def _named(compared: Compared) -> str:
    return f"{compared.first} against {compared.second}, {compared.result.slice}"


def _odd(c: Comparison) -> str:
    missing = c.missing_a + c.missing_b
    return "; ".join(
        [
            *([f"{missing:,} rows missing on one side count as wrong there"] if missing else []),
            *([f"{c.failed:,} rows failed on a side"] if c.verdict == "incomplete" else []),
            *([c.note] if c.note else []),
        ]
    )
