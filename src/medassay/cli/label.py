"""`medassay label`: what people say of a draw of questions, and what that says of a split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, DataFolder, Permit
from medassay.cli.printing import INCOMPLETE, put, say

app = typer.Typer(
    help="Have two readers label a draw of questions, and hold a split to it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Tags = Annotated[Path, typer.Option("--tags", help="The tags of `medassay split make`.")]


@app.command(
    "make", epilog="Example: medassay label make vqa-rad --data DIR --tags tags.csv --out a.csv b.csv"
)
def make(
    benchmark: Annotated[str, typer.Argument(help="Its name.")],
    tags: Tags,
    out: Annotated[tuple[Path, Path], typer.Option("--out", "-o", help="A sheet for each reader (CSV).")],
    data: DataFolder = None,
    n: Annotated[int, typer.Option("--n", min=2, help="How many questions.")] = 150,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw and of the orders.")] = 0,
    permit: Permit = None,
    as_json: AsJson = False,
) -> None:
    """Draw questions by the classifier's probability, into two sheets that do not tell it."""
    from medassay.workflows.validating import make_sheets as work

    count = work(benchmark, data=data, tags=tags, n=n, out=out, seed=seed, permit=permit or ())
    if as_json:
        say(json.dumps({"n": count, "sheets": [str(path) for path in out], "seed": seed}))
        return
    say(f"{count} questions in {out[0]} and {out[1]}; what the words mean is in the .md beside each.")
    say(f"When both are labelled: medassay label read {out[0]} {out[1]} --tags {tags} --out labels.csv")


@app.command("read", epilog="Example: medassay label read a.csv b.csv --tags tags.csv --out labels.csv")
def read(
    first: Annotated[Path, typer.Argument(help="One reader's sheet.")],
    second: Annotated[Path, typer.Argument(help="The other's.")],
    tags: Tags,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the labels (CSV).")],
    adjudicated: Annotated[
        Path | None, typer.Option("--adjudicated", help="The sheet of what was open, labelled.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agreement of two readers; when all is settled, what the classifier is worth here.

    Exit code 1 while questions are open: they are in a sheet beside --out, to be labelled by a third reader
    or by both together.
    """
    from medassay.reporting.split import render_validation
    from medassay.workflows.validating import read_sheets as work
    from medassay.workflows.validating import third_sheet

    found = work((first, second), tags=tags, out=out, adjudicated=adjudicated)
    if as_json:
        say(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        for shown in render_validation(found.to_json()):
            put(shown)
        say(f"Label {third_sheet(out)}, then --adjudicated it." if found.open else f"Labels: {out}")
    if found.open:
        raise typer.Exit(INCOMPLETE)
