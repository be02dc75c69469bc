"""A part of a benchmark (a split) as an audit holds it: its samples in words, its images as looks.

Pixels are seen once and not kept: an image becomes its digest, its hash and a picture of 32 x 32 grey
pixels, about 1.2 kB. A hundred thousand of them take little more than 100 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from medassay.errors import ImageError
from medassay.hygiene.perceptual import Look, look_of
from medassay.images import open_image, resolve, split_uri
from medassay.text import normalise
from medassay.types import UNKNOWN_CLUSTER, Image, Sample

Fault = Callable[[Sample], str]
"""What keeps a target from fitting its sample; "" if nothing does."""

_AT_ONCE = 128  # samples whose images are opened together
_LONG = 500  # characters: a longer uri holds the image itself, and is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One image: `key` is its digest, or where it should lie if it cannot be read; then `problem` says why.

    `name` is that of its file, in lower case and without its ending; "" where it has none.
    """

    key: str
    name: str = ""
    look: Look | None = None
    problem: str = ""

    @property
    def read(self) -> bool:
        """Whether its bytes are known, so that it can be compared."""
        return self.key.startswith("sha256:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A sample without its images, the keys of these, and what is wrong with its target."""

    sample: Sample
    images: tuple[str, ...]
    fault: str = ""

    @property
    def asked(self) -> tuple[tuple[str, ...], str, frozenset[str]]:
        """What is asked: equal for two samples with the same images, question and options."""
        options = frozenset(choice.label for choice in self.sample.choices)
        return self.images, normalise(self.sample.question, "lower"), options

    @property
    def answer(self) -> tuple[object, ...]:
        """What is right, in words: the option and not its letter, in lower case and in a fixed order."""
        sample, target = self.sample, self.sample.target
        texts = [_option(sample, text) for text in target.texts]
        held: tuple[object, ...] = (*sorted(normalise(text, "lower") for text in texts), *target.boxes)
        return held if target.number is None else (*held, target.number, target.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A split: its samples in order, and its distinct images by key; `unit` is what a cluster is."""

    name: str
    items: tuple[Item, ...]
    images: Mapping[str, Seen]
    unit: str = UNKNOWN_CLUSTER

    @property
    def clusters(self) -> set[str]:
        """The clusters that have a name."""
        return {item.sample.cluster for item in self.items} - {UNKNOWN_CLUSTER}

    @property
    def looks(self) -> dict[str, Look]:
        """How the images look that could be opened."""
        return {key: seen.look for key, seen in self.images.items() if seen.look is not None}

    @property
    def training(self) -> bool:
        """Whether models are trained on it."""
        return self.name.rpartition("/")[2] in {"train", "training"}


class Album:
    """Sees images in threads, each of them once, whatever part it stands in. A context manager."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="medassay-album")
        self._by_uri: dict[Image, Seen] = {}
        self._by_digest: dict[str, Seen] = {}

    def part(
        self, name: str, samples: Iterable[Sample], fault: Fault, *, unit: str = UNKNOWN_CLUSTER
    ) -> Part:
        """Read a part to its end.

        Raises:
            DataError: whatever the samples raise on the way.
        """
        items: list[Item] = []
        images: dict[str, Seen] = {}
        for batch in _batches(samples):
            seen = self._see([image for sample in batch for image in sample.images])
            for sample in batch:
                held = [seen[image] for image in sample.images]
                images |= {one.key: one for one in held}
                keys = tuple(one.key for one in held)
                items.append(Item(sample=replace(sample, images=()), images=keys, fault=fault(sample)))
        return Part(name=name, items=tuple(items), images=images, unit=unit)

    def _see(self, images: Iterable[Image]) -> dict[Image, Seen]:
        distinct = dict.fromkeys(images)
        new = [image for image in distinct if image not in self._by_uri]
        found = dict(zip(new, self._pool.map(self._look, new), strict=True))
        self._by_uri |= {image: seen for image, seen in found.items() if len(image.uri) < _LONG}
        self._by_digest |= {seen.key: seen for seen in found.values()}
        return {image: found.get(image) or self._by_uri[image] for image in distinct}

    def _look(self, image: Image) -> Seen:
        name, key = name_of(image.uri), image.uri[:_LONG]
        try:
            key = resolve(image).digest or key
            known = self._by_digest.get(key)
            if known is not None:
                return replace(known, name=name)
            return Seen(key=key, name=name, look=look_of(open_image(image)))
        except ImageError as error:
            return Seen(key=key, name=name, problem=str(error))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def name_of(uri: str) -> str:
    """The name of an image's own file in lower case, without its ending; "" where it lies inside another.

    A member of an archive has a name; a row of a table or an array has none.
    """
    scheme, colon, _ = uri.partition(":")
    if not colon or len(scheme) == 1:
        return Path(uri).stem.lower()
    return PurePosixPath(split_uri(uri)[1].get("member", "")).stem.lower()


def _option(sample: Sample, text: str) -> str:
    lettered = sample.kind in {"choice", "multi-choice"} and len(text) == 1
    place = ord(text) - ord("A") if lettered else -1
    return sample.choices[place].label if 0 <= place < len(sample.choices) else text


def _batches(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    rest = iter(samples)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch
