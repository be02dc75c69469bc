"""Several runs as one table, models by benchmarks, before it is LaTeX or Markdown.

A column is one protocol: runs of another stand in another column. A value is marked as among the best only
where the runs of its column were compared pair by pair and it is not significantly worse than the best.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from medassay.reporting import words
from medassay.reporting.arrange import headline
from medassay.reporting.manifest import asked, incomplete, model_name, protocol_id
from medassay.reporting.record import RunRecord
from medassay.types import Estimate

BEST = (
    "Bold: the best of its column and all that a paired test (95 %, uncorrected for many pairs) does "
    "not find worse than it. Columns without bold have one run, incomplete ones, or runs that do not compare."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown, with its interval; `best` marks it, `note` is the number of its footnote."""

    value: str
    interval: str
    best: bool
    note: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a head, lines of a name and a cell for each column (None: no run), and footnotes from 1."""

    head: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    notes: tuple[str, ...]
    closing: str  # what the marks mean; "" where nothing is marked


def grid(records: Sequence[RunRecord], best: Collection[str] = ()) -> Grid:
    """The headlines of the runs as a table.

    Args:
        records: the runs, in the order in which models and benchmarks are to stand.
        best: the ids of the runs that are marked.
    """
    shown = [(record, estimate) for record in records if (estimate := headline(record))]
    columns = list(dict.fromkeys(protocol_id(record) for record, _ in shown))
    titles = _titles(shown)
    lines: dict[str, dict[str, Cell]] = {}
    notes: list[str] = []
    for record, estimate in shown:
        column, name, run = protocol_id(record), model_name(record), str(record.manifest["id"])
        if column in lines.get(name, {}):
            name = f"{name} (run {run[:8]})"
        note = _note(record, estimate)
        notes += [] if note in notes else [note]
        cell = Cell(
            value=words.number(estimate.value),
            interval=words.interval(estimate.low, estimate.high),
            best=run in best,
            note=notes.index(note) + 1,
        )
        lines.setdefault(name, {})[column] = cell
    return Grid(
        head=("model", *(titles[column] for column in columns)),
        lines=tuple((name, tuple(held.get(c) for c in columns)) for name, held in lines.items()),
        notes=tuple(notes),
        closing=BEST if best else "",
    )


def _titles(shown: Sequence[tuple[RunRecord, Estimate]]) -> Mapping[str, str]:
    """A title for each protocol; with the first of its id where two would read the same."""
    titles = {
        protocol_id(record): ", ".join((asked(record), words.metric_name(e.metric), *_part(e)))
        for record, e in shown
    }
    said = list(titles.values())
    return {
        key: f"{title} (protocol {key[:8]})" if said.count(title) > 1 else title
        for key, title in titles.items()
    }


def _part(estimate: Estimate) -> tuple[str, ...]:
    return () if estimate.slice == "all" else (estimate.slice,)


def _note(record: RunRecord, estimate: Estimate) -> str:
    """The rows behind a number, by status, and what it stands beside."""
    unit = record.benchmark.cluster
    by = "" if unit == "unknown" else f" by {unit}"
    counts = ", ".join(
        f"{words.count(estimate.counts.get(status, 0))} {status}"
        for status in ("unparsed", "refused", "failed")
    )
    reach = words.bounds(estimate)
    said = [
        f"{words.count(estimate.n)} rows in {words.count(estimate.n_clusters)} clusters{by}: {counts}",
        *([f"incomplete: {reach}" if reach else "incomplete"] if incomplete(record) else []),
        *([f"chance {words.number(estimate.chance)}"] if estimate.chance is not None else []),
        *([f"majority {words.number(estimate.majority)}"] if estimate.majority is not None else []),
        *([f"95 % interval by {estimate.method}"] if estimate.low is not None else []),
        *([estimate.note] if estimate.note else []),
        f"protocol {protocol_id(record)[:12]}",
    ]
    return "; ".join(said) + "."
