"""`medassay data`: what lies in a dataset, before any model is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.errors import UsageError

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


@app.command(epilog="Example: medassay data new photos --out my.yaml")
def new(
    source: Annotated[Path, typer.Argument(help="A table, or a folder of images.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The YAML to write [default: by the source's name].")
    ] = None,
) -> None:
    """Write a commented first description of a table or a folder by looking at it."""
    from medassay.workflows.describing import new as work

    written = work(source, out)
    typer.echo(f"wrote {written}: read it, then `medassay data check {written}`")


@app.command(epilog="Example: medassay data check my.yaml")
def check(
    path: Annotated[Path, typer.Argument(help="A YAML description, or a table whose header says enough.")],
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="Where its paths begin [default: its own folder].")
    ] = None,
    every_image: Annotated[
        bool, typer.Option("--every-image", help="Open every image, not a few of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a description of your own data was understood to mean, and all that is wrong with it."""
    from medassay.workflows.describing import check as work

    held = work(path, data=data, every_image=every_image)
    typer.echo(json.dumps(held.to_json(), ensure_ascii=False) if as_json else held.text())
    raise typer.Exit(0 if held.ok else 1)


@app.command(epilog="Example: medassay data audit vqa-rad --data DIR --out audit.html")
def audit(
    names: Annotated[list[str], typer.Argument(help="One benchmark, or several with --across.")],
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="[NAME=]DIR", help="Its folder; with several, one for each."),
    ] = None,
    between: Annotated[
        bool, typer.Option("--across", help="Look for each test in the others' and in models' training.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write a page with the images.")] = None,
    permit: Annotated[
        list[str] | None, typer.Option("--permit", help="report: show data that must not leave.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look for leaks, duplicates and giveaways before any number is believed."""
    from medassay.workflows import auditing

    folders, permitted = data or [], permit or ()
    if between:
        held = auditing.across(names, data=folders, out=out, permit=permitted)
    elif len(names) > 1 or len(folders) > 1:
        raise UsageError("an audit looks at one benchmark; to compare several: --across")
    else:
        held = auditing.audit(names[0], data=next(iter(folders), None), out=out, permit=permitted)
    typer.echo(json.dumps(held.to_json(), ensure_ascii=False) if as_json else held.text())
    if out is not None and not as_json:
        typer.echo(f"Page: {out}")
