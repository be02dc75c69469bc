"""`medassay export`: results for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """What can be written."""

    inspect = "inspect"
    lm_eval = "lm-eval"
    every_eval_ever = "every-eval-ever"
    model_index = "model-index"
    latex = "latex"
    markdown = "markdown"


def export(
    runs: Annotated[list[Path], typer.Argument(help="Run folders.")],
    to: Annotated[Form, typer.Option("--to", help="The form.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A folder [default: exported], or for a text the file."),
    ] = None,
    with_images: Annotated[
        bool, typer.Option("--with-images", help="Put the images into the log (inspect).")
    ] = False,
    permit: Annotated[
        list[str] | None, typer.Option("--permit", help="'export': let rows out that must not leave.")
    ] = None,
) -> None:
    """Write runs as an inspect log, lm-eval results, an Every Eval Ever record, or a table."""
    from medassay.workflows.exporting import export as work

    held = work(runs, to=to.value, out=out, with_images=with_images, permit=permit or ())
    if held.text:
        typer.echo(held.text, nl=False)
    for path in held.files:
        typer.echo(f"wrote {path}")
    for name in held.withheld:
        typer.echo(f"the rows of {name} stay here: --permit export lets them out", err=True)
