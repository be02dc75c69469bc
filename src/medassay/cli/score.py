"""`medassay score`: answers that exist, judged again or for the first time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from medassay.cli.imported import print_imported
from medassay.cli.options import AsJson, DataFolder, Out, Permit, Slices, Split
from medassay.cli.printing import INCOMPLETE, print_result, put, say
from medassay.errors import UsageError


def score(
    runs: Annotated[list[Path] | None, typer.Argument(help="Run folders: their stored answers.")] = None,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="name@variant:option=value, or a file.")
    ] = None,
    predictions: Annotated[
        list[Path] | None,
        typer.Option("--predictions", "-p", help="Answers made elsewhere: a file or folder for each model."),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="The form of the answers [default: told by the content].")
    ] = None,
    allow_cut: Annotated[
        bool, typer.Option("--allow-cut", help="Leave out a last line that is cut off.")
    ] = False,
    data: DataFolder = None,
    out: Out = None,
    split: Split = None,
    name: Annotated[str | None, typer.Option("--name", help="What made the answers.")] = None,
    protocol: Annotated[
        str, typer.Option("--protocol", help="Published rules: NAME, NAME+bugs, several with commas, or all.")
    ] = "strict",
    permit: Permit = None,
    slices: Slices = False,
    as_json: AsJson = False,
) -> None:
    """Judge answers that exist: of runs, or made elsewhere; under one protocol, or under all of them."""
    made_elsewhere: dict[str, Any] = {"benchmark": benchmark, "data": data, "split": split}
    if runs and (predictions or form or any(value is not None for value in made_elsewhere.values())):
        raise UsageError("give run folders, or --benchmark and --predictions, not both")
    if not runs and (benchmark is None or not predictions):
        raise UsageError("nothing to judge: name run folders, or give --benchmark and --predictions")
    if name and len(predictions or ()) > 1:
        raise UsageError("--name is of one model: give one --predictions, or leave --name away")
    made_elsewhere |= {"format": form or "", "allow_cut": allow_cut}
    if protocol.strip() == "all" or "," in protocol:
        elsewhere = [{**made_elsewhere, "name": name, "predictions": path} for path in predictions or ()]
        _several(runs or (), elsewhere, protocol, out, as_json=as_json)
    elif runs:
        options = {"protocol": protocol, "out": out, "permit": permit or ()}
        _runs(runs, options, slices=slices, as_json=as_json)
    else:
        options = {"protocol": protocol, "out": out, "permit": permit or ()}
        _files(predictions or [], {**made_elsewhere, **options}, name, slices=slices, as_json=as_json)


def _several(
    runs: Sequence[Path],
    elsewhere: Sequence[Mapping[str, Any]],
    protocol: str,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """One line per protocol, and what explains the spread."""
    from medassay.reporting.rulings import markdown_rulings, render_rulings
    from medassay.workflows import ruling, scoring

    words = ruling.words_of(protocol)
    held = [ruling.stored(folder) for folder in runs] or [scoring.answers(**one) for one in elsewhere]
    found = [ruling.rule(answers, words) for answers in held]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "protocols.md").write_text(markdown_rulings(found), encoding="utf-8")
        (out / "protocols.json").write_text(
            json.dumps([r.to_json() for r in found], indent=2) + "\n", "utf-8"
        )
    if as_json:
        say(json.dumps([r.to_json() for r in found], ensure_ascii=False))
        return
    for shown in render_rulings(found):
        put(shown)


def _runs(runs: Sequence[Path], options: Mapping[str, Any], *, slices: bool, as_json: bool) -> None:
    from medassay.workflows.ruling import score_run

    if options["out"] is not None and len(runs) > 1:
        raise UsageError("--out holds one run: give one run folder, or leave --out away")
    for folder in runs:
        print_result(score_run(folder, **options), as_json=as_json, slices=slices)


def _files(
    predictions: Sequence[Path], options: Mapping[str, Any], name: str | None, *, slices: bool, as_json: bool
) -> None:
    from medassay.workflows import scoring

    if len(predictions) == 1:
        results = [scoring.score(predictions=predictions[0], name=name, **options)]
    else:
        results = scoring.score_each(predictions, **options)
    for result in results:
        print_imported(result.manifest["predictions"], as_json=as_json)
    incomplete = False
    for result in results:
        try:
            print_result(result, as_json=as_json, slices=slices)
        except typer.Exit:
            incomplete = True
    if incomplete:
        raise typer.Exit(INCOMPLETE)
