"""How much faster are batches than single questions, and are the answers the same?

    python benchmarks/generation.py [--model FOLDER] [--requests 64] [--batch 8]

Asks one checkpoint the same questions about drawn images, one by one and in batches, on one thread, and
prints seconds, answers per second and the ratio. Each way is timed several times in turns and the fastest
counts, since other work on the machine only ever slows one down.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import PIL.Image
import torch

import medassay
from medassay.images import resolve
from medassay.models.transformers import TransformersModel
from medassay.types import Decoding, Image, Message, Request

DEMO = Path(medassay.__file__).parent / "models" / "demo" / "demo-vlm"
QUESTIONS = (
    "Which imaging modality is this? Answer in a few words.",
    "Is there a lesion? Answer yes or no.",
    "How many lesions are there? Answer with a number.",
    "Write the findings of the report in a few sentences.",
)


def drawn(seed: int, size: int = 64) -> Image:
    """A bright disc in noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    disc = 90 * ((x - rng.integers(size)) ** 2 + (y - rng.integers(size)) ** 2 < (size / 6) ** 2)
    pixels = np.clip(rng.normal(110, 20, (size, size)) + disc, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format="PNG")
    return resolve(Image(uri="inline:" + base64.b64encode(buffer.getvalue()).decode()))


def ask(model: TransformersModel, requests: list[Request]) -> tuple[float, list[str]]:
    """Seconds for all of them, and the answers in order."""
    started = time.perf_counter()
    found = dict(model.answer(requests))
    seconds = time.perf_counter() - started
    failed = [response.error for response in found.values() if response.error]
    if failed:
        sys.exit(f"a request failed: {failed[0]}")
    return seconds, [found[i].text for i in range(len(requests))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=str(DEMO), help="folder of a generative checkpoint")
    parser.add_argument("--requests", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    decoding = Decoding(max_tokens=options.tokens)
    requests = [
        Request(messages=(Message(role="user", parts=(drawn(i // 4), QUESTIONS[i % 4])),), decoding=decoding)
        for i in range(options.requests)
    ]
    single = TransformersModel(options.model, device="cpu", batch=1)
    batched = TransformersModel(options.model, device="cpu", batch=options.batch)
    ask(single, requests[:2])
    ask(batched, requests[:2])
    times: dict[str, list[float]] = {"single": [], "batched": []}
    for _ in range(options.rounds):
        seconds, alone = ask(single, requests)
        times["single"].append(seconds)
        seconds, together = ask(batched, requests)
        times["batched"].append(seconds)
    one, many = min(times["single"]), min(times["batched"])
    same = sum(a == b for a, b in zip(alone, together, strict=True))
    print(f"model         {options.model}")
    print(f"one by one    {one:8.2f} s  {len(requests) / one:8.1f} answers/s")
    print(f"batches of {options.batch:2d} {many:8.2f} s  {len(requests) / many:8.1f} answers/s")
    print(f"ratio         {one / many:8.2f}    target 2.5")
    print(f"same answers  {same} of {len(requests)}")
    if same < len(requests):
        sys.exit(1)


if __name__ == "__main__":
    main()
