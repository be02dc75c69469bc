"""`medassay run`: ask a model every question of a benchmark."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

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
from medassay.cli.printing import print_result, say
from medassay.cli.progress import Display, stoppable
from medassay.cli.repeat import check_run
from medassay.cli.suite import run as run_suite
from medassay.cli.ways import print_ways
from medassay.errors import UsageError

_EITHER = {"permit", "as_json", "verbose", "data", "limit"}
_CHECKING = {"check", "model", *_EITHER}
_OF_A_SUITE = {"suite", "out", "dry_run", *_EITHER}


def run(
    context: typer.Context,
    suite: Annotated[
        Path | None,
        typer.Argument(
            metavar="SUITE.yaml", help="Instead: every cell of a suite; --data has its datasets by name."
        ),
    ] = None,
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
        _takes(context, _CHECKING, "--check RUN")
        check_run(check, model=model, data=data, limit=limit, permit=permit or (), as_json=as_json)
        return
    if suite is not None:
        if model or benchmark or out is None:
            raise UsageError("a suite names its models and benchmarks: medassay run SUITE.yaml --out FOLDER")
        _takes(context, _OF_A_SUITE, "SUITE.yaml")
        run_suite(
            str(suite),
            out=out,
            data_root=Path(data) if data else None,
            limit=limit,
            permit=permit,
            dry_run=dry_run,
            as_json=as_json,
        )
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


def _takes(context: typer.Context, known: set[str], what: str) -> None:
    """Refuse an option that would do nothing."""
    given = {
        name for name in context.params if str(context.get_parameter_source(name)).endswith("COMMANDLINE")
    }
    if strange := sorted(given - known):
        raise UsageError(f"medassay run {what} does not take --{strange[0].replace('_', '-')}")


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
