"""Look at a benchmark before it is believed: overlap, duplicates, what the answers give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from medassay.contracts.targets import fault
from medassay.errors import DataError
from medassay.hygiene import Album, Audit, Part, audit_of
from medassay.types import Benchmark
from medassay.workflows.resolve import Task, resolve_benchmark


def audit(benchmark: str | Benchmark, *, data: str | Path | None = None) -> Audit:
    """Look at all splits of a benchmark that lie in its folder; nothing is downloaded.

    Args:
        benchmark: its word (`vqa-rad@osf`), or the card itself.
        data: its folder, or "NAME=FOLDER"; else `$MEDASSAY_DATA/NAME`.

    Raises:
        UsageError: an unknown name, variant or option.
        DataError: none of the splits can be read.
    """
    task = resolve_benchmark(benchmark, data=data, fetch=False)
    with Album() as album:
        parts, left_out = read_parts(task, album)
    if not parts:
        raise DataError("; ".join(reason for _, reason in left_out))
    return audit_of(task.title, parts, left_out)


def read_parts(task: Task, album: Album) -> tuple[list[Part], list[tuple[str, str]]]:
    """The splits that can be read, in the card's order, and those that cannot, with the reason."""
    parts: list[Part] = []
    left_out: list[tuple[str, str]] = []
    for name, split in splits(task):
        try:
            parts.append(album.part(name, split.samples(), fault, unit=task.benchmark.cluster))
        except DataError as error:
            left_out.append((f"split {name}", str(error)))
    return parts, left_out


def splits(task: Task) -> Iterator[tuple[str, Task]]:
    """The task of every split, by its name, those that models are trained on last."""
    names = sorted(task.benchmark.splits, key=lambda name: name == "train")
    yield from ((name, replace(task, where=replace(task.where, split=name))) for name in names)
