"""Group commit: many answers share one write to the disk, and none waits long for it."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from medassay.errors import StoreError
from medassay.store import Store
from medassay.types import Response

GROUP = 256  # answers in one commit, when they come fast
DELAY = 0.05  # seconds after which what has come is committed, however slow the next answer


class Commits:
    """Puts the answers of one model into a store as they arrive. A context manager.

    A kill loses at most the answers of the last `DELAY` seconds, and never more than `GROUP`.
    """

    def __init__(self, store: Store, fingerprint: str) -> None:
        self._store, self._fingerprint = store, fingerprint
        self._pending: dict[str, Response] = {}
        self._failed = False  # the last commit; the next `add` tries again and raises where it is heard
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="medassay-commits", daemon=True)

    def add(self, key: str, response: Response) -> None:
        """Take an answer.

        Raises:
            StoreError: an answer taken before could not be written.
        """
        with self._lock:
            self._pending[key] = response
            if self._failed or len(self._pending) >= GROUP:
                self._commit()

    def flush(self) -> None:
        """Return when all answers taken are on the disk.

        Raises:
            StoreError: they could not be written.
        """
        with self._lock:
            self._commit()

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._clock.join()
        if not isinstance(error, StoreError):
            self.flush()

    def _tick(self) -> None:
        while not self._stop.wait(DELAY):
            with self._lock, suppress(StoreError):
                self._commit()

    def _commit(self) -> None:
        if self._pending:
            self._failed = True
            self._store.put(self._fingerprint, self._pending)
            self._pending = {}
            self._failed = False
