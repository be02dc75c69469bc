"""One training loop for all stages."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from typing import Any


@functools.cache
def bfloat16_pays() -> bool:
    """Whether this processor multiplies bfloat16 matrices at least twice as fast as float32 ones."""
    import torch

    def seconds(dtype: Any) -> float:
        left, right = torch.ones(8192, 128, dtype=dtype), torch.ones(128, 384, dtype=dtype)
        left @ right
        started = time.perf_counter()
        for _ in range(20):
            left @ right
        return time.perf_counter() - started

    return 2 * seconds(torch.bfloat16) < seconds(torch.float32)


def mixed_precision() -> Any:
    """A context in which matrices are multiplied in bfloat16 where that is faster."""
    import torch

    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_pays())


def optimise(
    model: Any, loss: Callable[[], Any], *, steps: int, rate: float, name: str, warm_up: int = 100
) -> None:
    """AdamW with a linear warm-up and a cosine to a twentieth of `rate`; prints the loss and the time."""
    import torch

    decayed = [p for p in model.parameters() if p.requires_grad and p.ndim > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
    model.train()
    started, smooth = time.perf_counter(), None
    for step in range(steps):
        share = min(1.0, (step + 1) / warm_up) * (0.05 + 0.475 * (1 + math.cos(math.pi * step / steps)))
        for group in optimiser.param_groups:
            group["lr"] = rate * share
        value = loss()
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        smooth = value.item() if smooth is None else 0.98 * smooth + 0.02 * value.item()
        if (step + 1) % max(1, steps // 20) == 0:
            seconds = time.perf_counter() - started
            print(f"{name}: step {step + 1} of {steps}, loss {smooth:.4f}, {seconds:.0f} s", flush=True)
    model.eval()
