"""The command line: what it says and takes. What a command does is in `medassay.workflows`."""

from __future__ import annotations

import json
import logging
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
from medassay.cli.options import (
    AsJson,
    BenchmarkWord,
    DataFolder,
    Out,
    Permit,
    ProtocolWord,
    Slices,
    Split,
)
from medassay.cli.plan import plan
from medassay.cli.price import price
from medassay.cli.printing import INCOMPLETE, print_result, print_runs, put, say
from medassay.cli.progress import Display, stoppable
from medassay.cli.repeat import check_run
from medassay.cli.report import report
from medassay.cli.retrieval import retrieval
from medassay.cli.score import score
from medassay.cli.split import app as split_app
from medassay.cli.store import app as store_app
from medassay.cli.suite import app as suite_app
from medassay.cli.view import view
from medassay.cli.ways import print_ways, ways
from medassay.errors import MedassayError, UsageError

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


@app.command(
    epilog="Example: medassay run --model demo-vlm --benchmark vqa-rad --data DIR --out runs/first. "
    "Running again asks only for what is missing. Exit codes: 0 complete, 1 incomplete (failed rows), "
    "2 usage, 3 data, 4 model, 5 store, 6 missing package, 130 interrupted."
)
def run(
    model: Annotated[
        str,
        typer.Option("--model", "-m", help="A card, a folder, a hub id, an address, or module:attribute."),
    ] = "",
    benchmark: BenchmarkWord = "",
    data: DataFolder = None,
    out: Out = None,
    split: Split = None,
    protocol: ProtocolWord = "strict",
    solver: Annotated[
        str, typer.Option("--solver", help="A way of asking, with its options: `medassay list solvers`.")
    ] = "direct",
    controls: Annotated[
        bool, typer.Option("--controls", help="Ask with no, an empty and another picture too.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Take this many samples, chosen by hash.")
    ] = None,
    prompts: Annotated[
        int, typer.Option("--prompts", min=1, help="Wordings to choose from, on rows outside the test.")
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Of the selection and of sampling.")] = 0,
    max_tokens: Annotated[int | None, typer.Option("--max-tokens", min=1, help="Longest answer.")] = None,
    temperature: Annotated[float | None, typer.Option("--temperature", min=0, help="0 is greedy.")] = None,
    thinking: Annotated[
        bool | None, typer.Option("--thinking/--no-thinking", help="Before answering [default: the model's].")
    ] = None,
    permit: Permit = None,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help="Euros that a server may cost: it stops before.")
    ] = None,
    replicas: Annotated[
        int | None, typer.Option("--replicas", min=1, help="Copies of the model on Ray.")
    ] = None,
    gpus_per_replica: Annotated[
        float | None,
        typer.Option("--gpus-per-replica", min=0, help="For each copy [default: as its device]."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="The answers [default: .medassay/responses.db].")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and ask nothing.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say more, also in .medassay/medassay.log.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="RUN", help="Instead: ask a sample of a stored run again."),
    ] = None,
    slices: Slices = False,
    as_json: AsJson = False,
) -> None:
    """Ask a model every question of a benchmark and judge its answers."""
    _log(verbose)
    if check is not None:
        check_run(check, model=model, data=data, limit=limit, permit=permit or (), as_json=as_json)
        return
    if not model or not benchmark:
        raise UsageError("name a --model and a --benchmark, or a stored run with --check")
    asked = {"max_tokens": max_tokens, "temperature": temperature, "thinking": thinking}
    decoding = {name: value for name, value in asked.items() if value is not None}
    if dry_run:
        if controls:
            raise UsageError("--dry-run is of one run: --controls asks three times as much again")
        from medassay.workflows.planning import dry_run as estimate

        held = estimate(
            model=model,
            benchmark=benchmark,
            data=data,
            split=split,
            protocol=protocol,
            solver=solver,
            limit=limit,
            prompts=prompts,
            seed=seed,
        )
        say(json.dumps(held.to_json()) if as_json else held.text())
        return
    from medassay.workflows.results import Run
    from medassay.workflows.running import run as work
    from medassay.workflows.ways import run_with_controls

    with stoppable(), Display(quiet=as_json) as progress:
        progress.start(f"{model} on {benchmark}")
        result = (run_with_controls if controls else work)(
            model=model,
            benchmark=benchmark,
            data=data,
            split=split,
            protocol=protocol,
            solver=solver,
            decoding=decoding,
            limit=limit,
            prompts=prompts,
            seed=seed,
            out=out,
            store=store,
            progress=progress.show,
            permit=permit or (),
            budget=budget,
            replicas=replicas,
            gpus_per_replica=gpus_per_replica,
        )
    if isinstance(result, Run):
        print_result(result, as_json=as_json, slices=slices)
    else:
        print_ways(result, out=None, as_json=as_json)


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


def _log(verbose: bool) -> None:
    if not verbose:
        return
    path = Path(".medassay") / "medassay.log"
    path.parent.mkdir(exist_ok=True)
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(
        level=logging.DEBUG, format=form, handlers=[logging.FileHandler(path), logging.StreamHandler()]
    )
    for noisy in ("matplotlib", "PIL", "filelock", "urllib3", "httpx"):
        logging.getLogger(noisy).setLevel(logging.INFO)
