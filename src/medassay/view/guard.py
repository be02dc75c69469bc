"""What stands before every answer of the server: who may ask, and what a page may do."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

_COOKIE = "medassay_view_"  # and the port: a browser sends the cookies of one port to all of a host
# The one style element that the plotting library writes; of another release the browser names the hash.
_PLOT_STYLE = "'sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM='"
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; script-src 'self'; style-src 'self' {_PLOT_STYLE}; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware: nothing without the token, no writing from other sites.

    Loopback is open to every account of a machine, and to pages elsewhere that give themselves its address
    (DNS rebinding): both lack the token. It is compared in constant time; the first request brings it in
    its address and is given a cookie in exchange, so that it stands in no link and no log.
    """

    app: Any
    token: str

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def guarded(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in own]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        refused = self._refused(scope, headers)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if refused and same(given, self.token):
            # Lax: the address may be a link on a page elsewhere, such as a terminal in the browser.
            cookie = f"{_cookie_name(headers)}={self.token}; HttpOnly; SameSite=Lax; Path=/"
            await _say(guarded, 303, "", [("location", scope["path"]), ("set-cookie", cookie)])
        elif refused:
            await _say(guarded, *refused)
        else:
            await self.app(scope, receive, guarded)

    def _refused(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Status and reason, or None where the request may pass."""
        if not same(_cookie(headers), self.token):
            return 401, "open the address that `medassay view` printed: it has the token"
        host, origin = headers.get("host", ""), headers.get("origin")
        if scope["method"] not in {"GET", "HEAD"} and origin and urlsplit(origin).netloc != host:
            return 403, "reviews are written from the viewer's own page"
        return None


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _cookie_name(headers: Mapping[str, str]) -> str:
    port = headers.get("host", "").rpartition(":")[2]
    return _COOKIE + (port if port.isascii() and port.isdigit() else "")


def _cookie(headers: Mapping[str, str]) -> str:
    held = SimpleCookie(headers.get("cookie", "")).get(_cookie_name(headers))
    return held.value if held else ""


async def _say(send: Any, status: int, text: str, headers: list[tuple[str, str]] | None = None) -> None:
    held = [("content-type", "text/plain; charset=utf-8"), *(headers or [])]
    coded = [(name.encode(), value.encode("latin-1")) for name, value in held]
    await send({"type": "http.response.start", "status": status, "headers": coded})
    await send({"type": "http.response.body", "body": text.encode()})
