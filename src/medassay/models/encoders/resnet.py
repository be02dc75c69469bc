"""Residual networks as functions of their weights, under the names that two codes gave them.

`plain` is ResNet-50 as torchvision has it (He et al. 2016, the stride in the middle convolution); `modified`
is that of CLIP (Radford et al. 2021): three convolutions in the stem, averages before every stride, and an
attention over places in place of the last average.
"""

from __future__ import annotations

from typing import Any

from medassay.models.encoders.weights import Weights

_EPSILON = 1e-5


def plain(weights: Weights, pixels: Any) -> Any:
    """The last layer's output, (n, outputs), of pixels (n, 3, height, width)."""
    from torch.nn import functional

    seen = _step(weights, "1", pixels, stride=2, padding=3).relu()
    seen = functional.max_pool2d(seen, 3, stride=2, padding=1)
    seen = _stages(weights, seen, averaged=False).mean((2, 3))
    return functional.linear(seen, weights["fc.weight"])


def modified(weights: Weights, pixels: Any, *, head_width: int = 64) -> Any:
    """The pooled vector, (n, outputs), of pixels (n, 3, height, width)."""
    from torch.nn import functional

    seen = _step(weights, "1", pixels, stride=2, padding=1).relu()
    seen = _step(weights, "2", seen, padding=1).relu()
    seen = _step(weights, "3", seen, padding=1).relu()
    seen = _stages(weights, functional.avg_pool2d(seen, 2), averaged=True)
    return _attended(weights.under("attnpool."), seen, head_width)


def _stages(weights: Weights, seen: Any, *, averaged: bool) -> Any:
    for stage, stride in enumerate((1, 2, 2, 2), start=1):
        for place, block in enumerate(weights.numbered(f"layer{stage}.")):
            seen = _bottleneck(block, seen, stride if place == 0 else 1, averaged=averaged)
    return seen


def _bottleneck(weights: Weights, seen: Any, stride: int, *, averaged: bool) -> Any:
    """One block: narrow, look around, widen, and add what came in."""
    from torch.nn import functional

    shrunk = functional.avg_pool2d(seen, stride) if averaged and stride > 1 else seen
    kept, stepped = (shrunk, 1) if averaged else (seen, stride)
    if "downsample.0.weight" in weights:
        kept = functional.conv2d(kept, weights["downsample.0.weight"], stride=stepped)
        kept = _normalised(weights.under("downsample.1."), kept)
    seen = _step(weights, "1", seen).relu()
    seen = _step(weights, "2", seen, stride=stepped, padding=1).relu()
    if averaged and stride > 1:
        seen = functional.avg_pool2d(seen, stride)
    return (_step(weights, "3", seen) + kept).relu()


def _step(weights: Weights, number: str, seen: Any, *, stride: int = 1, padding: int = 0) -> Any:
    """The convolution of that number and its normalisation."""
    from torch.nn import functional

    seen = functional.conv2d(seen, weights[f"conv{number}.weight"], stride=stride, padding=padding)
    return _normalised(weights.under(f"bn{number}."), seen)


def _normalised(weights: Weights, seen: Any) -> Any:
    from torch.nn import functional

    mean, variance = weights["running_mean"], weights["running_var"]
    return functional.batch_norm(seen, mean, variance, weights["weight"], weights["bias"], eps=_EPSILON)


def _attended(weights: Weights, seen: Any, head_width: int) -> Any:
    """One query, the mean of all places, over that mean and the places, (n, outputs)."""
    import torch
    from torch.nn import functional

    places = seen.flatten(2).transpose(1, 2)
    places = torch.cat([places.mean(1, keepdim=True), places], dim=1) + weights["positional_embedding"]

    def projected(name: str, given: Any) -> Any:
        return functional.linear(given, weights[f"{name}_proj.weight"], weights[f"{name}_proj.bias"])

    query, key, value = (
        projected(name, given).unflatten(-1, (-1, head_width)).transpose(1, 2)
        for name, given in (("q", places[:, :1]), ("k", places), ("v", places))
    )
    pooled = functional.scaled_dot_product_attention(query, key, value)
    return projected("c", pooled.transpose(1, 2).flatten(2)[:, 0])
