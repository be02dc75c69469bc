"""`medassay retrieval`: what retrieved texts did to answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import put, say


def retrieval(
    without: Annotated[Path, typer.Argument(help="The run without retrieval.")],
    runs: Annotated[list[Path], typer.Argument(help="Runs with it, the fewest texts first.")],
    risk: Annotated[
        float | None, typer.Option("--risk", help="Choose the last that turns no more right answers wrong.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether retrieval helped or hurt, how much it was relied on, and how much of it is safe."""
    from medassay.reporting.retrieval import render
    from medassay.workflows.retrieval import retrieval as work

    found = work(without, runs, risk=risk)
    if as_json:
        say(json.dumps(found.to_json(), ensure_ascii=False))
        return
    lines = [(e.way, e.texts, e.helped, e.hurt, e.relied) for e in found.effects]
    for part in render(f"Against {found.without}", lines, found.verdict):
        put(part)
