"""`medassay view`: look at runs in a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import say


def view(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or folders that hold some.")],
    export: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Write the pages as files instead.")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; only who has the printed token is answered.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8421,
    permit: Annotated[
        list[str] | None,
        typer.Option("--permit", help="'export': show or write rows that must not leave."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Leaderboard, rows with their images, two models side by side, review by people."""
    from medassay.workflows.viewing import export as write
    from medassay.workflows.viewing import serve

    if export is None:
        serve(runs, host=host, port=port, permit=permit or (), ready=lambda at: _ready(at, as_json))
        return
    held = write(runs, export, permit=permit or ())
    if as_json:
        say(json.dumps({"schema_version": 1, "page": str(held.page), "withheld": held.withheld}))
        return
    say(f"wrote {held.page}: any web server shows it (python -m http.server -d {held.page.parent})")
    for name in held.withheld:
        typer.echo(f"the rows of {name} stay here: --permit export lets them out", err=True)


def _ready(address: str, as_json: bool) -> None:
    say(json.dumps({"schema_version": 1, "address": address}) if as_json else f"{address}  (Ctrl-C ends)")
