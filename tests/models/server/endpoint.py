"""A real HTTP server that speaks chat completions as a script tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Reply:
    """What the server does with one request: status, headers and body, or something worse."""

    def __init__(
        self, status: int = 200, body: Any = None, *, cut: bool = False, wait: float = 0.0, **headers: str
    ):
        self.status, self.body, self.cut, self.wait = status, body, cut, wait
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def said(text: str | None, **changes: Any) -> Reply:
    """A chat completion."""
    message = {"role": "assistant", "content": text} | changes.pop("message", {})
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "served-name",
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "message": message, "finish_reason": changes.pop("finish_reason", "stop")}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return Reply(200, body | changes)


class Endpoint:
    """The address, and what was asked."""

    def __init__(self, script: Callable[[dict[str, Any], int], Reply]) -> None:
        self.script = script
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_at_once = self._at_once = 0
        self.address = ""
        self.lock = threading.Lock()

    def texts(self) -> list[str]:
        """The text of each request, in the order in which they came."""
        return [_text(body) for body in self.asked]


@contextmanager
def serving(
    script: Callable[[dict[str, Any], int], Reply], models: tuple[str, ...] = ("tiny",)
) -> Iterator[Endpoint]:
    """Serve on a free port; `script` gets the body and how often that text was asked before."""
    held = Endpoint(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms for an acknowledgement

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._send(
                Reply(
                    200,
                    {
                        "object": "list",
                        "data": [{"id": m, "object": "model", "created": 0, "owned_by": "t"} for m in models],
                    },
                )
            )

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with held.lock:
                before = held.texts().count(_text(body))
                held.asked.append(body)
                held.headers.append({name.lower(): value for name, value in self.headers.items()})
                held._at_once += 1
                held.most_at_once = max(held.most_at_once, held._at_once)
            try:
                reply = held.script(body, before)
                time.sleep(reply.wait)
            finally:
                with held.lock:
                    held._at_once -= 1
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content) + 50 * reply.cut))
            self.end_headers()
            self.wfile.write(content)
            if reply.cut:
                self.wfile.flush()
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        held.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()


def _text(body: dict[str, Any]) -> str:
    content = body["messages"][-1]["content"]
    return (
        content if isinstance(content, str) else " ".join(p["text"] for p in content if p["type"] == "text")
    )
