"""`medassay report`: judge stored answers again, and write what is to be read of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, Permit, Slices
from medassay.cli.printing import print_runs, say
from medassay.errors import UsageError


class Kind(StrEnum):
    """For whom a report is."""

    results = "results"
    validation = "validation"


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, and folders of learning curves.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where [default: the run's own folder].")
    ] = None,
    kind: Annotated[
        Kind, typer.Option("--kind", help="validation: of one run, for a hospital, by a --plan.")
    ] = Kind.results,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="YAML: intended use, endpoint, subgroups, limits.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="A tag by which people are grouped: their gaps.")
    ] = None,
    tags: Annotated[
        list[Path] | None, typer.Option("--tags", help="CSV of `split make`: reasoning, understanding.")
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
    if (kind is Kind.validation) != (plan is not None):
        raise UsageError("--kind validation and --plan FILE go together (docs/reports.md shows a plan)")
    if plan is not None:
        _validate(runs, plan=plan, out=out, permit=permit or (), as_json=as_json)
        return
    from medassay.workflows.reports import report as work

    result = work(
        runs,
        out=out,
        permit=permit or (),
        errata=errata,
        report_metrics=[name.strip() for name in report_metrics.split(",") if name.strip()],
        radeval=radeval,
        by=by or (),
        tags=tags or (),
        radar=radar,
    )
    if as_json:
        say(json.dumps(result.to_json(), ensure_ascii=False))
        return
    print_runs(result.runs, result.comparisons, slices=slices)
    say(f"Report: {result.report}")


def _validate(
    runs: Sequence[Path], *, plan: Path, out: Path | None, permit: Collection[str], as_json: bool
) -> None:
    from medassay.workflows.validation import validate

    if len(runs) != 1:
        raise UsageError("a validation report is of one run: name one folder")
    found = validate(runs[0], plan=plan, out=out or runs[0], permit=permit)
    if as_json:
        say(json.dumps(found.to_json(), ensure_ascii=False))
        return
    say(found.validation.verdict)
    say(f"Report: {found.files[0]}")
