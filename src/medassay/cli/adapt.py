"""`medassay adapt`: learn from a benchmark's training part, then measure against the original."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medassay.cli.options import AsJson, BenchmarkWord, DataFolder, Permit
from medassay.cli.printing import put, say
from medassay.cli.progress import Display, stoppable
from medassay.errors import UsageError

if TYPE_CHECKING:
    from medassay.workflows.adapting.parts import Cut


class Shared(StrEnum):
    """What happens where the training part shares samples, images or patients with the test part."""

    stop = "stop"
    drop = "drop"
    allow = "allow"


class Sharding(StrEnum):
    """How a model lies over several processes: a copy each, DeepSpeed ZeRO-3, PyTorch FSDP2."""

    ddp = "ddp"
    zero3 = "zero3"
    fsdp = "fsdp"


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
    shots: Annotated[
        str | None,
        typer.Option("--shots", help="A learning curve: examples of each class, as in 1,2,4,8,16."),
    ] = None,
    fraction: Annotated[
        float, typer.Option("--fraction", help="Of the training clusters; smaller ones are part of larger.")
    ] = 1.0,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="TAG=VALUE", help="Learn from samples with this tag; repeatable."),
    ] = None,
    replay: Annotated[
        float, typer.Option("--replay", help="With --only: other samples for each one that has the tags.")
    ] = 0.0,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Trainings for each number of shots.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Of the validation draw and of training.")] = 0,
    store: Annotated[
        Path | None, typer.Option("--store", help="The answers [default: .medassay/responses.db].")
    ] = None,
    features: Annotated[
        Path | None, typer.Option("--features", help="Vectors of images [default: .medassay/features].")
    ] = None,
    report_to: Annotated[
        list[str] | None,
        typer.Option("--report-to", help="Of sft and its kin: tensorboard, trackio or wandb; repeatable."),
    ] = None,
    processes: Annotated[
        int,
        typer.Option("--processes", min=1, help="Of sft and its kin: how many train, a GPU each."),
    ] = 1,
    sharding: Annotated[
        Sharding, typer.Option("--sharding", help="How the model is laid over them.")
    ] = Sharding.ddp,
    permit: Permit = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Adapt a model to a benchmark's training part, and compare it with the original on the test part."""
    cut = _cut(shared, share, fraction, only or (), replay, seed)
    if shots is not None:
        if outside:
            raise UsageError(
                "--outside is for one adapted model; a curve of --shots is judged on the benchmark"
            )
        _curve(
            recipe,
            as_json=as_json,
            shots=_counts(shots),
            seeds=seeds,
            model=model,
            benchmark=benchmark,
            data=data,
            out=out,
            cut=cut,
            features=features,
        )
        return
    from medassay.reporting.adapted import render
    from medassay.workflows.adapting import adapt as work
    from medassay.workflows.adapting.launching import Launch
    from medassay.workflows.adapting.tracking import Tracking

    with stoppable(), Display(quiet=quiet) as display:
        display.start(recipe)
        held = work(
            recipe,
            model=model,
            benchmark=benchmark,
            data=data,
            out=out,
            outside=[_place(word) for word in outside or ()],
            cut=cut,
            store=store,
            features=features,
            tracking=Tracking(report_to=tuple(report_to or ()), progress=display.learn),
            permit=permit or (),
            launch=Launch(processes=processes, sharding=sharding.value),
        )
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    family = held.comparison
    cautions = [*(family.cautions if family else ()), *held.notes]
    for shown in render(held.training, family.comparisons if family else (), cautions):
        put(shown)
    say(f"Model: {out}")


def _cut(shared: Shared, share: float, fraction: float, only: Sequence[str], replay: float, seed: int) -> Cut:
    from medassay.workflows.adapting.parts import Cut

    pairs = [word.partition("=") for word in only]
    if missing := next((word for word, pair in zip(only, pairs, strict=True) if not pair[1]), None):
        raise UsageError(f"--only {missing}: write TAG=VALUE, as in --only specialty=histology")
    tags = {tag: value for tag, _, value in pairs}
    return Cut(shared=shared.value, share=share, fraction=fraction, only=tags, replay=replay, seed=seed)


def _curve(recipe: str, *, as_json: bool, **options: Any) -> None:
    from medassay.reporting.learning_curve import render
    from medassay.workflows.adapting.shots import learning_curve

    held = learning_curve(recipe, **options)
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
        return
    for shown in render(f"{recipe} on {held.model}, {held.benchmark}", held.points):
        put(shown)
    say(f"Models: {held.folder / 'heads'}")


def _counts(shots: str) -> list[int]:
    try:
        counts = [int(word) for word in shots.split(",")]
    except ValueError:
        counts = [0]
    if min(counts) < 1:
        raise UsageError(f"--shots {shots}: give numbers of examples, as in --shots 1,2,4,8,16")
    return counts


def _place(word: str) -> tuple[str, str | None]:
    """`WORD=DIR`, where WORD may itself hold options: the last part that is a folder is the folder."""
    name, equals, folder = word.rpartition("=")
    if equals and Path(folder).expanduser().is_dir():
        return name, folder
    if "/" in folder:
        raise UsageError(f"--outside {word}: {folder} is no folder")
    return word, None
