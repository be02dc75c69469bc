"""`medassay store`: the answers that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Look after response stores.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Look after response stores."""


@app.command(epilog="Example: medassay store merge .medassay/responses.db other-host/responses.db")
def merge(
    into: Annotated[Path, typer.Argument(help="The store that takes in the others; made if missing.")],
    others: Annotated[list[Path], typer.Argument(help="Stores of other machines.")],
) -> None:
    """Take the answers of other stores into one; what is there already stays."""
    from medassay.store import Store

    with Store(into) as held:
        for other in others:
            typer.echo(f"{other}: {held.merge(other):,} answers came")
