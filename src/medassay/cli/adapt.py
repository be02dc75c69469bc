"""`medassay adapt`: learn from a benchmark's training part, then measure against the original."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, BenchmarkWord, DataFolder
from medassay.cli.printing import put, say
from medassay.errors import UsageError


class Shared(StrEnum):
    """What happens where the training part shares samples, images or patients with the test part."""

    stop = "stop"
    drop = "drop"
    allow = "allow"


def adapt(
    recipe: Annotated[str, typer.Argument(help="name@preset:option=value, such as linear-probe.")],
    model: Annotated[str, typer.Option("--model", "-m", help="A card, a folder or a hub id.")],
    benchmark: BenchmarkWord,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder that will load as a model.")],
    data: DataFolder = None,
    outside: Annotated[
        list[str] | None,
        typer.Option("--outside", metavar="WORD[=DIR]", help="Out of domain: measure there too; repeatable."),
    ] = None,
    shared: Annotated[
        Shared, typer.Option("--shared", help="Where train shares images or patients with test.")
    ] = Shared.stop,
    share: Annotated[
        float, typer.Option("--validation", min=0.01, max=0.9, help="Share of train where there is no part.")
    ] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="Of the validation draw and of training.")] = 0,
    store: Annotated[
        Path | None, typer.Option("--store", help="The answers [default: .medassay/responses.db].")
    ] = None,
    features: Annotated[
        Path | None, typer.Option("--features", help="Vectors of images [default: .medassay/features].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Adapt a model to a benchmark's training part, and compare it with the original on the test part."""
    from medassay.reporting.adapted import render
    from medassay.workflows.adapting import adapt as work

    held = work(
        recipe,
        model=model,
        benchmark=benchmark,
        data=data,
        out=out,
        outside=[_place(word) for word in outside or ()],
        shared=shared.value,
        share=share,
        seed=seed,
        store=store,
        features=features,
    )
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    family = held.comparison
    cautions = [*(family.cautions if family else ()), *held.notes]
    for shown in render(held.training, family.comparisons if family else (), cautions):
        put(shown)
    say(f"Model: {out}")


def _place(word: str) -> tuple[str, str | None]:
    """`WORD=DIR`, where WORD may itself hold options: the last part that is a folder is the folder."""
    name, equals, folder = word.rpartition("=")
    if equals and Path(folder).expanduser().is_dir():
        return name, folder
    if "/" in folder:
        raise UsageError(f"--outside {word}: {folder} is no folder")
    return word, None
