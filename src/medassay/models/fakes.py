"""Models without weights, for tests: of this package and of yours.

`Scripted`, `Constant` and `Noisy` answer; `Slow` and `Failing` are wrapped round any model and keep its
identity, so that a store sees one model on good and on bad days.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from medassay.types import Model, Request, Response, Style, fingerprint


class Scripted:
    """Answers with what a function says.

    `name` is the identity: two scripts of one name share their stored answers. Without one the answers
    are good for this object only. With `log`, the key of every request is appended to that file as it is
    asked, one a line; what stands there survives a kill of the process.
    """

    def __init__(
        self,
        say: Callable[[Request], str | Response],
        *,
        name: str | None = None,
        style: Style | None = None,
        wants_pixels: bool = False,
        log: Path | None = None,
    ) -> None:
        self.identity: Mapping[str, Any] = {"loader": "scripted", "name": name or uuid4().hex}
        self.fingerprint = fingerprint(self.identity)
        self.style = style or Style()
        self.wants_pixels = wants_pixels
        self._say, self._log = say, log

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """One by one, in order."""
        with _Log(self._log) as log:
            for index, request in enumerate(requests):
                log.write(request)
                said = self._say(request)
                yield index, said if isinstance(said, Response) else Response(text=said)


class Constant(Scripted):
    """Says the same to everything."""

    def __init__(self, text: str, *, log: Path | None = None) -> None:
        super().__init__(lambda _request: text, name=f"constant {text!r}", log=log)


class Noisy(Scripted):
    """Says the right thing with a given probability, else `wrong`; a request always gets the same answer.

    `right` is a function of the request, or a mapping from its key.
    """

    def __init__(
        self,
        right: Callable[[Request], str] | Mapping[str, str],
        *,
        accuracy: float,
        wrong: str = "I cannot tell.",
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        def say(request: Request) -> str:
            if _uniform(request, seed) >= accuracy:
                return wrong
            return right[request.key] if isinstance(right, Mapping) else right(request)

        super().__init__(say, name=name and f"{name}, accuracy {accuracy}, seed {seed}")


class _Wrapped:
    """A model under other conditions: identity, style and needs are those of the model inside."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.identity = model.identity
        self.fingerprint = model.fingerprint
        self.style = model.style
        self.wants_pixels = model.wants_pixels


class Slow(_Wrapped):
    """A model that takes so many seconds for each answer."""

    def __init__(self, model: Model, seconds: float) -> None:
        super().__init__(model)
        self._seconds = seconds

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """As the model inside, later."""
        for answered in self._model.answer(requests):
            time.sleep(self._seconds)
            yield answered


class Failing(_Wrapped):
    """A model that fails: on the requests that `when` picks, or at a `rate` of them drawn by a seed.

    With `raises` it raises that error when it meets the first of them, as a model with a bug does, instead
    of answering with a failure.
    """

    def __init__(
        self,
        model: Model,
        *,
        when: Callable[[Request], bool] | None = None,
        rate: float = 0.0,
        seed: int = 0,
        raises: BaseException | None = None,
    ) -> None:
        super().__init__(model)
        self._when = when or (lambda request: _uniform(request, seed) < rate)
        self._raises = raises

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """As the model inside, but for those that fail."""
        for index, request in enumerate(requests):
            if self._when(request):
                if self._raises is not None:
                    raise self._raises
                yield index, Response(error="time-out: no answer came", finish_reason="error")
            else:
                yield from ((index, response) for _, response in self._model.answer([request]))


class _Log:
    """A file that keys are appended to, each by one write, or nothing."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, request: Request) -> None:
        if self._file is not None:
            os.write(self._file, f"{request.key}\n".encode())

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)


def _uniform(request: Request, seed: int) -> float:
    """A number in [0, 1) that is the request's own."""
    return float(np.random.default_rng([seed, int(request.key[:16], 16)]).random())
