"""What benchmarks can show, before a model is asked anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.errors import UsageError
from medassay.statistics.planned import Assumed, Power, power_of
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Sample
from medassay.workflows.resolve import find_benchmark, needs_files, resolve_benchmark
from medassay.workflows.results import JSON_SCHEMA_VERSION

ITEM = "item"
"""What a card says where every sample is a cluster of its own."""


def plan_power(
    benchmarks: Sequence[str],
    assumed: Assumed | None = None,
    *,
    data: str | Path | None = None,
    split: str | None = None,
) -> list[Power]:
    """A line for each benchmark as its card counts it; with its files, measured, and each headline's rows.

    Args:
        benchmarks: words, name@variant.
        assumed: of the models and rows.
        data: the folder of the files, "NAME=FOLDER" of several benchmarks; else the card's counts.
        split: of the benchmarks; the first of each by default.

    Raises:
        UsageError: an unknown name, or a card without counts and no files.
        DataError: the files are damaged.
    """
    assumed = assumed or Assumed()
    named = str(data).partition("=")[0] if data is not None and "=" in str(data) else None
    if data is not None and named is None and len(benchmarks) > 1:
        raise UsageError("--data DIR is of one benchmark: say which, as in --data slake=DIR")
    found: list[Power] = []
    for word in benchmarks:
        card = find_benchmark(registry.parse(word).name)
        own = data if data is not None and named in {None, card.name} else None
        if own is not None or not needs_files(card):
            found += _measured(word, assumed, own, split)
        else:
            found += _carded(word, card, assumed, split)
    return found


def to_json(found: Sequence[Power], assumed: Assumed) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "schema_version": JSON_SCHEMA_VERSION,
        "assumed": asdict(assumed),
        "benchmarks": [asdict(one) for one in found],
    }


def _measured(word: str, assumed: Assumed, data: str | Path | None, split: str | None) -> Iterator[Power]:
    """The rows of the files, all and as each measure of the card counts them."""
    task = resolve_benchmark(word, data=data, split=split).without_pictures()
    wheres = {_named(where): where for where in ({}, *(m.where for m in task.benchmark.measures))}
    sizes: dict[str, Counter[str]] = {name: Counter() for name in wheres}
    for sample in task.samples():
        cluster = sample.cluster if sample.cluster != UNKNOWN_CLUSTER else f"\0{sample.id}"
        for name, where in wheres.items():
            if all(_tag(sample, tag) == value for tag, value in where.items()):
                sizes[name][cluster] += 1
    for name, held in sizes.items():
        if held:
            yield power_of(task.title, name, sum(held.values()), assumed, sizes=list(held.values()))


def _named(where: Mapping[str, str]) -> str:
    return ", ".join(f"{tag}={value}" for tag, value in where.items()) or "all"


def _tag(sample: Sample, name: str) -> str | None:
    return sample.kind if name == "kind" else sample.tags.get(name)


def _carded(word: str, card: Benchmark, assumed: Assumed, split: str | None) -> Iterator[Power]:
    """The counts of the card; clusters taken to be of one size."""
    word_variant, split = registry.parse(word).variant, split or card.splits[0]
    keys = [key for key in card.counts if key.rpartition("/")[2] == split]
    chosen = [key for key in keys if word_variant in {None, key.rpartition("/")[0]}]
    if not chosen:
        held = ", ".join(card.counts) or "nothing"
        raise UsageError(f"{word}: its card counts {held}, not {split!r}: give --data, or another --split")
    for key in chosen:
        n, variant = card.counts[key], key.rpartition("/")[0]
        clusters = n if card.cluster == ITEM else card.clusters.get(key)
        title = f"{card.name}@{variant}" if variant else card.name
        if clusters is None:
            note = f"how many rows share {card.cluster} is not on the card: give --data"
            yield power_of(title, "all", n, assumed, note=note)
        else:
            sizes = [n // clusters + (i < n % clusters) for i in range(clusters)]
            even = "clusters taken to be of one size: give --data for theirs" if clusters < n else ""
            yield power_of(title, "all", sum(sizes), assumed, sizes=sizes, note=even)
