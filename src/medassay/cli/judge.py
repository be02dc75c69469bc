"""`medassay judge`: a model's verdicts on stored answers, and what they are worth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, Out, Permit
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.cli.progress import Display, stoppable
from medassay.errors import UsageError


def judge(
    runs: Annotated[list[Path], typer.Argument(help="Run folders: their stored answers.")],
    model: Annotated[str | None, typer.Option("--judge", "-j", help="The judge: any model.")] = None,
    rubric: Annotated[
        str,
        typer.Option("--rubric", "-r", help="What it is asked: see `medassay list rubrics`."),
    ] = "semantic",
    labels: Annotated[
        Path | None, typer.Option("--labels", help="CSV of people's labels: id, label (and rater).")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Judge this kind of samples only.")] = None,
    draw: Annotated[
        int | None, typer.Option("--draw", min=1, help="Write so many samples to label by hand into --out.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw, and of a judge that draws.")] = 0,
    permit: Permit = None,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help="Euros that a served judge may cost.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="The replies [default: .medassay/responses.db].")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Have a model judge the answers of runs, and correct its score by labels of people."""
    if draw is not None:
        _draw(runs, draw, out=out, seed=seed, only=only or (), permit=permit or (), model=model)
        return
    if model is None:
        raise UsageError("who shall judge? Name a model: --judge MODEL")
    from medassay.reporting.verdicts import render_panel
    from medassay.workflows.judging import judge as work

    with stoppable(), Display(quiet=as_json) as progress:
        progress.start(f"{model} judges under {rubric}")
        found = work(
            runs,
            judge=model,
            rubric=rubric,
            labels=labels,
            only=only or (),
            out=out,
            store=store,
            permit=permit or (),
            budget=budget,
            seed=seed,
            progress=progress.show,
        )
    if as_json:
        folders = [str(run.path) for run in found.runs]
        say(json.dumps({**found.panel.to_json(), "folders": folders}, ensure_ascii=False))
    else:
        for shown in render_panel(found.panel):
            put(shown)
        for run in found.runs:
            say(f"Report: {run.path}/report.html")
    if not found.complete:
        raise typer.Exit(INCOMPLETE)


def _draw(
    runs: Sequence[Path],
    samples: int,
    *,
    out: Path | None,
    seed: int,
    only: Sequence[str],
    permit: Sequence[str],
    model: str | None,
) -> None:
    from medassay.workflows.labelling import draw

    if out is None or model is not None:
        raise UsageError("--draw writes answers to label into --out FILE.csv, and asks no judge")
    lines = draw(runs, samples, out=out, seed=seed, only=only, permit=permit)
    say(f"{lines} answers to label in {out}: write 1 (right) or 0 (wrong) as the label; then --labels {out}")
