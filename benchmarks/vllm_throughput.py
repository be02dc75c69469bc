"""How much of raw vLLM's throughput is left through medassay, on the same requests?

    python benchmarks/vllm_throughput.py --model FOLDER [--images 64] [--questions 11] [--rounds 3]

Both ways use one engine, warmed up, with its caches of prefixes and images emptied before each round. Raw:
`LLM.chat` with PIL images that are already decoded, in the order of the images. Ours: `VllmModel.answer` on
the same questions in mixed order, decoding and templating included. Prints requests per second and the
ratio, and exits with 1 below 95 %. It needs a GPU that vLLM supports.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from medassay.errors import MedassayError
from medassay.images import open_image, resolve
from medassay.models.vllm import VllmModel
from medassay.prompts import styled
from medassay.types import Decoding, Image, Message, Request

LEAST = 0.95
ASKED = ("Which modality is this?", "Is there a lesion?", "Describe the image.", "Which organ is shown?")


def questions(images: int, each: int, tokens: int) -> list[Request]:
    """Questions on phantom's images, those on one image together; no two are the same."""
    from medassay.benchmarks.phantom import load
    from medassay.types import Where

    seen: dict[str, Image] = {}
    for sample in load(Where(variant="all"), n=images):
        for image in sample.images:
            seen.setdefault(image.uri, image)
    held = [resolve(image) for image in list(seen.values())[:images]]
    decoding = Decoding(max_tokens=tokens)
    return [
        Request(
            messages=(Message(role="user", parts=(image, f"Question {n + 1}. {ASKED[n % len(ASKED)]}")),),
            decoding=decoding,
        )
        for image in held
        for n in range(each)
    ]


def raw(engine: Any, requests: list[Request], pictures: dict[Image, Any]) -> float:
    """Seconds of one `LLM.chat` call over all requests."""
    import vllm

    conversations = [
        [
            {
                "role": message.role,
                "content": [
                    {"type": "text", "text": part}
                    if isinstance(part, str)
                    else {"type": "image_pil", "image_pil": pictures[part]}
                    for part in message.parts
                ],
            }
            for message in request.messages
        ]
        for request in requests
    ]
    tokens = requests[0].decoding.max_tokens
    started = time.perf_counter()
    engine.chat(conversations, vllm.SamplingParams(temperature=0.0, max_tokens=tokens), use_tqdm=False)
    return time.perf_counter() - started


def ours(model: VllmModel, requests: list[Request]) -> float:
    """Seconds of `VllmModel.answer` over all requests."""
    started = time.perf_counter()
    failed = [response.error for _, response in model.answer(requests) if response.error]
    if failed:
        sys.exit(f"a request failed: {failed[0]}")
    return time.perf_counter() - started


def main() -> None:
    """Time both in turns; the fastest round of each counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--questions", type=int, default=11)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    try:
        import torch
    except ModuleNotFoundError:
        sys.exit("torch is not installed: pip install 'medassay[local,vllm]'")
    if not torch.cuda.is_available():
        sys.exit("no GPU here: vLLM's throughput can only be measured where it runs")
    try:
        model = VllmModel(arguments.model, images=1)
    except MedassayError as error:
        sys.exit(str(error))
    requests = questions(arguments.images, arguments.questions, arguments.tokens)
    requests = [styled(request, model.style) for request in requests]
    mixed = random.Random(0).sample(requests, len(requests))
    pictures = {image: open_image(image) for request in requests for image in request.images}
    list(model.answer([replace(requests[0], seed=1)]))  # starts the engine
    engine = model.engine

    def fresh(work: Callable[[], float]) -> float:
        engine.reset_prefix_cache()
        engine.reset_mm_cache()
        return work()

    times = [
        (fresh(lambda: raw(engine, requests, pictures)), fresh(lambda: ours(model, mixed)))
        for _ in range(arguments.rounds + 1)
    ][1:]  # the first round warms up
    fastest_raw, fastest_ours = (min(column) for column in zip(*times, strict=True))
    ratio = fastest_raw / fastest_ours
    for name, seconds in (("raw vLLM", fastest_raw), ("VllmModel", fastest_ours)):
        sys.stdout.write(f"{name:<10} {len(requests) / seconds:8.1f} requests/s\n")
    sys.stdout.write(f"ratio      {ratio:8.1%}\n")
    sys.exit(0 if ratio >= LEAST else 1)


if __name__ == "__main__":
    main()
