"""Reading images before they are asked for, in threads."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from medassay.errors import ImageError, MissingExtra
from medassay.images.pictures import open_image, resolve
from medassay.types import Image


class Prefetcher:
    """Resolves digests, and decodes ahead if asked, in threads. A context manager."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="medassay-images")

    def fetch(self, images: Iterable[Image], *, pixels: bool) -> dict[Image, Image | ImageError]:
        """For every distinct handle the resolved one, or why it cannot be had.

        Raises:
            MissingExtra: the package that opens such images is not installed.
        """
        distinct = list(dict.fromkeys(images))
        return dict(zip(distinct, self._pool.map(lambda i: _fetch(i, pixels), distinct), strict=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _fetch(image: Image, pixels: bool) -> Image | ImageError:
    try:
        held = resolve(image)
        if pixels:
            open_image(held)
    except ImageError as error:
        return error
    except MissingExtra:  # every image of the kind would fail alike
        raise
    except Exception as error:  # noqa: BLE001  an opener of a plugin: its bug costs its own images only
        return ImageError(f"{image.uri}: its opener failed ({type(error).__name__}: {error})")
    return held
