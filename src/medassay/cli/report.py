"""`medassay report`: judge stored answers again, and write what is to be read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, Permit, Slices
from medassay.cli.printing import print_runs, say


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, and folders of learning curves.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where [default: the run's own folder].")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="A tag by which people are grouped: their gaps.")
    ] = None,
    radar: Annotated[bool, typer.Option("--radar", help="Draw the headlines round a circle too.")] = False,
    permit: Permit = None,
    errata: Annotated[
        Path | None, typer.Option("--errata", help="YAML with corrections of the key [default: ours].")
    ] = None,
    report_metrics: Annotated[
        str, typer.Option("--report-metrics", help="RadEval's, with commas: radgraph,f1chexbert.")
    ] = "",
    radeval: Annotated[
        str | None, typer.Option("--radeval", help="The Python of RadEval's environment.")
    ] = None,
    slices: Slices = False,
    as_json: AsJson = False,
) -> None:
    """Judge the stored rows of runs again and write their report; with several, compare them."""
    from medassay.workflows.reports import report as work

    result = work(
        runs,
        out=out,
        permit=permit or (),
        errata=errata,
        report_metrics=[name.strip() for name in report_metrics.split(",") if name.strip()],
        radeval=radeval,
        by=by or (),
        radar=radar,
    )
    if as_json:
        say(json.dumps(result.to_json(), ensure_ascii=False))
        return
    print_runs(result.runs, result.comparisons, slices=slices)
    say(f"Report: {result.report}")
