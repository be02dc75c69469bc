"""Serving: throughput against a server with 200 ms latency and 32 slots, images of 70 kB, and its tail.

The server is a process of its own that answers each request 200 ms after one of its 32 slots is free: 160
requests a second at most. The client is `ServerModel` as a run uses it. Prints the throughput as a share of
that limit, also without the first second in which the pace is found, and how long requests took from being
sent to being answered. It ends with 1 below 90 % of the limit.

    python benchmarks/serving.py [--requests 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import PIL.Image

LATENCY, SLOTS, SIDE = 0.2, 32, 152
IMAGE_BYTES = 3 * SIDE**2
LIMIT = SLOTS / LATENCY


async def serve() -> None:
    """The least of a server: one completion for every request, after its turn."""
    slots = asyncio.Semaphore(SLOTS)
    body = json.dumps(
        {
            "object": "chat.completion",
            "model": "m",
            "created": 0,
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    ).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                request = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                writer.close()
                return
            length = int(request.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            async with slots:
                await asyncio.sleep(LATENCY)
            writer.write(head + body)
            await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**20, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
        return

    from medassay.models.server import ServerModel
    from medassay.types import Image, Message, Request

    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    try:
        with tempfile.TemporaryDirectory() as folder:
            draw, requests = np.random.default_rng(0), []
            for index in range(given.requests):
                path = Path(folder) / f"{index // 5}.png"  # five questions on an image
                if not path.exists():
                    noise = draw.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)  # does not compress
                    PIL.Image.fromarray(noise).save(path)
                parts = (Image(uri=str(path)), f"Question {index}?")
                requests.append(Request(messages=(Message(role="user", parts=parts),)))
            model = ServerModel(f"http://127.0.0.1:{port}/v1", name="m")
            started = time.perf_counter()
            ended, took = [], []
            for _, response in model.answer(requests):
                assert response.error is None, response.error
                ended.append(time.perf_counter() - started)
                took.append(response.seconds)
    finally:
        server.terminate()
    rate = len(requests) / ended[-1]
    later = [e for e in ended if e > 1.0]
    steady = len(later) / (later[-1] - 1.0)
    half, most = np.percentile(took, (50, 99))
    print(
        f"{len(requests):,} requests, {IMAGE_BYTES / 1000:.0f} kB images: {rate:.0f} a second, "
        f"{rate / LIMIT:.0%} of the server's {LIMIT:.0f}; after the first second {steady / LIMIT:.0%}"
    )
    print(f"from sent to answered: median {half:.2f} s, 99 % {most:.2f} s, longest {max(took):.2f} s")
    sys.exit(0 if rate >= 0.9 * LIMIT else 1)


if __name__ == "__main__":
    main()
