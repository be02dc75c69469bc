"""`medassay ways`: ways of asking one model, with what they take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import INCOMPLETE, put, say

if TYPE_CHECKING:
    from medassay.workflows.ways import Ways


def ways(
    runs: Annotated[list[Path], typer.Argument(help="Run folders of one model; the first is the measure.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder, or a file that ends in .html or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare ways of asking one model: score, difference, calls and tokens."""
    from medassay.workflows.ways import ways as work

    print_ways(work(runs), out=out, as_json=as_json)


def print_ways(found: Ways, *, out: Path | None, as_json: bool) -> None:
    """Print the comparison, and write it where that is wanted; exit 1 where a run is incomplete."""
    from medassay.reporting.tables_page import write_forms
    from medassay.reporting.ways import page, render

    held = json.dumps(found.to_json(), ensure_ascii=False)
    if out is not None:
        write_forms(
            out, "ways", {".json": lambda: held + "\n", ".html": lambda: page(found.title, found.lines)}
        )
    if as_json:
        say(held)
    else:
        for part in render(found.title, found.lines):
            put(part)
    if not found.complete:
        raise typer.Exit(INCOMPLETE)
