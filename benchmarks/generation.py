"""How much faster are batches than single questions, and are the answers the same?

    python benchmarks/generation.py [--model FOLDER] [--requests 96] [--batch 8]

Asks one checkpoint phantom's questions, one by one and in batches, on one thread, and prints by task the
answers per second and the ratio. Each way is timed several times in turns and the fastest counts, since
other work on the machine only ever slows one down. What a batch saves is the overhead of a step: little
where an answer is two tokens and the prompt is all the work, much where there are many steps.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

import medassay
from medassay.benchmarks.phantom import load
from medassay.images import resolve
from medassay.models.transformers import TransformersModel
from medassay.prompts import plain
from medassay.types import Request, Where

DEMO = Path(medassay.__file__).parent / "models" / "demo" / "demo-vlm"
TASKS = ("report", "localisation", "measurement", "diagnosis", "vqa", "all")
IMAGES = 240


def questions(task: str, count: int) -> list[Request]:
    """Questions of a task in any order, their images known and drawn beforehand."""
    samples = list(load(Where(variant=task), n=IMAGES))
    random.Random(0).shuffle(samples)
    held = [replace(s, images=tuple(resolve(image) for image in s.images)) for s in samples[:count]]
    return [plain(sample.case) for sample in held]


def ask(model: TransformersModel, requests: list[Request]) -> tuple[float, list[str]]:
    """Seconds for all of them, and the answers in order."""
    started = time.perf_counter()
    found = dict(model.answer(requests))
    seconds = time.perf_counter() - started
    failed = [response.error for response in found.values() if response.error]
    if failed:
        sys.exit(f"a request failed: {failed[0]}")
    return seconds, [found[i].text for i in range(len(requests))]


def tokens(model: TransformersModel, requests: list[Request]) -> float:
    """The mean length of an answer in tokens; also warms up."""
    found = [response.usage.output_tokens for _, response in model.answer(requests)]
    return sum(found) / len(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=str(DEMO), help="folder of a generative checkpoint")
    parser.add_argument("--requests", type=int, default=96)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    single = TransformersModel(options.model, device="cpu", batch=1)
    batched = TransformersModel(options.model, device="cpu", batch=options.batch)
    head = ("task", "tokens", "one by one", f"batches of {options.batch}", "ratio", "same answers")
    print("{:<14}{:>8}{:>14}{:>15}{:>8}   {}".format(*head))
    for task in TASKS:
        requests = questions(task, options.requests)
        length = tokens(batched, requests)
        alone, together = [], []
        for _ in range(options.rounds):
            alone.append(ask(single, requests))
            together.append(ask(batched, requests))
        one, many = min(s for s, _ in alone), min(s for s, _ in together)
        same = sum(a == b for a, b in zip(alone[0][1], together[0][1], strict=True))
        count = len(requests)
        print(
            f"{task:<14}{length:>8.1f}{count / one:>12.0f}/s{count / many:>13.0f}/s{one / many:>8.2f}"
            f"   {same} of {count}"
        )


if __name__ == "__main__":
    main()
