"""Work in batches that survives memory running out and single bad items."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from medassay.errors import ImageError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one item has no result, as "kind: message"."""

    error: str


def in_batches(
    items: Sequence[Item],
    size: int,
    run: Callable[[list[Item]], Sequence[Result]],
    *,
    order: Callable[[Item], Any] | None = None,
) -> Iterator[tuple[int, Result | Failure]]:
    """Yield (index, result) for every item once, batch by batch; neighbours in `order` share a batch.

    A batch that fails is halved until the item that fails stands alone, so its neighbours get their
    results. Where memory ran out, later batches keep to the size that fitted.

    Args:
        items: What to work on.
        size: The most items in a batch, at least 1.
        run: Turns a batch into as many results, in order.
        order: The key by which items are sorted into batches, e.g. their length. None keeps the order.
    """
    indices = sorted(range(len(items)), key=lambda i: order(items[i])) if order else list(range(len(items)))
    waiting = [indices[start : start + size] for start in range(0, len(indices), size)][::-1]
    while waiting:
        batch = waiting.pop()
        if len(batch) > size:
            waiting += _halves(batch)
            continue
        results, error = _attempt(run, [items[i] for i in batch])
        if error is None:
            yield from zip(batch, results, strict=True)
            continue
        memory = _out_of_memory(error)
        message = _message(error, memory)
        del error  # its traceback holds the tensors that did not fit
        if memory:
            size = max(1, len(batch) // 2)
            _free_memory()
        if len(batch) > 1:
            waiting += _halves(batch)
        else:
            yield batch[0], Failure(message)


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


def _free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
