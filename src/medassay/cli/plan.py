"""`medassay plan`: what benchmarks can show, before a GPU is used."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from medassay.cli.options import AsJson, DataFolder, Split
from medassay.cli.printing import put, say


def plan(
    benchmarks: Annotated[list[str], typer.Argument(help="Names, or name@variant.")],
    accuracy: Annotated[float, typer.Option("--accuracy", help="Of a model, about.")] = 0.6,
    discordant: Annotated[
        float, typer.Option("--discordant", help="The share of rows that only one of two has right.")
    ] = 0.2,
    rho: Annotated[float, typer.Option("--rho", help="The correlation of two rows of one cluster.")] = 0.2,
    difference: Annotated[
        float | None, typer.Option("--difference", help="Say how many rows it takes to find this one.")
    ] = None,
    margin: Annotated[
        float | None, typer.Option("--margin", help="Say how many rows equivalence within it takes.")
    ] = None,
    data: DataFolder = None,
    split: Split = None,
    as_json: AsJson = False,
) -> None:
    """Say what differences benchmarks can show at 80 % power, and how many rows a claim needs."""
    from medassay.reporting.power import render_power
    from medassay.statistics.planned import Assumed
    from medassay.workflows.planning_power import plan_power, to_json

    assumed = Assumed(
        accuracy=accuracy, discordant=discordant, correlation=rho, difference=difference, margin=margin
    )
    found = plan_power(benchmarks, assumed, data=data, split=split)
    if as_json:
        say(json.dumps(to_json(found, assumed)))
        return
    for shown in render_power(found, assumed):
        put(shown)
