"""On a CUDA GPU: ours beside the plain loop, in tokens and samples a second and the share of the GPU's limit.

    python benchmarks/gpu.py [--batch 16] [--samples 33] [--tokens 32] [--tiny]

Random weights in the shapes of Qwen2.5-VL-7B (each question on an image of its own, then 11 on each image)
and of a CLIP ViT-L/14 at 336 pixels, from files of images to answers and vectors. The limit is what this
GPU was measured to do just before: it multiplies matrices at F operations a second and copies memory at B
bytes a second. An answer needs at least 2 operations for each weight and token that is read, and each step
of a batch reads the weights of the language model once; those seconds over the seconds taken are the share.
`--tiny` runs small shapes on a CPU: it shows that the script works, and measures nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL.Image
import torch
from generation import PER_IMAGE, about
from plain_loop import loop
from shapes import CLIP, QWEN, TINY_CLIP, TINY_QWEN, clip, qwen

from medassay.models.contrastive import ContrastiveModel
from medassay.models.transformers import TransformersModel
from medassay.types import Request, Response


@dataclass(frozen=True)
class Limits:
    """What a device was measured to do."""

    operations: float  # of a multiplication of matrices, per second
    bandwidth: float  # bytes read and written by a copy, per second


def main() -> None:
    """Both shapes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--samples", type=int, default=33)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--tiny", action="store_true")
    asked = parser.parse_args()
    if not torch.cuda.is_available() and not asked.tiny:
        print("no CUDA GPU: nothing was measured (--tiny runs small shapes on the CPU)")
        return
    device = torch.device("cpu" if asked.tiny else "cuda")
    name = "CPU, tiny shapes: no measurement" if asked.tiny else torch.cuda.get_device_name()
    limits = measured(device)
    print(f"{name}: {limits.operations / 1e12:.3g} TFLOP/s, {limits.bandwidth / 1e12:.3g} TB/s")
    for work in (generate, encode):
        with tempfile.TemporaryDirectory() as folder:
            work(asked, Path(folder), device, limits)


def generate(asked: argparse.Namespace, folder: Path, device: torch.device, limits: Limits) -> None:
    """Tokens and samples a second of the language model with its images."""
    qwen(folder, TINY_QWEN if asked.tiny else QWEN, device)
    model = TransformersModel(str(folder), device=device.type, batch=asked.batch)
    model.load()
    for questions in (1, PER_IMAGE):
        images = max(1, asked.samples // questions)
        requests = about(folder, images, asked.tokens, questions=questions)
        loop(model, requests[:1]), answered(model, requests[: asked.batch])
        seconds, said, lengths = loop(model, requests)
        mine, responses = answered(model, requests)
        same = sum(a == response.text.strip() for a, response in zip(said, responses, strict=True))
        patches = image_patches(model, requests[0])
        prompts = [response.usage.input_tokens for response in responses]
        own = [response.usage.output_tokens for response in responses]
        for way, taken, new, batch in (("plain", seconds, lengths, 1), ("ours", mine, own, asked.batch)):
            share = ""
            if questions == 1:  # a shared image is read once, which has another limit
                least = needed(model._model, limits, patches=patches, prompts=prompts, new=new, batch=batch)
                share = f", {least / taken:.1%} of the limit"
            speed = f"{sum(new) / taken:,.1f} tokens/s, {len(requests) / taken:,.2f} samples/s"
            print(f"Qwen2.5-VL-7B, {questions} on an image, {way}: {speed}{share}")
        print(f"  {seconds / mine:.2f} times, batches of {asked.batch}, same {same} of {len(requests)}")


def answered(model: TransformersModel, requests: list[Request]) -> tuple[float, list[Response]]:
    """Seconds, and our responses in order."""
    started = time.perf_counter()
    found = dict(model.answer(requests))
    seconds = time.perf_counter() - started
    failed = [response.error for response in found.values() if response.error]
    if failed:
        raise SystemExit(f"a request failed: {failed[0]}")
    return seconds, [found[i] for i in range(len(requests))]


def image_patches(model: TransformersModel, request: Request) -> int:
    """How many patches the vision tower reads of the image of a request."""
    picture = PIL.Image.open(request.images[0].uri).convert("RGB")
    grid = model._processor.image_processor(images=[picture], return_tensors="pt")["image_grid_thw"]
    return int(grid.prod())


def needed(
    net: Any, limits: Limits, *, patches: int, prompts: list[int], new: list[int], batch: int
) -> float:
    """The least seconds in which a GPU of these limits answers, in batches in this order.

    Reading is bound by arithmetic and writing by the memory, of which the weights alone are counted: not
    attention, the keys and values, or what the CPU does. Steps are counted as if answers of one length
    shared a batch.
    """
    vision = sum(p.numel() for p in net.model.visual.parameters())
    layers = sum(p.numel() for p in net.model.language_model.layers.parameters())
    step = sum(p.numel() * p.element_size() for p in net.lm_head.parameters())
    step += sum(p.numel() * p.element_size() for p in net.model.language_model.layers.parameters())
    reading = 2 * (vision * patches * len(prompts) + layers * sum(prompts)) / limits.operations
    # The first token of an answer comes of reading the prompt.
    longest = sorted(new, reverse=True)[::batch]
    return reading + sum(length - 1 for length in longest) * step / limits.bandwidth


def encode(asked: argparse.Namespace, folder: Path, device: torch.device, limits: Limits) -> None:
    """Images a second of the vision tower."""
    clip(folder, TINY_CLIP if asked.tiny else CLIP, device)
    encoder = ContrastiveModel(str(folder), device=device.type, batch=asked.batch).encoder
    images = [request.images[0] for request in about(folder, asked.samples, 1, questions=1)]
    encoder.features(images[: asked.batch])
    net, processor = encoder._model, encoder._processor

    def plain() -> None:
        for image in images:
            picture = PIL.Image.open(image.uri).convert("RGB")
            inputs = processor(images=picture, return_tensors="pt").to(net.device, net.dtype)
            with torch.inference_mode():
                net.get_image_features(**inputs).pooler_output.float().cpu()

    side = net.config.vision_config.image_size // net.config.vision_config.patch_size
    work = 2 * sum(p.numel() for p in net.vision_model.parameters()) * (side**2 + 1) * len(images)
    taken = {"plain": timed(plain, device), "ours": timed(lambda: encoder.features(images), device)}
    for way, seconds in taken.items():
        share = f"{work / limits.operations / seconds:.1%} of the limit"
        print(f"CLIP ViT-L/14, {way}: {len(images) / seconds:,.1f} images/s, {share}")
    print(f"  {taken['plain'] / taken['ours']:.2f} times, batches of {asked.batch}")


def measured(device: torch.device) -> Limits:
    """What the device does at best: a multiplication of matrices, and a copy."""
    side, length = (256, 2**20) if device.type == "cpu" else (8192, 2**30)
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    source = torch.zeros(length, device=device, dtype=torch.uint8)
    target = torch.empty_like(source)
    multiplied = min(timed(lambda: left @ right, device) for _ in range(20))
    copied = min(timed(lambda: target.copy_(source), device) for _ in range(20))
    return Limits(2 * side**3 / multiplied, 2 * length / copied)


def timed(work: Callable[[], object], device: torch.device) -> float:
    """Seconds of some work, to its end on the device."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
