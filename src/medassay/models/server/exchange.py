"""One endpoint over HTTP: requests out, answers in, with retries. All of it runs in one event loop."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from medassay import codec
from medassay.errors import ImageError
from medassay.images import read_bytes
from medassay.models.server import payload as protocol
from medassay.models.server.pace import Pace
from medassay.models.server.prices import Budget, Price
from medassay.models.server.retries import Trouble, of_status, pause
from medassay.types import Image, Request, Response

_ENCODED = 64  # images kept as data URIs: questions on one image come one after the other
_WORDS = 300  # characters of a server's own message that a failure keeps

Deliver = Callable[[int, Response], None]


class Exchange:
    """Asks one endpoint. `client` is an `openai.AsyncOpenAI` with its own retries switched off."""

    def __init__(  # noqa: PLR0913  what an endpoint is, named once
        self,
        client: Any,
        *,
        name: str,
        dialect: protocol.Dialect,
        secret: str,
        pace: Pace,
        tries: int,
        price: Price | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._client, self._name, self._dialect, self._secret = client, name, dialect, secret
        self._pace, self._tries = pace, tries
        self._price, self._budget = price, budget
        self._draw = random.Random(0)  # noqa: S311  jitter
        self._lock = threading.Lock()
        self._encoded: OrderedDict[Image, str] = OrderedDict()
        self._settled = asyncio.Condition()
        self._rest_until = 0.0
        self._closed: Response | None = None  # why nothing more need be asked

    async def ask(self, requests: Sequence[Request], deliver: Deliver) -> None:
        """Deliver every index once, first come, first asked; one that is asked again keeps its place."""
        waiting = deque(enumerate(requests))
        under_way: set[asyncio.Task[None]] = set()

        async def one(index: int, request: Request) -> None:
            deliver(index, await self._answer(request, lambda: len(under_way)))

        try:
            while waiting or under_way:
                while waiting and len(under_way) < self._pace.limit and not self._resting():
                    under_way.add(asyncio.create_task(one(*waiting.popleft())))
                patience = self._resting() or None
                if under_way:
                    done, under_way = await asyncio.wait(
                        under_way, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                    )
                    for task in done:
                        task.result()
                elif patience:
                    await asyncio.sleep(patience)
        finally:
            for task in under_way:
                task.cancel()

    def _resting(self) -> float:
        """Seconds for which the server wants to be left alone; 0 where it does not."""
        return max(0.0, self._rest_until - time.monotonic())

    async def _answer(self, request: Request, under_way: Callable[[], int]) -> Response:
        """The answer, or the failure that the last try ended in."""
        if self._closed is not None:
            return self._closed
        budget = self._budget
        if budget is None:
            return await self._tried(request, under_way)
        async with (
            self._settled
        ):  # what others hold may be given back: most answers are shorter than they may be
            await self._settled.wait_for(lambda: budget.decided(request))
            held = budget.hold(request)
        if held is None:
            return _failure("budget", "asking on could cost more than the budget allows")
        answer = Response()
        try:
            answer = await self._tried(request, under_way)
        finally:
            async with self._settled:
                budget.settle(held, answer.usage, request)
                self._settled.notify_all()
        return answer

    async def _tried(self, request: Request, under_way: Callable[[], int]) -> Response:
        for attempt in range(self._tries):
            started = time.monotonic()
            result = await self._once(request)
            if isinstance(result, Response):
                self._pace.answered(time.monotonic() - started, under_way=under_way())
                return self._priced(result)
            if result.overloaded:
                self._pace.overloaded()
            failed = _failure(result.kind, self._clean(result.words))
            if result.for_all:
                self._closed = failed
            if not result.passing or attempt + 1 == self._tries:
                return replace(
                    failed, error=f"{failed.error} (asked {attempt + 1} times)" if attempt else failed.error
                )
            seconds = pause(attempt, result, self._draw)
            if result.wait is not None:
                self._rest_until = max(self._rest_until, time.monotonic() + result.wait)
            await asyncio.sleep(seconds)
            if self._closed is not None:
                return self._closed
        raise AssertionError("the last try returns")

    async def _once(self, request: Request) -> Response | Trouble:
        import openai

        started = time.monotonic()
        try:
            arguments = await asyncio.to_thread(self._arguments, request)
            raw = await self._client.chat.completions.with_raw_response.create(**arguments)
            body = codec.loads(raw.content)
            return protocol.response(body, seconds=time.monotonic() - started)
        except ImageError as error:
            return Trouble(kind="image", words=str(error))
        except protocol.Unsupported as error:
            return Trouble(kind="request", words=str(error))
        except openai.APIStatusError as error:
            code = error.code if isinstance(error.code, str) else ""
            return of_status(error.status_code, code, error.message, error.response.headers)
        except openai.APITimeoutError:
            return Trouble(kind="timeout", words="no answer in time", passing=True, overloaded=True)
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            return Trouble(kind="connection", words=f"{type(cause).__name__}: {cause}", passing=True)
        except ValueError as error:  # not JSON, or JSON that is no completion
            return Trouble(kind="server", words=f"an answer that cannot be read ({error})", passing=True)

    def _arguments(self, request: Request) -> dict[str, Any]:
        return protocol.payload(request, name=self._name, dialect=self._dialect, encoded=self._data_uri)

    def _data_uri(self, image: Image) -> str:
        """The original bytes; those of the last images are kept. Called in threads."""
        with self._lock:
            held = self._encoded.get(image)
        if held is None:
            held = protocol.data_uri(read_bytes(image))
            with self._lock:
                self._encoded[image] = held
                while len(self._encoded) > _ENCODED:
                    self._encoded.popitem(last=False)
        return held

    def _priced(self, answer: Response) -> Response:
        if self._price is None:
            return answer
        return replace(answer, usage=replace(answer.usage, euros=self._price.of(answer.usage)))

    def _clean(self, words: str) -> str:
        """A server may quote what it was sent: the key must not come back in a message."""
        return (words.replace(self._secret, "[key]") if self._secret else words)[:_WORDS]


def _failure(kind: str, words: str) -> Response:
    return Response(error=f"{kind}: {words}", finish_reason="error")
