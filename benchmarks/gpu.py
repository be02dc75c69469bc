"""On a CUDA GPU: tokens and samples a second, and the share of the GPU's limit, batched against one by one.

    python benchmarks/gpu.py [--batch 16] [--samples 64] [--tokens 64] [--bandwidth 4800] [--teraflops 989]

Random weights in the shapes of Qwen2.5-VL-7B's language model (decoding: a step cannot be faster than reading
the weights once, so its limit is the memory's bandwidth) and of a CLIP ViT-L/14 at 336 pixels (encoding: 2
operations for each weight and token, so its limit is arithmetic). `--bandwidth` and `--teraflops` are of the
data sheet; without them the limit is left out. `--tiny` runs small shapes on a CPU: it shows that the script
works, and measures nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import torch
import transformers

# https://huggingface.co/Qwen/Qwen2.5-VL-7B-Instruct and openai/clip-vit-large-patch14-336, config.json.
QWEN = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
}
VIT_L = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "image_size": 336,
    "patch_size": 14,
}
TINY = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
PROMPT = 640  # tokens: an image of 24 x 24 patches, and a question


def main() -> None:
    """Both shapes, each one by one and in batches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--bandwidth", type=float)
    parser.add_argument("--teraflops", type=float)
    parser.add_argument("--tiny", action="store_true")
    asked = parser.parse_args()
    if not torch.cuda.is_available() and not asked.tiny:
        print("no CUDA GPU: nothing was measured (--tiny runs small shapes on the CPU)")
        return
    device = torch.device("cpu" if asked.tiny else "cuda")
    print("CPU, tiny shapes: no measurement" if asked.tiny else torch.cuda.get_device_name())
    decode(asked, device)
    encode(asked, device)


def decode(asked: argparse.Namespace, device: torch.device) -> None:
    """Tokens a second of the language model."""
    shape: dict[str, Any] = (
        {**QWEN, **TINY, "num_key_value_heads": 2, "vocab_size": 1000} if asked.tiny else QWEN
    )
    model = made(transformers.Qwen2ForCausalLM, transformers.Qwen2Config(**shape), device)
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    speed = {}
    for batch in (1, asked.batch):
        prompt = torch.randint(10, 900, (batch, 32 if asked.tiny else PROMPT), device=device)

        def step(prompt: torch.Tensor = prompt) -> None:
            with torch.inference_mode():
                model.generate(
                    input_ids=prompt,
                    attention_mask=torch.ones_like(prompt),
                    do_sample=False,
                    min_new_tokens=asked.tokens,
                    max_new_tokens=asked.tokens,
                    pad_token_id=0,
                )

        rounds = 1 if asked.tiny else max(1, asked.samples // batch)
        seconds = timed(step, rounds, device)
        speed[batch] = rounds * batch / seconds
        steps = rounds * asked.tokens / seconds
        share = ""
        if asked.bandwidth:
            share = f", {steps * weights / (asked.bandwidth * 1e9):.0%} of the bandwidth"
        tokens = speed[batch] * asked.tokens
        print(f"decode, batch {batch}: {tokens:,.0f} tokens/s, {speed[batch]:.2f} samples/s{share}")
    print(f"decode: {speed[asked.batch] / speed[1]:.1f} times one by one")


def encode(asked: argparse.Namespace, device: torch.device) -> None:
    """Images a second of the vision tower."""
    shape = {**VIT_L, **TINY, "image_size": 56} if asked.tiny else VIT_L
    model = made(transformers.CLIPVisionModel, transformers.CLIPVisionConfig(**shape), device)
    tokens = (shape["image_size"] // shape["patch_size"]) ** 2 + 1
    work = 2 * sum(p.numel() for p in model.parameters()) * tokens
    speed = {}
    for batch in (1, asked.batch):
        size = (batch, 3, shape["image_size"], shape["image_size"])
        pictures = torch.rand(size, device=device, dtype=model.dtype)

        def step(pictures: torch.Tensor = pictures) -> None:
            with torch.inference_mode():
                model(pixel_values=pictures)

        rounds = 1 if asked.tiny else max(1, asked.samples // batch)
        speed[batch] = rounds * batch / timed(step, rounds, device)
        share = ""
        if asked.teraflops:
            share = f", {speed[batch] * work / (asked.teraflops * 1e12):.0%} of the arithmetic"
        print(f"encode, batch {batch}: {speed[batch]:,.1f} images/s{share}")
    print(f"encode: {speed[asked.batch] / speed[1]:.1f} times one by one")


def made(kind: Any, config: Any, device: torch.device) -> Any:
    """A model of random weights on the device, in bfloat16 on a GPU."""
    torch.manual_seed(0)
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    with device:
        return kind._from_config(config, dtype=dtype).eval()


def timed(step: Callable[[], None], rounds: int, device: torch.device) -> float:
    """Seconds of some rounds after one that warms up."""
    step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(rounds):
        step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
