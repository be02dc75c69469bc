"""How a command prints what it made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from medassay.reporting import Compared
    from medassay.workflows.results import Run

INCOMPLETE = 1


def say(text: str) -> None:
    """Print a line."""
    typer.echo(text)


def put(renderable: Any) -> None:
    """Print a table or a text of rich."""
    from rich.console import Console

    Console().print(renderable)


def print_runs(runs: Sequence[Run], comparisons: Sequence[Compared] = (), *, slices: bool = False) -> None:
    """Print what a terminal shows of runs and their comparisons."""
    from medassay.reporting.terminal import render
    from medassay.workflows.results import headline

    for renderable in render([headline(run) for run in runs], comparisons, with_slices=slices):
        put(renderable)


def print_result(result: Run, *, as_json: bool, slices: bool) -> None:
    """Print a run, and what its reader must not miss; exit 1 where it is incomplete."""
    if as_json:
        say(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        print_runs([result], slices=slices)
        if result.path:
            say(f"Report: {result.path / 'report.html'}")
    served = result.manifest.get("served", {}).get("models", {})
    if len(served) > 1:
        typer.echo(f"the server answered as more than one model: {', '.join(served)}", err=True)
    stated = result.manifest.get("n_stated")
    if stated not in {None, result.manifest["n"]}:
        typer.echo(
            f"{result.manifest['n']:,} samples, but the card says {stated:,}: see `medassay data prepare`",
            err=True,
        )
    for reason, count in result.manifest["failures"].items():
        typer.echo(f"failed {count} x {reason}", err=True)
    if not result.complete:
        raise typer.Exit(INCOMPLETE)
