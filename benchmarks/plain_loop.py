"""Ours beside the loop that published benchmarks run: one sample at a time through the same model.

    python benchmarks/plain_loop.py [--images 6] [--batch 8] [--tokens 4] [--rounds 2]

A LLaVA of 576 image tokens a picture (random weights, fp32, one CPU thread), 11 questions about each image as
in SLAKE, in any order. The loop opens the image, applies the chat template, calls the processor and
`model.generate` greedily, and decodes: what one would write from the model's page. Ours answers the same
requests in batches, those of one image together. Both must say the same, or the script stops.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import PIL.Image
import torch
from generation import about, ask, build

from medassay.models.transformers import TransformersModel
from medassay.types import Image, Request


def loop(model: TransformersModel, requests: list[Request]) -> tuple[float, list[str]]:
    """Seconds and answers of the plain loop, on the same weights and processor."""
    net, processor = model._model, model._processor
    said = []
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
        inputs = processor(images=picture, text=text, return_tensors="pt")
        with torch.inference_mode():
            tokens = net.generate(**inputs, do_sample=False, max_new_tokens=request.decoding.max_tokens)
        new = tokens[:, inputs["input_ids"].shape[1] :]
        said.append(processor.batch_decode(new, skip_special_tokens=True)[0].strip())
    return time.perf_counter() - started, said


def main() -> None:
    """Measure both in turns; the fastest round of each counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=6)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        model = TransformersModel(str(folder), device="cpu", batch=asked.batch)
        model.load()
        requests = about(folder, asked.images, asked.tokens)
        loop(model, requests[:2]), ask(model, requests[:2])
        plain, ours = [], []
        for _ in range(asked.rounds):
            seconds, said = loop(model, requests)
            plain.append(seconds)
            seconds, answered = ask(model, requests)
            ours.append(seconds)
            same = sum(a == b.strip() for a, b in zip(said, answered, strict=True))
            if same != len(requests):
                sys.exit(f"only {same} of {len(requests)} answers are the same: the two do not compare")
    one, other = len(requests) / min(plain), len(requests) / min(ours)
    ratio = f"plain loop {one:.2f}/s, ours {other:.2f}/s, {other / one:.2f} times"
    print(f"{ratio}, {len(requests)} questions, same answers")


if __name__ == "__main__":
    main()
