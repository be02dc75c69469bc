"""`medassay suite`: the tables of a paper as a grid of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medassay.cli.options import AsJson, Permit
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.cli.progress import Display, stoppable

if TYPE_CHECKING:
    from medassay.reporting.suite_cells import Outcome

app = typer.Typer(
    help="Run the tables of a paper: models by benchmarks by settings.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
SuiteWord = Annotated[str, typer.Argument(metavar="SUITE", help="demo, how-far, ..., or a YAML file.")]
Folder = Annotated[Path, typer.Option("--out", "-o", help="The folder of all its runs.")]


class Format(StrEnum):
    """What the tables can be written as."""

    terminal = "terminal"
    markdown = "markdown"
    latex = "latex"


@app.command(
    "run",
    epilog="Example: medassay suite run demo --out runs/demo-suite; medassay suite run how-far --data-root "
    "DATA --out runs/how-far --models lingshu-7b --dry-run. Running again goes on. Exit codes: 0 all cells "
    "complete but those whose setting cannot be run yet, 1 some failed or incomplete, 2 usage, 3 the file, "
    "5 the folder, 130 interrupted.",
)
def run(
    suite: SuiteWord,
    out: Folder,
    data_root: Annotated[
        Path | None, typer.Option("--data-root", help="A folder of a dataset's files by its name.")
    ] = None,
    models: Annotated[str, typer.Option("--models", help="Only these, with commas.")] = "",
    benchmarks: Annotated[str, typer.Option("--benchmarks", help="Only these, with commas.")] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Take this many samples of each benchmark.")
    ] = None,
    permit: Permit = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be run, and ask nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run every cell that is not complete, each model loaded once; what fails does not stop the rest."""
    from medassay.reporting.suite_cells import to_json
    from medassay.workflows.suites import Place, find_suite, run_suite, survey

    held = find_suite(suite)
    chosen = {"models": _words(models), "benchmarks": _words(benchmarks)}
    if dry_run:
        foreseen = survey(Place(suite=held, out=out, data_root=data_root, limit=limit), **chosen)
        _print(to_json(held.name, foreseen), foreseen, as_json=as_json)
        return
    with stoppable(), Display(quiet=as_json) as progress:
        place = Place(
            suite=held,
            out=out,
            data_root=data_root,
            limit=limit,
            permit=permit or (),
            started=progress.start,
            progress=progress.show,
        )
        ran = run_suite(place, **chosen)
    _print(ran.to_json(), ran.cells, as_json=as_json)
    if not ran.ok:
        raise typer.Exit(INCOMPLETE)


@app.command(
    "report",
    epilog="Example: medassay suite report demo --out runs/demo-suite. A run that "
    "`medassay run` or `medassay score --predictions` put into SETTING/BENCHMARK/MODEL is reported too.",
)
def report(
    suite: SuiteWord,
    out: Folder,
    form: Annotated[Format, typer.Option("--format", help="How the tables are written.")] = Format.terminal,
    as_json: AsJson = False,
) -> None:
    """Print the paper's tables: ours with interval and n, what the paper prints, and what is not alike."""
    from medassay.exporters import latex
    from medassay.exporters.suite_tables import grid_of
    from medassay.reporting.overview_markdown import leaderboard
    from medassay.reporting.suite import render
    from medassay.workflows.suites import find_suite, report_suite

    held = report_suite(find_suite(suite), out)
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
    elif form is Format.terminal:
        for shown in render(held):
            put(shown)
    else:
        write = leaderboard if form is Format.markdown else latex.text
        say("\n".join(write(grid_of(table, held.differs)) for table in held.tables))


def _print(whole: dict[str, Any], cells: Sequence[Outcome], *, as_json: bool) -> None:
    from medassay.reporting.suite_cells import render_cells

    if as_json:
        say(json.dumps(whole, ensure_ascii=False))
        return
    for shown in render_cells(cells):
        put(shown)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
