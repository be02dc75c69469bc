"""`medassay audit`: what published tables cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import put, say

app = typer.Typer(help="Check what others published.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Check what others published."""


@app.command(epilog="Example: medassay audit published tables.csv --json")
def published(
    tables: Annotated[
        Path | None, typer.Argument(help="CSV: source, table, model, ... [default: two papers].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check tables for parts outside the whole, decimals no n can give, results that repeat, and more."""
    from medassay.workflows.auditing_published import audit_published

    held = audit_published(tables)
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    for shown in held.render():
        put(shown)
