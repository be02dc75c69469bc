"""`medassay fairness`: groups of people compared within runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import put, say


def fairness(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    by: Annotated[
        list[str],
        typer.Option("--by", help="A tag (sex), or several with commas for their cells; repeatable."),
    ],
    intersections: Annotated[
        bool, typer.Option("--intersections", help="Compare pairs of attributes together too.")
    ] = False,
    validation: Annotated[
        Path | None, typer.Option("--validation", help="A run on other samples: sets the threshold.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Stated beforehand [default: answers as scored].")
    ] = None,
    positive: Annotated[
        str | None, typer.Option("--positive", help="The positive class [default: yes, or second of two].")
    ] = None,
    pool: Annotated[
        bool, typer.Option("--pool", help="A model's runs on variants of a benchmark are one.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder, or a file that ends in .html, .md or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare groups of people: AUROC, accuracy, error rates, calibration, who is served worst."""
    from medassay.reporting.fairness import render
    from medassay.workflows.fairness import fairness as work

    held = work(
        runs,
        by=by,
        intersections=intersections,
        validation=validation,
        threshold=threshold,
        positive=positive,
        pool=pool,
        out=out,
    )
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    for shown in render(held.records):
        put(shown)
