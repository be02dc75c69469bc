"""Finding the images that a table names, wherever they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from medassay.benchmarks.described.folders import IMAGE_SUFFIXES, images_below
from medassay.workflows.describing.columns import Column, Guess

_TRIED, _FOUND = 500, 3  # image names that are looked for, and how many must be there


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """Where the images of a table lie: below `folder`, with `suffix` after their names."""

    guess: Guess | None
    folder: Path
    suffix: str = ""


def locate(columns: Mapping[str, Column], below: Path) -> Pictured:
    """The column that names files which are there, else one whose cells look like images."""
    for column in columns.values():
        if column.pictures:
            return Pictured(guess=Guess(columns=(column.name,), why="its cells hold images"), folder=below)
    best: tuple[int, Pictured] | None = None
    there = [path.relative_to(below).as_posix() for path in images_below(below)]
    for suffix in ("", *dict.fromkeys(_suffix(name) for name in there)):
        ends = _ends(there, suffix)
        for column in columns.values():
            found = [value for value in islice(column.values, _TRIED) if value in ends]
            whole = any(value.lower().endswith(IMAGE_SUFFIXES) for value in found)  # one is no accident
            enough = len(found) >= (1 if whole else min(_FOUND, max(column.distinct, 1)))
            if enough and len(found) > (best[0] if best else 0):
                why = f"{len(found)} of its first {min(_TRIED, column.distinct)} values are files there"
                folder = below / Counter(ends[value] for value in found).most_common(1)[0][0]
                named = Guess(columns=(column.name,), why=why)
                best = len(found), Pictured(guess=named, folder=folder, suffix=suffix)
    if best is not None:
        return best[1]
    for column in columns.values():
        if any(value.lower().endswith(IMAGE_SUFFIXES) for value in column.values):
            why = "its values end like images, but none was found: write where they lie under `images:`"
            return Pictured(guess=Guess(columns=(column.name,), why=why), folder=below)
    return Pictured(guess=None, folder=below)


def _ends(there: Sequence[str], suffix: str) -> dict[str, str]:
    """Every way to name a file from some folder above it, without the suffix -> that folder."""
    found: dict[str, str] = {}
    for path in there:
        parts = path.removesuffix(suffix).split("/") if path.endswith(suffix) else []
        for depth in range(len(parts)):
            found.setdefault("/".join(parts[depth:]), "/".join(parts[:depth]))
    return found


def _suffix(name: str) -> str:
    return ".nii.gz" if name.endswith(".nii.gz") else Path(name).suffix
