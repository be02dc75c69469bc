"""Decoded pictures, kept for those who ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from medassay.types import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


class Pictures:
    """The most recently used pictures, up to a number of bytes; for many threads."""

    def __init__(self, limit: int) -> None:
        self._limit, self._bytes = limit, 0
        self._held: OrderedDict[Image, Picture] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, image: Image) -> Picture | None:
        """The picture of a handle, if it is kept."""
        with self._lock:
            if image in self._held:
                self._held.move_to_end(image)
            return self._held.get(image)

    def put(self, image: Image, picture: Picture) -> None:
        """Keep an RGB picture unless it is above the limit alone, and let go of those used longest ago."""
        with self._lock:
            if image in self._held or _bytes(picture) > self._limit:
                return
            self._held[image] = picture
            self._bytes += _bytes(picture)
            while self._bytes > self._limit:
                _, gone = self._held.popitem(last=False)
                self._bytes -= _bytes(gone)


def _bytes(picture: Picture) -> int:
    return 4 * picture.width * picture.height  # Pillow has a fourth byte beside red, green and blue
