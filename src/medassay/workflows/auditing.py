"""Look at benchmarks before they are believed: overlap, duplicates, what the answers give away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from medassay import registry
from medassay.contracts.targets import fault
from medassay.errors import DataError, UsageError
from medassay.gate import open_to
from medassay.hygiene import Album, Audit, Part, audit_across, audit_of
from medassay.reporting.audit_page import sights, write_audit
from medassay.types import Benchmark, ModelCard, Sample
from medassay.workflows.resolve import Task, resolve_benchmark

_Reasons = list[tuple[str, str]]


def audit(
    benchmark: str | Benchmark,
    *,
    data: str | Path | None = None,
    out: Path | None = None,
    permit: Collection[str] = (),
) -> Audit:
    """Look at all splits of a benchmark that lie in its folder; nothing is downloaded.

    Args:
        benchmark: its word (`vqa-rad@osf`), or the card itself.
        data: its folder, or "NAME=FOLDER"; else `$MEDASSAY_DATA/NAME`.
        out: where to write the findings as a page, with the offending images.
        permit: "report" lets the page show samples of data that must not leave.

    Raises:
        UsageError: an unknown name, variant or option.
        DataError: none of the splits can be read.
        StoreError: the page cannot be written.
    """
    task = resolve_benchmark(benchmark, data=data, fetch=False)
    with Album() as album:
        parts, left_out = _read(_splits(task), album)
    if not parts:
        raise DataError("; ".join(reason for _, reason in left_out))
    held = audit_of(task.title, parts, left_out)
    if out is not None:
        _write(out, held, dict(_splits(task)), permit)
    return held


def across(
    benchmarks: Sequence[str],
    *,
    data: Sequence[str] = (),
    models: Sequence[str] | None = None,
    out: Path | None = None,
    permit: Collection[str] = (),
) -> Audit:
    """Look for what one benchmark is judged on in the parts of the others, and in models' training sets.

    Args:
        benchmarks: their words; variants of one are two. One alone is compared with models only.
        data: their folders, each "NAME=FOLDER"; else `$MEDASSAY_DATA/NAME`. What has none is left out.
        models: names of model cards [default: all]; a training set that a card names and that is not among
            the benchmarks is compared by its name alone.
        out: where to write the findings as a page.
        permit: "report" lets the page show samples of data that must not leave.

    Raises:
        UsageError: no benchmark, an unknown name, or a folder for a benchmark not asked for.
        DataError: no part of any of them can be read.
        StoreError: the page cannot be written.
    """
    if not benchmarks:
        raise UsageError("name the benchmarks to be compared, best two or more")
    splits: dict[str, Task] = {}
    names: dict[str, set[str]] = {}
    left_out: _Reasons = []
    for word, folder in _folders(benchmarks, data):
        try:
            task = resolve_benchmark(word, data=folder, fetch=False)
        except DataError as error:
            left_out.append((word, str(error)))
            continue
        names[word] = {task.benchmark.name, task.benchmark.title}
        splits |= dict(_splits(task, within=word))
    with Album() as album:
        parts, missing = _read(splits.items(), album)
    left_out += missing
    if not parts:
        raise DataError("; ".join(reason for _, reason in left_out))
    cards: list[ModelCard] = [registry.find("model", name) for name in _models(models)]
    trained = {card.name: card.training_sets for card in cards}
    judged = {word: splits_of[0] for word in benchmarks if (splits_of := _of(word, parts))}
    held = audit_across(judged, parts, names, trained, left_out)
    if out is not None:
        _write(out, held, splits, permit)
    return held


def _models(models: Sequence[str] | None) -> Sequence[str]:
    return registry.names("model") if models is None else models


def _of(word: str, parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.name.rpartition("/")[0] == word]


def _folders(benchmarks: Sequence[str], data: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each word with the folder that is named for it."""
    named = dict(entry.split("=", 1) for entry in data if "=" in entry)
    names = {word: registry.parse(word).name for word in benchmarks}
    bare = [entry for entry in data if "=" not in entry]
    foreign = [name for name in named if name not in names.values()]
    if bare or foreign:
        raise UsageError(f"--data {(bare + foreign)[0]}: with several benchmarks say NAME=DIR for each")
    yield from ((word, named.get(name)) for word, name in names.items())


def _splits(task: Task, within: str = "") -> Iterator[tuple[str, Task]]:
    """The task of every split, by its name, those that models are trained on last."""
    for name in sorted(task.benchmark.splits, key=lambda name: name == "train"):
        full = f"{within}/{name}" if within else name
        yield full, replace(task, where=replace(task.where, split=name))


def _read(splits: Iterable[tuple[str, Task]], album: Album) -> tuple[list[Part], _Reasons]:
    """The splits that can be read, and those that cannot, with the reason."""
    parts: list[Part] = []
    left_out: _Reasons = []
    for name, split in splits:
        try:
            parts.append(album.part(name, split.samples(), fault, unit=split.benchmark.cluster))
        except DataError as error:
            left_out.append((name, str(error)))
    return parts, left_out


def _write(out: Path, held: Audit, splits: dict[str, Task], permit: Collection[str]) -> None:
    """The page; the samples that it shows are read again, so that no image had to be kept."""
    wanted = {(sight.part, sight.id) for sight in sights(held)}
    reserved = {n for n, split in splits.items() if not open_to(split.benchmark, "report", permitted=permit)}
    shown: dict[tuple[str, str], Sample] = {}
    for name in {part for part, _ in wanted} - reserved:
        for sample in splits[name].samples():
            if (name, sample.id) in wanted:
                shown.setdefault((name, sample.id), sample)
    write_audit(out, held, shown, reserved=reserved)
