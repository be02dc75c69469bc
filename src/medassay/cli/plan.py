"""`medassay plan`: what benchmarks can show, before a GPU is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, DataFolder, Split
from medassay.cli.printing import put, say


def plan(
    benchmarks: Annotated[
        list[str], typer.Argument(help="Names, or name@variant; or one suite, by name or file.")
    ],
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
    data_root: Annotated[
        Path | None, typer.Option("--data-root", help="Of a suite: a folder of each dataset's files.")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="NAME=VALUE", help="Of a suite: devices=8, teraflops=312, ..."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what benchmarks can show at 80 % power; of a suite: calls, tokens, hours and disk."""
    from medassay.workflows.suites import is_suite

    if len(benchmarks) == 1 and is_suite(benchmarks[0]):
        _suite(benchmarks[0], data_root, assume or [], as_json=as_json)
        return
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


def _suite(word: str, data_root: Path | None, assume: list[str], *, as_json: bool) -> None:
    from medassay.reporting.sections import render_sections
    from medassay.workflows.suites import Place, find_suite, plan_suite
    from medassay.workflows.suites.foretold import sections
    from medassay.workflows.suites.planned import assumed_of

    place = Place(suite=find_suite(word), out=Path("runs"), data_root=data_root)
    held = plan_suite(place, assumed_of(assume))
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    for shown in render_sections(sections(held)):
        put(shown)
