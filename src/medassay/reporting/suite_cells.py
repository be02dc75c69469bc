"""What became of the cells of a suite, or would: a line each, with numbered reasons below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from medassay.reporting import words

if TYPE_CHECKING:
    from rich.console import RenderableType

Status = Literal["complete", "incomplete", "failed", "lacking", "would run", "would go on", "cannot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one cell. `lacking`: no command can run its setting yet; `cannot`: what it needs is not here.

    `n` are its samples where they are known, `run` its folder, below the suite's.
    """

    setting: str
    benchmark: str
    model: str
    status: Status
    reason: str = ""
    n: int | None = None
    run: str | None = None


def to_json(suite: str, cells: Sequence[Outcome]) -> dict[str, Any]:
    """What `--json` prints, and `cells.json` holds."""
    return {"schema_version": 1, "suite": suite, "cells": [asdict(cell) for cell in cells]}


def render_cells(cells: Sequence[Outcome]) -> Iterator[RenderableType]:
    """The cells on a terminal of 80 columns, and how many there are of each status."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in ("model", "benchmark", "setting", "status"):
        table.add_column(name, overflow="fold")
    table.add_column("samples", justify="right", no_wrap=True)
    table.add_column("")
    reasons = list(dict.fromkeys(cell.reason for cell in cells if cell.reason))
    for cell in cells:
        mark = f"({reasons.index(cell.reason) + 1})" if cell.reason else ""
        names = (Text(words.printable(name)) for name in (cell.model, cell.benchmark, cell.setting))
        table.add_row(*names, cell.status, words.count(cell.n), mark)
    yield table
    yield from (Text(f"({i}) {words.printable(reason)}") for i, reason in enumerate(reasons, 1))
    statuses = [cell.status for cell in cells]
    yield Text(", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses)) + ".")
