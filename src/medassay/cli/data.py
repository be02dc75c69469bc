"""`medassay data`: what lies in a dataset, before any model is asked."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="Look at a dataset, or describe one.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="name@variant:option=value, or a YAML or CSV file.")]
Folder = Annotated[
    str | None,
    typer.Option("--data", "-d", metavar="[NAME=]DIR", help="The folder with the dataset's own files."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.command(epilog="Example: medassay data prepare vqa-rad --data DIR")
def prepare(
    name: Name,
    data: Folder = None,
    accept_counts: Annotated[
        bool, typer.Option("--accept-counts", help="Take splits that differ from the card; recorded.")
    ] = False,
    images: Annotated[bool, typer.Option("--images/--no-images", help="Read every image once.")] = True,
    as_json: AsJson = False,
) -> None:
    """Get a benchmark's files, count every split, and record what was found in medassay.lock."""
    from medassay.workflows.preparing import prepare as work

    held = work(name, data=data, accept_counts=accept_counts, images=images)
    typer.echo(json.dumps(held.to_json()) if as_json else held.text())
    raise typer.Exit(0 if held.ok else 1)
