"""One replica: the process on some machine that holds a copy of the model."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from medassay.images import Prefetcher
from medassay.models.replicas.cluster import address_of
from medassay.types import Model, Request, Response, Style

Make = Callable[[], Model]
"""Builds a copy of the model. It travels to other processes, so it is picklable and names files in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a replica says of itself before it is asked anything."""

    address: str
    identity: Mapping[str, Any]
    fingerprint: str
    style: Style


class Worker:
    """Holds one copy and answers shares one after the other.

    Two calls of `answer` may stand at once: the images of the second are decoded while the first is
    answered. Nothing heavy happens before `hello`, so that what goes wrong there is an error with its cause.
    """

    def __init__(self, make: Make, modules: Sequence[str], threads: int) -> None:
        self._make, self._modules, self._threads = make, modules, threads
        self._turn, self._images = threading.Lock(), Prefetcher()

    def hello(self) -> Facts:
        """Build the model. `modules` have openers of images to register; what is absent fails its images."""
        for module in self._modules:
            with suppress(ImportError):
                importlib.import_module(module)
        self._model = self._make()
        return Facts(
            address=_address(),
            identity=dict(self._model.identity),
            fingerprint=self._model.fingerprint,
            style=self._model.style,
        )

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """As the model; a generator that streams to the driver."""
        if self._model.wants_pixels:
            self._images.fetch((image for r in requests for image in r.images), pixels=True)
        with self._turn:
            if torch := sys.modules.get("torch"):
                torch.set_num_threads(self._threads)  # of this thread, and Ray changes threads
            # Ray calls send() on a generator; with `yield from` it would reach iterators that have none.
            for answered in self._model.answer(requests):  # noqa: UP028
                yield answered


def _address() -> str:
    import ray

    return address_of(ray)
