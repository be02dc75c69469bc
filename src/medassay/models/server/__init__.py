"""Any endpoint that speaks OpenAI's chat-completions protocol: vLLM, SGLang, Ollama, OpenAI, Gemini, ..."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator, Mapping, Sequence
from queue import SimpleQueue
from typing import Any, Literal
from urllib.parse import urlsplit

from medassay.errors import MissingExtra, ModelError, UsageError
from medassay.models.server.exchange import Exchange
from medassay.models.server.pace import Pace
from medassay.models.server.payload import Dialect
from medassay.models.server.prices import EXAMPLE, Budget, price_of
from medassay.types import Request, Response, Style, fingerprint

_KEYS = {"api.openai.com": "OPENAI_API_KEY", "generativelanguage.googleapis.com": "GEMINI_API_KEY"}
_DIALECTS: Mapping[str, Dialect] = {"api.openai.com": "openai", "generativelanguage.googleapis.com": "gemini"}
_NO_KEY = "none"  # the SDK insists on one; local servers ask for none


class ServerModel:
    """Sends requests over HTTP, as many at once as the server keeps up with.

    Args:
        address: of the endpoint, up to and with `/v1`.
        name: the model's name there; without it the one model that the server names.
        key: the environment variable that holds the key. By default that of the host, or none.
        dialect: what the server understands; by default that of the host, else `local`.
        concurrency: how many requests may be under way at most.
        timeout: seconds for one try.
        tries: how often a request is asked before it is a failure.
        budget: euros that a run may cost; needs a price.
        prices: a table of prices.
        style: how the model wants to be addressed.

    Raises:
        UsageError: an address that is none or holds a password, a missing key, a budget without a price.
        ModelError: the server cannot say which model it serves.
        MissingExtra: openai is not installed.
    """

    wants_pixels = False  # it sends the original bytes

    def __init__(  # noqa: PLR0913  what an endpoint takes, named once
        self,
        address: str,
        *,
        name: str | None = None,
        key: str | None = None,
        dialect: Dialect | Literal["auto"] = "auto",
        concurrency: int = 256,
        timeout: float = 180.0,
        tries: int = 6,
        budget: float | None = None,
        prices: str | None = None,
        style: Style | None = None,
    ) -> None:
        self.destination = address.rstrip("/")
        host = _host(self.destination)
        self._secret = _key(host, key)
        self._timeout, self._tries = timeout, tries
        self.name = name or self._only_model()
        self._dialect: Dialect = _DIALECTS.get(host, "local") if dialect == "auto" else dialect
        self._price = price_of(self.name, prices)
        if budget is not None and self._price is None:
            raise UsageError(f"a budget needs the price of {self.name!r}: name a table that reads\n{EXAMPLE}")
        self._budget = Budget(budget, self._price) if budget is not None and self._price else None
        self._pace = Pace(concurrency)
        self.style = style or Style()
        self.identity: Mapping[str, Any] = {
            "loader": "server",
            "address": self.destination,
            "requested": self.name,
            "dialect": self._dialect,
        }
        self.fingerprint = fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Generator[tuple[int, Response], None, None]:
        """Each as it comes, every index once. Leaving early cancels what is under way."""
        arrived: SimpleQueue[tuple[int, Response] | BaseException] = SimpleQueue()
        stop = threading.Event()
        thread = threading.Thread(
            target=self._work, args=(requests, arrived, stop), name="medassay-server", daemon=True
        )
        thread.start()
        try:
            for _ in requests:
                item = arrived.get()
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            stop.set()
            thread.join()

    def _work(
        self,
        requests: Sequence[Request],
        arrived: SimpleQueue[tuple[int, Response] | BaseException],
        stop: threading.Event,
    ) -> None:
        try:
            asyncio.run(self._converse(requests, arrived, stop))
        except BaseException as error:  # noqa: BLE001  it must reach the thread that waits
            arrived.put(error)

    async def _converse(
        self,
        requests: Sequence[Request],
        arrived: SimpleQueue[tuple[int, Response] | BaseException],
        stop: threading.Event,
    ) -> None:
        async with self._sdk().AsyncOpenAI(**self._arguments()) as client:
            exchange = Exchange(
                client,
                name=self.name,
                dialect=self._dialect,
                secret=self._secret,
                pace=self._pace,
                tries=self._tries,
                price=self._price,
                budget=self._budget,
            )
            asking = asyncio.create_task(exchange.ask(requests, lambda i, r: arrived.put((i, r))))
            while not asking.done():
                if stop.is_set():
                    asking.cancel()
                await asyncio.wait({asking}, timeout=0.1)
            if not asking.cancelled():
                asking.result()

    def _only_model(self) -> str:
        openai = self._sdk()
        try:
            with openai.OpenAI(**self._arguments()) as client:
                served = [model.id for model in client.models.list()]
        except (openai.OpenAIError, ValueError) as error:
            words = str(error).replace(self._secret, "[key]") if self._secret else str(error)
            raise ModelError(
                f"{self.destination}: does not say which model it serves ({words}); name it: name=..."
            ) from None
        if len(served) != 1:
            raise ModelError(
                f"{self.destination}: serves {', '.join(served) or 'nothing'}; choose one: name=..."
            )
        return str(served[0])

    def _arguments(self) -> dict[str, Any]:
        return {
            "base_url": self.destination,
            "api_key": self._secret or _NO_KEY,
            "timeout": self._timeout,
            "max_retries": 0,  # ours know the pace, the budget and what can pass
        }

    @staticmethod
    def _sdk() -> Any:
        try:
            import openai
        except ImportError:
            raise MissingExtra("openai", "server") from None
        return openai


def _host(address: str) -> str:
    split = urlsplit(address)
    if split.scheme not in {"http", "https"} or not split.hostname:
        raise UsageError(f"{address}: an address reads http://host:port/v1")
    if split.password or split.username:
        raise UsageError("an address must not hold a password: keys come from the environment (key=VARIABLE)")
    return split.hostname


def _key(host: str, variable: str | None) -> str:
    named = variable or _KEYS.get(host)
    if named is None:
        return ""
    if not os.environ.get(named):
        raise UsageError(f"{host} needs a key: put it into the environment variable {named}")
    return os.environ[named]
