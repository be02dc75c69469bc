"""The images of a dataset: which are there, can be read, or occur twice."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay.errors import ImageError
from medassay.images import Prefetcher
from medassay.types import Image

_SHOWN, _OPENED, _WINDOW = 3, 48, 64
_CONTAINER = re.compile(r"[a-z][a-z0-9+.-]+:")

Known = Mapping[str, tuple[str | None, Collection[str]]]
"""uri -> digest, where it is known, and the splits that show the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """`n` distinct handles; `missing` and `unreadable` ones with the reason; `twice`: groups of equal bytes.

    `opened` of them were decoded. `across` counts the images that stand in more than one split, under one
    name or several.
    """

    n: int
    opened: int
    missing: Sequence[str]
    unreadable: Mapping[str, str]
    twice: Sequence[Sequence[str]]
    across: int

    @property
    def lost(self) -> set[str]:
        """The handles of images that cannot be had."""
        return {*self.missing, *self.unreadable}

    def text(self) -> Iterator[str]:
        """What was found, in lines."""
        how = "every one opened" if self.opened == self.n else f"{self.opened:,} of them opened"
        yield f"images     {self.n:,}: {self.n - len(self.missing):,} found, {how}"
        if self.missing:
            folder = os.path.commonpath([Path(name).parent for name in self.missing])
            names = [str(Path(name).relative_to(folder)) for name in self.missing]
            yield f"PROBLEM    {len(self.missing):,} images are missing in {folder}: {_few(names)}"
        if self.unreadable:
            reasons = _few([*self.unreadable.values()])
            yield f"PROBLEM    {len(self.unreadable):,} images cannot be read: {reasons}"

    def warnings(self) -> Iterator[str]:
        """What makes numbers worth less."""
        if self.twice:
            names = " = ".join(Path(name).name for name in self.twice[0])
            yield f"{len(self.twice)} images are there under more than one name: {names}"
        if self.across:
            yield f"{self.across} images stand in more than one split: what was trained on them knows them"


def look_at(known: Known, *, every: bool) -> Pictures:
    """Look for all images, open some (or all), and compare those that may be equal.

    Files of different sizes differ, so only files of one size are read to be compared.
    """
    files = {uri: path for uri in known if not _CONTAINER.match(uri) and (path := Path(uri)).is_file()}
    missing = sorted(uri for uri in known if not _CONTAINER.match(uri) and uri not in files)
    there = sorted(set(known) - set(missing), key=lambda uri: hashlib.sha256(uri.encode()).digest())
    opened = there if every else there[:_OPENED]
    packed = [uri for uri in there if uri not in files and known[uri][0] is None]  # nothing else finds them
    looked = (*_fetch(opened, known, pixels=True), *_fetch(packed, known, pixels=False))
    unreadable = {uri: str(found) for uri, found in looked if isinstance(found, ImageError)}
    twice = _twice(known, files, [uri for uri in there if uri not in unreadable])
    return Pictures(
        n=len(known),
        opened=len(opened),
        missing=missing,
        unreadable=unreadable,
        twice=twice,
        across=_across(known, twice),
    )


def _across(known: Known, twice: Sequence[Sequence[str]]) -> int:
    grouped = {uri for group in twice for uri in group}
    alone = ((uri,) for uri in known if uri not in grouped)
    return sum(len({split for uri in group for split in known[uri][1]}) > 1 for group in (*twice, *alone))


def _twice(known: Known, files: Mapping[str, Path], there: Sequence[str]) -> list[list[str]]:
    sizes: dict[object, list[str]] = defaultdict(list)
    for uri in there:
        if uri in files:
            sizes[files[uri].stat().st_size].append(uri)
        elif known[uri][0] is not None:
            sizes["in a table"].append(uri)
    candidates = [uri for group in sizes.values() if len(group) > 1 for uri in group]
    digests: dict[str, list[str]] = defaultdict(list)
    for uri, found in _fetch(candidates, known, pixels=False):
        if isinstance(found, Image) and found.digest is not None:
            digests[found.digest].append(uri)
    return [sorted(group) for group in digests.values() if len(group) > 1]


def _fetch(uris: Sequence[str], known: Known, *, pixels: bool) -> Iterator[tuple[str, Image | ImageError]]:
    with Prefetcher() as prefetcher:
        for start in range(0, len(uris), _WINDOW):
            window = [Image(uri=uri, digest=known[uri][0]) for uri in uris[start : start + _WINDOW]]
            found = prefetcher.fetch(window, pixels=pixels)
            yield from ((image.uri, found[image]) for image in window)


def _few(names: Sequence[str]) -> str:
    more = f", and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
