"""Images ahead of the model: digests one window ahead, pixels one portion ahead, in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from medassay.errors import ImageError
from medassay.images import Prefetcher
from medassay.types import Image, Message, Request, Sample

Found = Mapping[Image, Image | ImageError]
A = TypeVar("A")
B = TypeVar("B")


class Ahead:
    """Fetches images while the model works on those before them. A context manager."""

    def __init__(self) -> None:
        self._images = Prefetcher()
        # One thread each, so that what is wanted first is fetched first.
        self._windows = ThreadPoolExecutor(1, thread_name_prefix="medassay-windows")
        self._portions = ThreadPoolExecutor(1, thread_name_prefix="medassay-portions")

    def windows(self, windows: Iterable[list[Sample]]) -> Iterator[list[Sample]]:
        """Windows of samples with digests on their images, where these can be had."""
        for _, samples in _one_ahead(self._windows, windows, self._with_digests):
            yield samples

    def decoded(self, portions: Iterable[Sequence[Request]]) -> Iterator[Found]:
        """For each portion of requests its images, decoded, or why they cannot be."""

        def decode(portion: Sequence[Request]) -> Found:
            return self._fetch((i for r in portion for i in r.images), pixels=True)

        for _, found in _one_ahead(self._portions, portions, decode):
            yield found

    def digests(self, requests: Iterable[Request]) -> Found:
        """The images of requests that have no digest yet with their digest, or why it cannot be had."""
        return self._fetch((i for r in requests for i in r.images if i.digest is None), pixels=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._images.__exit__(kind, error, trace)  # first: it cancels what the others would wait for
        for pool in (self._portions, self._windows):
            pool.shutdown(wait=True, cancel_futures=True)

    def _with_digests(self, samples: list[Sample]) -> list[Sample]:
        found = self._fetch((i for s in samples for i in s.images if i.digest is None), pixels=False)
        if not found:
            return samples
        return [replace(s, images=tuple(_known(found, i) for i in s.images)) for s in samples]

    def _fetch(self, images: Iterable[Image], *, pixels: bool) -> Found:
        wanted = list(images)
        return self._images.fetch(wanted, pixels=pixels) if wanted else {}


def _one_ahead(pool: ThreadPoolExecutor, items: Iterable[A], work: Callable[[A], B]) -> Iterator[tuple[A, B]]:
    """Each item with what `work` makes of it, which is under way before the item is asked for."""
    before = None
    for item in items:
        following = (item, pool.submit(work, item))
        if before is not None:
            yield before[0], before[1].result()
        before = following
    if before is not None:
        yield before[0], before[1].result()


def with_digests(request: Request, found: Found) -> Request:
    """The request with the images that were found."""
    return replace(request, messages=tuple(_message(message, found) for message in request.messages))


def spoilt(request: Request, found: Found) -> ImageError | None:
    """Why the first of its images that cannot be had cannot be had."""
    errors = (found.get(image) for image in request.images)
    return next((error for error in errors if isinstance(error, ImageError)), None)


def _message(message: Message, found: Found) -> Message:
    parts = tuple(part if isinstance(part, str) else _known(found, part) for part in message.parts)
    return replace(message, parts=parts)


def _known(found: Found, image: Image) -> Image:
    held = found.get(image, image)
    return held if isinstance(held, Image) else image
