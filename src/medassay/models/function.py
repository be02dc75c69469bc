"""Any Python callable as a model: a list of requests in, a list of texts out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from medassay.types import Request, Response, Style, fingerprint

Function = Callable[[list[Request]], Sequence[str | Response]]


class FunctionModel:
    """Calls `function` with up to `batch` requests at a time.

    What it raises fails the requests of that call. Python code has no content that could be hashed:
    give an `id` that changes when the function's answers would, and they are kept for the next run;
    without one they are good for this object only.
    """

    def __init__(
        self,
        function: Function,
        *,
        id: str | None = None,
        batch: int = 8,
        style: Style | None = None,
        wants_pixels: bool = False,
    ) -> None:
        self.identity: Mapping[str, Any] = {"loader": "function", "id": id or f"one run {uuid4().hex}"}
        self.fingerprint = fingerprint(self.identity)
        self.style = style or Style()
        self.wants_pixels = wants_pixels
        self._function, self._batch = function, batch

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Batch by batch; a batch that fails spoils no other."""
        for start in range(0, len(requests), self._batch):
            yield from enumerate(self._call(list(requests[start : start + self._batch])), start)

    def _call(self, requests: list[Request]) -> list[Response]:
        started = time.perf_counter()
        try:
            answers = self._function(requests)
        except Exception as error:  # noqa: BLE001  foreign code
            return [_failure(f"{type(error).__name__}: {error}")] * len(requests)
        seconds = (time.perf_counter() - started) / len(requests)
        if isinstance(answers, str) or not isinstance(answers, Sequence):
            return [_failure(f"returned {type(answers).__name__}, not a list of texts")] * len(requests)
        if len(answers) != len(requests):
            return [_failure(f"returned {len(answers)} texts for {len(requests)} requests")] * len(requests)
        return [_response(answer, seconds) for answer in answers]


def _response(answer: object, seconds: float) -> Response:
    if isinstance(answer, str):
        return Response(text=answer, seconds=seconds)
    if isinstance(answer, Response):
        return answer if answer.seconds else replace(answer, seconds=seconds)
    return _failure(f"returned {type(answer).__name__} for a text")


def _failure(cause: str) -> Response:
    return Response(error=f"function: {cause}", finish_reason="error")
