"""Words of the command line to things that can be run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.errors import DataError, UnknownName, UsageError
from medassay.types import Benchmark, Model, ModelCard, Sample, Solver, Where

ModelLike = str | Path | Model | Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A benchmark with where its files lie and the options it is loaded with."""

    benchmark: Benchmark
    where: Where
    options: Mapping[str, Any]

    def samples(self) -> Iterator[Sample]:
        """Stream the samples, from the start."""
        return self.benchmark.load(self.where, **self.options)

    @property
    def title(self) -> str:
        """The name, with the variant where one was chosen."""
        return self.benchmark.name + (f"@{self.where.variant}" if self.where.variant else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model with what it was called and its card, where it has one."""

    model: Model
    name: str
    word: str
    card: ModelCard | None = None


def resolve_benchmark(
    benchmark: str | Benchmark,
    *,
    data: str | Path | None = None,
    split: str | None = None,
    fetch: bool = True,
) -> Task:
    """Find a benchmark and its files.

    `data` is a folder, or "NAME=FOLDER"; without it `$MEDASSAY_DATA/NAME` is looked at, then (if `fetch`)
    the files are downloaded and locked.

    Raises:
        UsageError: an unknown name, variant, split or option.
        DataError: the folder is missing, or there is none and nothing can be fetched.
    """
    word = registry.parse(benchmark) if isinstance(benchmark, str) else registry.Word(name=benchmark.name)
    held: Benchmark = registry.find("benchmark", word.name) if isinstance(benchmark, str) else benchmark
    if word.variant is not None and word.variant not in held.variants:
        raise UnknownName("variant", word.variant, held.variants)
    split = split or held.splits[0]
    if split not in held.splits:
        raise UsageError(f"{held.name} has no split {split!r}: it has {', '.join(held.splits)}")
    where = Where(root=_root(held, data), split=split, variant=word.variant)
    if where.root is None and fetch and held.source != "generated":
        from medassay.lock import fetch as download

        where = replace(where, root=download(held, where))
    options = registry.arguments(held.load, word.options, what=held.name)
    return Task(benchmark=held, where=where, options=options)


def resolve_model(model: ModelLike) -> Named:
    """Find and load a model: a card's name, a folder, a hub id, `module:attribute`, or the thing itself.

    Raises:
        UsageError: nothing is called so, or an option does not fit.
        ModelError: it cannot be loaded.
    """
    from medassay import models

    if isinstance(model, (str, Path)):
        return _named_model(str(model))
    return _own(model, getattr(model, "__name__", type(model).__name__), options={}) if models else None  # type: ignore[return-value]


def resolve_solver(solver: str | Solver) -> tuple[Solver, str]:
    """Find a solver; returns it with the word that goes into the protocol."""
    if not isinstance(solver, str):
        return solver, f"{solver.__module__}:{getattr(solver, '__qualname__', type(solver).__name__)}"
    word = registry.parse(solver)
    held = registry.find("solver", word.name)
    if word.options:
        raise UsageError(f"the solver {word.name!r} has no options")
    return held, solver
