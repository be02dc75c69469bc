"""Ours beside the loop that published benchmarks run: one sample at a time through the same model.

    python benchmarks/plain_loop.py [--images 3] [--batch 8] [--rounds 2]

A LLaVA of 576 image tokens a picture (random weights, fp32, one CPU thread), asked 11 questions about each
image as in SLAKE, in any order, and one about each image, with short and long answers. The loop opens the
image, applies the chat template, calls the processor and `model.generate` greedily, and decodes: what one
would write from the model's page. Ours answers the same requests in batches, those of one image together.
Both must say the same, or the script stops.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import PIL.Image
import torch
from generation import PER_IMAGE, about, ask, build

from medassay.models.transformers import TransformersModel
from medassay.types import Image, Request

ASKED = ((PER_IMAGE, 4), (1, 4), (1, 64))  # questions on an image, new tokens


def loop(model: TransformersModel, requests: list[Request]) -> tuple[float, list[str], list[int]]:
    """Seconds, answers and their lengths in tokens of the plain loop, on the same weights and processor."""
    net, processor = model._model, model._processor
    said, lengths = [], []
    started = time.perf_counter()
    for request in requests:
        (message,) = request.messages
        content = [
            {"type": "image"} if isinstance(part, Image) else {"type": "text", "text": part}
            for part in message.parts
        ]
        text = processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True
        )
        picture = PIL.Image.open(request.images[0].uri).convert("RGB")
        inputs = processor(images=picture, text=text, return_tensors="pt").to(net.device, dtype=net.dtype)
        with torch.inference_mode():
            tokens = net.generate(**inputs, do_sample=False, max_new_tokens=request.decoding.max_tokens)
        new = tokens[:, inputs["input_ids"].shape[1] :]
        lengths.append(new.shape[1])
        said.append(processor.batch_decode(new, skip_special_tokens=True)[0].strip())
    return time.perf_counter() - started, said, lengths


def main() -> None:
    """Measure both in turns; the fastest round of each counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--images", type=int, default=3, help="images of 11 questions; others: 4 times as many"
    )
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        model = TransformersModel(str(folder), device="cpu", batch=asked.batch)
        model.load()
        for questions, tokens in ASKED:
            images = asked.images * (4 if questions == 1 else 1)
            requests = about(folder, images, tokens, questions=questions)
            plain, ours = compared(model, requests, asked.rounds)
            print(
                f"{questions} on an image, {tokens} new tokens: plain loop {len(requests) / plain:.2f}/s, "
                f"ours {len(requests) / ours:.2f}/s, {plain / ours:.2f} times, {len(requests)} same answers"
            )


def compared(model: TransformersModel, requests: list[Request], rounds: int) -> tuple[float, float]:
    """The fewest seconds of the plain loop and of ours; stops where an answer differs."""
    loop(model, requests[:1]), ask(model, requests[:2])
    plain, ours = [], []
    for _ in range(rounds):
        seconds, said, _ = loop(model, requests)
        plain.append(seconds)
        seconds, answered = ask(model, requests)
        ours.append(seconds)
        same = sum(a == b.strip() for a, b in zip(said, answered, strict=True))
        if same != len(requests):
            sys.exit(f"only {same} of {len(requests)} answers are the same: the two do not compare")
    return min(plain), min(ours)


if __name__ == "__main__":
    main()
