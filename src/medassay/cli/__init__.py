"""The command line: what it says and takes. What a command does is in `medassay.workflows`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay import __version__
from medassay.cli.audit import app as audit_app
from medassay.cli.claims import claims
from medassay.cli.compare import compare
from medassay.cli.data import app as data_app
from medassay.cli.doctor import doctor
from medassay.cli.export import export
from medassay.cli.extract import extract
from medassay.cli.fairness import fairness
from medassay.cli.grid import app as adapt_app
from medassay.cli.judge import judge
from medassay.cli.label import app as label_app
from medassay.cli.options import AsJson, DataFolder
from medassay.cli.plan import plan
from medassay.cli.price import price
from medassay.cli.printing import INCOMPLETE, print_runs, put, say
from medassay.cli.progress import Display, stoppable
from medassay.cli.report import report
from medassay.cli.retrieval import retrieval
from medassay.cli.run import run
from medassay.cli.score import score
from medassay.cli.split import app as split_app
from medassay.cli.store import app as store_app
from medassay.cli.study import app as study_app
from medassay.cli.suite import app as suite_app
from medassay.cli.view import view
from medassay.cli.ways import ways
from medassay.errors import MedassayError

app = typer.Typer(
    name="medassay",
    help="Evaluate, adapt and audit medical vision-language models.",
    epilog="First steps: `medassay demo`, then `medassay list`.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(store_app, name="store")
app.add_typer(data_app, name="data")
app.add_typer(audit_app, name="audit")
app.add_typer(split_app, name="split")
app.add_typer(label_app, name="label")
app.add_typer(suite_app, name="suite")
app.add_typer(study_app, name="study")
app.add_typer(adapt_app, name="adapt")


class Listing(StrEnum):
    """What `medassay list` can show."""

    benchmarks = "benchmarks"
    models = "models"
    solvers = "solvers"
    metrics = "metrics"
    protocols = "protocols"
    rubrics = "rubrics"
    recipes = "recipes"
    rewards = "rewards"


class Template(StrEnum):
    """What `medassay new` can write."""

    benchmark = "benchmark"
    model = "model"
    metric = "metric"
    solver = "solver"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"medassay {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Evaluate, adapt and audit medical vision-language models."""


@app.command(epilog="Example: medassay demo --out runs/demo")
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write.")] = Path("runs/demo"),
) -> None:
    """Evaluate the shipped models on the built-in benchmark and compare them."""
    from medassay.workflows.demonstration import demo as work

    with stoppable(), Display(quiet=False) as progress:
        result = work(out=out, progress=progress.show, started=progress.start)
    print_runs(result.runs, result.comparisons)
    say("The blind run asks the same questions without the image: what is left is what the words give away.")
    say(f"Report: {result.report}")


@app.command("list", epilog="Example: medassay list benchmarks")
def list_(
    what: Annotated[Listing | None, typer.Argument(help="One kind of things [default: all].")] = None,
) -> None:
    """Show which benchmarks, models, solvers, metrics, protocols, rubrics, recipes and rewards there are."""
    from medassay.workflows.catalogue import tables

    for table in tables(what.value if what else None):
        put(table)


@app.command(epilog="Example: medassay show vqa-rad --data DIR")
def show(
    name: Annotated[str, typer.Argument(help="A benchmark, model, protocol, metric or rubric.")],
    data: DataFolder = None,
) -> None:
    """Print a card; for a benchmark also one sample on its way through all stages."""
    from medassay.workflows.catalogue import show as work

    put(work(name, data=data))


app.command(
    epilog="Example: medassay run --model demo-vlm --benchmark vqa-rad --data DIR --out runs/first. "
    "Running again asks only for what is missing. Exit codes: 0 complete, 1 incomplete (failed rows), "
    "2 usage, 3 data, 4 model, 5 store, 6 missing package, 130 interrupted."
)(run)
app.command(
    epilog="Example: medassay score runs/first --protocol all; "
    "medassay score --benchmark vqa-rad --data DIR --predictions answers.jsonl"
)(score)


@app.command(epilog="Example: medassay check phantom; medassay check FOLDER")
def check(
    benchmark: Annotated[
        str | None, typer.Argument(help="A benchmark or a model [default: all benchmarks there are].")
    ] = None,
    data: DataFolder = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="A model, asked of the benchmark.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the contracts that every benchmark and every model must hold."""
    from medassay.workflows.checks import check as work

    held = work(benchmark=benchmark, data=data, model=model)
    say(json.dumps(held.to_json()) if as_json else held.text())
    raise typer.Exit(0 if held.ok else INCOMPLETE)


app.command(epilog="Example: medassay doctor runs; medassay doctor .medassay/responses.db")(doctor)
app.command(epilog="Example: medassay report runs/first runs/second --out report")(report)
app.command(epilog="Example: medassay compare runs/first runs/second --by organ --margin .02")(compare)
app.command(epilog="Example: medassay retrieval runs/direct runs/rag-1 runs/rag-4 --risk .05")(retrieval)
app.command(epilog="Example: medassay ways runs/direct runs/cot runs/self-consistency")(ways)
app.command(epilog="Example: medassay price runs/self-consistency runs/debate runs/ucagents")(price)
app.command(epilog="Example: medassay claims --contrast group --where part=zero-shot --margin .02")(claims)
app.command(epilog="Example: medassay plan vqa-rad slake --difference .02")(plan)
app.command(epilog="Example: medassay judge runs/first --judge MODEL --rubric semantic --only open")(judge)
app.command(epilog="Example: medassay export runs/first runs/second --to latex")(export)
app.command(epilog="Example: medassay view runs; medassay view runs/demo --export site")(view)
app.command(epilog="Example: echo 'It is (B).' | medassay extract --options 'A=cyst;B=none'")(extract)
app.command(epilog="Example: medassay fairness runs/first --by sex --by age_group --intersections")(fairness)


@app.command(epilog="Example: medassay new benchmark my-hospital-vqa")
def new(
    what: Annotated[Template, typer.Argument(help="What to write.")],
    name: Annotated[str, typer.Argument(help="Its name, in-kebab-case.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where.")] = Path(),
) -> None:
    """Write a first file for a benchmark, model, metric or solver, with a test that passes."""
    from medassay.workflows.scaffold import new as work

    for path in work(what.value, name, folder=folder):
        say(f"wrote {path}")


def main() -> None:
    """Run the command line; an error of ours is one line and an exit code, never a traceback."""
    try:
        app()
    except MedassayError as error:
        typer.echo(f"medassay: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `medassay list | head`
        sys.stderr.close()
