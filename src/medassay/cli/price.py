"""`medassay price`: schemes held to the vote of single calls that costs the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import INCOMPLETE, put, say


def price(
    votes: Annotated[Path, typer.Argument(help="The folder of a run of self-consistency.")],
    schemes: Annotated[list[Path], typer.Argument(help="Run folders of schemes, of the same model.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder, or a file that ends in .html or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold schemes to self-consistency at the same calls and tokens."""
    from medassay.reporting.price import page, render
    from medassay.reporting.tables_page import write_forms
    from medassay.workflows.price import price as work

    found = work(votes, schemes)
    held = json.dumps(found.to_json(), ensure_ascii=False)
    if out is not None:
        write_forms(out, "price", {".json": lambda: held + "\n", ".html": lambda: page(found.shown)})
    if as_json:
        say(held)
    else:
        for part in render(found.shown):
            put(part)
    if not found.complete:
        raise typer.Exit(INCOMPLETE)
