"""Work in batches that survives memory running out and single bad items."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from medassay.errors import ImageError

Item = TypeVar("Item")
Result = TypeVar("Result")

_TRUST = 16  # full batches that must fit before a larger one is tried again


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one item has no result, as "kind: message"."""

    error: str


class Batcher:
    """Runs work in batches of a size that memory allows.

    Where memory runs out the size is halved, also for later calls; it grows back while batches fit, since
    a single outlier should not slow the rest of a run down.

    Args:
        size: The most items in a batch, at least 1.
    """

    def __init__(self, size: int) -> None:
        self._most = self._size = max(1, size)
        self._fitted = 0

    @property
    def size(self) -> int:
        """How many items a batch holds at present."""
        return self._size

    def each(
        self,
        items: Sequence[Item],
        run: Callable[[list[Item]], Sequence[Result]],
        *,
        order: Callable[[Item], Any] | None = None,
    ) -> Iterator[tuple[int, Result | Failure]]:
        """Yield (index, result) for every item once, batch by batch; neighbours in `order` share a batch.

        A batch that fails is halved until the item that fails stands alone, so its neighbours get their
        results.

        Args:
            items: What to work on.
            run: Turns a batch into as many results, in order.
            order: The key by which items are sorted into batches, e.g. their length. None keeps the order.
        """
        indices = list(range(len(items)))
        if order is not None:
            indices.sort(key=lambda i: order(items[i]))
        waiting = [indices[i : i + self._most] for i in range(0, len(indices), self._most)][::-1]
        while waiting:
            batch = waiting.pop()
            if len(batch) > self._size:
                waiting += _halves(batch)
                continue
            results, error = _attempt(run, [items[i] for i in batch])
            if error is None:
                self._grow(len(batch))
                yield from zip(batch, results, strict=True)
                continue
            memory = _out_of_memory(error)
            message = _message(error, memory)
            del error  # its traceback holds the tensors that did not fit
            if memory:
                self._shrink(len(batch))
            if len(batch) > 1:
                waiting += _halves(batch)
            else:
                yield batch[0], Failure(message)

    def _shrink(self, failed: int) -> None:
        self._size, self._fitted = max(1, failed // 2), 0
        free_memory()

    def _grow(self, fitted: int) -> None:
        self._fitted += fitted == self._size
        if self._fitted >= _TRUST and self._size < self._most:
            self._size, self._fitted = min(2 * self._size, self._most), 0


def _attempt(
    run: Callable[[list[Item]], Sequence[Result]], batch: list[Item]
) -> tuple[Sequence[Result], Exception | None]:
    try:
        return run(batch), None
    except Exception as error:  # noqa: BLE001  models fail in many ways; each is a failed row, not a dead run
        return (), error


def _halves(batch: list[int]) -> list[list[int]]:
    middle = (len(batch) + 1) // 2
    return [batch[middle:], batch[:middle]]  # popped from the end: the first half comes first


def _out_of_memory(error: Exception) -> bool:
    import torch

    # Only the message tells that the CPU's allocator gave up.
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in str(error)


def _message(error: Exception, memory: bool) -> str:
    first_line = (str(error).strip().splitlines() or [""])[0][:300]
    if memory:
        return f"OutOfMemory: a batch of one does not fit; use smaller images or fewer tokens ({first_line})"
    if isinstance(error, ImageError):
        return f"ImageError: {first_line}"
    return f"{type(error).__name__}: {first_line}"


def free_memory() -> None:
    """Let go of what nothing refers to any more, on the GPU too."""
    gc.collect()
    torch = sys.modules.get("torch")  # not loaded: it holds nothing
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
