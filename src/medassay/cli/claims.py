"""`medassay claims`: claims about groups of models, with models and datasets as random effects."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.errors import UsageError


class Contrast(StrEnum):
    """What is claimed."""

    group = "group"
    domain = "domain"
    adaptation = "adaptation"
    scale = "scale"


def claims(
    contrast: Annotated[
        Contrast,
        typer.Option("--contrast", help="Of generalists, of the models' domain, of adaptation, of size."),
    ],
    given: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[CSV | RUN...]", help="A table, or run folders [default: two papers]."),
    ] = None,
    levels: Annotated[
        str | None, typer.Option("--levels", metavar="A,B", help="The sides: what A has more than B.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", help="[default: all of a table, the headline of runs].")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="FIELD=VALUE", help="Only such scores; FIELD!=VALUE: only others."),
    ] = None,
    relations: Annotated[
        Path | None, typer.Option("--relations", help="CSV: model, benchmark, relation (for the domain).")
    ] = None,
    margin: Annotated[
        float | None, typer.Option("--margin", help="The largest effect that does not matter.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge claims about groups of models over benchmarks: win, loss, equivalent or inconclusive."""
    from medassay.reporting.claims import render_claims
    from medassay.workflows.contrasting import Condition, Question
    from medassay.workflows.group_claims import group_claims

    question = Question(
        contrast=contrast.value,
        levels=_sides(levels),
        metric=metric,
        where=[Condition.read(word) for word in where or ()],
        relations=relations,
        margin=margin,
    )
    held = group_claims(given or (), question)
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
    else:
        for shown in render_claims(held):
            put(shown)
    if not all(one.complete for one in held.claims):
        raise typer.Exit(INCOMPLETE)


def _sides(levels: str | None) -> tuple[str, str] | None:
    if levels is None:
        return None
    first, *rest = (word.strip() for word in levels.split(","))
    if len(rest) != 1 or not first or not rest[0] or first == rest[0]:
        raise UsageError(f"--levels {levels}: give two, as in --levels fine-tuned,zero-shot")
    return first, rest[0]
