"""`medassay adapt grid`: a matrix of adaptations; and how a word after `adapt` is a recipe or `grid`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from medassay.cli.adapt import adapt
from medassay.cli.options import AsJson, Permit
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.cli.progress import stoppable

_RECIPE = "RECIPE"


class RecipeOrCommand(TyperGroup):
    """A group whose first word may be a recipe, which is the usual case: its help comes first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command of recipes before words that name no command."""
        asks = bool(args) and args[0] in ctx.help_option_names
        if args and not asks and args[0] not in self.commands:
            args = [_RECIPE, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help of recipes, then the other commands."""
        self.commands[_RECIPE].format_help(ctx, formatter)
        self.format_commands(ctx, formatter)


app = typer.Typer(
    cls=RecipeOrCommand,
    help="Adapt a model to a benchmark's training part, and compare it with the original.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command(
    _RECIPE,
    hidden=True,
    epilog="Example: medassay adapt linear-probe --model demo-clip --benchmark pneumoniamnist --data DIR "
    "--out probe; then medassay run --model probe. Recipes take options: linear-probe:balanced=true",
)(adapt)


@app.command(
    epilog="Example: medassay adapt grid grid.yaml --out matrix; docs/adapting.md shows a file. Given again "
    "it skips what is done. Exit: 0 all cells done, 1 some are not, 2 usage, 3 the file, 130 interrupted."
)
def grid(
    file: Annotated[Path, typer.Argument(metavar="GRID.YAML", help="A file `kind: adapt-grid`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of all cells and the report.")],
    replicas: Annotated[
        int | None, typer.Option("--replicas", min=1, help="So many cells at once, on Ray.")
    ] = None,
    gpus_per_replica: Annotated[
        float | None,
        typer.Option("--gpus-per-replica", min=0, help="For each [default: 1 if there are any]."),
    ] = None,
    permit: Permit = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is done and what is not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Models by recipes by datasets by shares of the data by seeds, and one report of them all."""
    from medassay.reporting.grid_page import render
    from medassay.workflows.grids import Place, Share, gather, read_grid, run_grid, survey, write_report

    place = Place(
        grid=read_grid(file),
        out=out,
        permit=permit or (),
        share=Share(replicas, gpus_per_replica) if replicas else None,
        ended=lambda cell: typer.echo(f"{cell.title}: {cell.status} {cell.reason}".rstrip(), err=True),
    )
    if dry_run:
        report = gather(place.grid, out, survey(place))
    else:
        with stoppable():
            report = write_report(place, run_grid(place))
    if as_json:
        say(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        for shown in render(report):
            put(shown)
        if not dry_run:
            say(f"Report: {out / 'report.html'}")
    if not report.complete and not dry_run:
        raise typer.Exit(INCOMPLETE)
