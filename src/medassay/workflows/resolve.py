"""A benchmark and its files, by what the user calls them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medassay import judges, lock, protocols, registry
from medassay.errors import DataError, UnknownName, UsageError
from medassay.types import Benchmark, Metric, Sample, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A benchmark with where its files lie and the options it is loaded with."""

    name: str  # what finds the benchmark again: its name, or the path of its file
    benchmark: Benchmark
    where: Where
    options: Mapping[str, Any]
    revision: str | None = None  # of the data: the card's, or the one that the lock file holds
    files: Mapping[str, str] = field(default_factory=dict)  # SHA-256 by path, of what was downloaded

    def samples(self) -> Iterator[Sample]:
        """Stream the samples, from the start."""
        return self.benchmark.load(self.where, **self.options)

    def without_pictures(self) -> Task:
        """The same task for answers that exist: its images need not lie beside its tables."""
        return replace(self, where=replace(self.where, pictures=False))

    @property
    def title(self) -> str:
        """The name, with the variant where one was chosen."""
        return self.benchmark.name + (f"@{self.where.variant}" if self.where.variant else "")


def resolve_benchmark(
    benchmark: str | Benchmark,
    *,
    data: str | Path | None = None,
    split: str | None = None,
    fetch: bool = True,
    protocol: str = protocols.STRICT,
    asking: bool = True,
) -> Task:
    """Find a benchmark and its files.

    `protocol` names the rules under which it is judged, and in whose words it is asked if `asking`. `data`
    is a folder, or "NAME=FOLDER"; without it `$MEDASSAY_DATA/NAME` is looked at, then (if `fetch`) the
    files are downloaded and locked.

    Raises:
        UsageError: an unknown name, variant, split or option, or a protocol that has no rules for it.
        DataError: the folder is missing, or there is none and nothing can be fetched.
    """
    word = registry.parse(benchmark) if isinstance(benchmark, str) else registry.Word(name=benchmark.name)
    held = find_benchmark(word.name) if isinstance(benchmark, str) else benchmark
    if word.variant is not None and word.variant in held.absent:
        raise UsageError(f"{held.name}@{word.variant} cannot be had: {held.absent[word.variant]}")
    if word.variant is not None and word.variant not in held.variants:
        raise UnknownName("variant", word.variant, held.variants)
    split = split or held.splits[0]
    if split in held.absent:
        raise UsageError(f"{held.name}: the split {split!r} cannot be had: {held.absent[split]}")
    if split not in held.splits:
        raise UsageError(f"{held.name} has no split {split!r}: it has {', '.join(held.splits)}")
    where = Where(root=_root(held, data), split=split, variant=word.variant)
    revision, files = held.revision, dict[str, str]()
    if where.root is None and fetch and needs_files(held):
        where = replace(where, root=lock.fetch(held, where))
        entry = lock.read(lock.LOCK)[held.name]
        revision, files = entry.revision, dict(entry.files)
    if where.variant is None and where.root is not None and held.detect is not None:
        where = replace(where, variant=held.detect(where))
    options = registry.arguments(held.load, word.options, what=held.name)
    ruled = protocols.choose(protocol).on(held, asking=asking)
    return Task(
        name=word.name if word.name in registry.names("benchmark") else lasting(word.name),
        benchmark=ruled,
        where=where,
        options=options,
        revision=revision,
        files=files,
    )


def needs_files(benchmark: Benchmark) -> bool:
    """Whether its files must be got: they are neither generated nor beside their own description."""
    return benchmark.source != "generated" and not benchmark.source.startswith("file:")


def lasting(name: str) -> str:
    """The name as a run's manifest keeps it: a file is found again from any folder."""
    return str(Path(name).absolute()) if Path(name).exists() else name


def find_benchmark(name: str) -> Benchmark:
    """The card of that name.

    Raises:
        UsageError: nothing is called so, or a file holds something else.
    """
    held = registry.find("benchmark", name)
    if not isinstance(held, Benchmark):
        raise UsageError(f"{name} holds a {type(held).__name__}, not a Benchmark")
    return held


def benchmark_of(manifest: Mapping[str, Any]) -> Benchmark:
    """The card of a run's benchmark, under the protocol by which the run was judged.

    Raises:
        UsageError: the benchmark or the protocol is not there any more, or a rubric has other words now.
    """
    held = find_benchmark(manifest["benchmark_word"])
    policy = manifest["protocol"]
    if judge := manifest.get("judge"):
        rubric = registry.find("rubric", judge["rubric"])
        if rubric.fingerprint != judge["words_sha256"]:
            raise UsageError(f"the words of the rubric {rubric.name} have changed since: have it judge again")
        return judges.judged(replace(held, asked=policy["asked"]), rubric, policy["rules"])
    asked = replace(held, asked=policy.get("asked", protocols.STRICT))  # runs of before protocols have none
    return protocols.choose(policy.get("rules", protocols.STRICT)).on(asked, asking=False)


def resolve_measure(name: str, benchmark: Benchmark) -> tuple[Metric, Mapping[str, str]]:
    """The metric that the benchmark measures under that name, and the tags of its rows; else the registry's.

    Raises:
        UnknownName: neither has it.
    """
    for measure in benchmark.measures:
        if isinstance(measure.metric, Metric) and measure.metric.name == name:
            return measure.metric, measure.where
    held: Metric = registry.find("metric", name)
    return held, next((m.where for m in benchmark.measures if m.metric == name), {})


def _root(benchmark: Benchmark, data: str | Path | None) -> Path | None:
    if data is None:
        home = os.environ.get("MEDASSAY_DATA") if needs_files(benchmark) else None
        held = Path(home) / benchmark.name if home else None
        return held if held is not None and held.is_dir() else None
    name, equals, folder = str(data).partition("=")
    if equals and not Path(data).exists():
        if name != benchmark.name:
            raise UsageError(f"--data names {name!r}, but the benchmark is {benchmark.name!r}")
        data = folder
    root = Path(data).expanduser()
    if not root.is_dir():
        raise DataError(f"{root}: no such folder (the files of {benchmark.name} should lie there)")
    return root
