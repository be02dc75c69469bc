"""The first stage: a vision tower learns what is in an image from its truth.

Contrast with captions alone never taught such a tower left from right; heads on labels do so in half a
minute. Both demo families start from this tower; the heads are thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo_training.data import PATCH, SIZE, Pool
from demo_training.schedule import mixed_precision, optimise
from medassay.benchmarks.phantom.drawing import Recipe, truth
from medassay.benchmarks.phantom.scene import Truth

WIDTH, LAYERS = 96, 4
BATCH, RATE = 128, 1.5e-3
UNKNOWN = -1
SETTINGS: dict[str, Any] = {
    "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "image_size": SIZE,
    "patch_size": PATCH,
}
"""The architecture of the tower, also as the part of a larger model."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What the heads learn of n images.

    `classes`: (n,) each, -1 where a class makes no sense; `numbers`: (n, k), standardised, NaN likewise;
    `places`: (n, patches), the share of each patch that lies inside a lesion's box.
    """

    classes: dict[str, NDArray[np.int64]]
    numbers: NDArray[np.float32]
    places: NDArray[np.float32]


def build() -> Any:
    """A CLIPVisionModel with random weights."""
    from transformers import CLIPVisionConfig, CLIPVisionModel

    return CLIPVisionModel(CLIPVisionConfig(**SETTINGS))


def train(tower: Any, pool: Pool, *, steps: int, seed: int) -> None:
    """Teach the tower by linear heads: on its pooled output, on the mean of its patches, on each patch."""
    import torch

    labels = label(pool)
    sizes = {name: int(values.max()) + 1 for name, values in labels.classes.items()}
    outputs = sum(sizes.values()) + labels.numbers.shape[1]
    heads = torch.nn.ModuleDict(
        {
            "pooled": torch.nn.Linear(WIDTH, outputs),
            "mean": torch.nn.Linear(WIDTH, outputs),
            "place": torch.nn.Linear(WIDTH, 1),
        }
    )
    rng = np.random.default_rng(seed)

    def loss() -> Any:
        rows = rng.integers(0, len(pool), BATCH)
        with mixed_precision():
            seen = tower(pixel_values=pool.tensor(rows))
            patches = seen.last_hidden_state[:, 1:]
            pooled, mean = heads["pooled"](seen.pooler_output), heads["mean"](patches.mean(dim=1))
            places = heads["place"](patches).squeeze(-1)
        wanted = torch.from_numpy(labels.places[rows])
        found = torch.nn.functional.binary_cross_entropy_with_logits(places.float(), wanted)
        return _heads_loss(pooled, labels, sizes, rows) + _heads_loss(mean, labels, sizes, rows) + 10 * found

    optimise(torch.nn.ModuleList([tower, heads]), loss, steps=steps, rate=RATE, name="tower")


def _heads_loss(output: Any, labels: Labels, sizes: dict[str, int], rows: NDArray[np.int64]) -> Any:
    import torch

    logits = output.float().split([*sizes.values(), labels.numbers.shape[1]], dim=1)
    total = torch.zeros(())
    for values, given in zip(labels.classes.values(), logits, strict=False):
        wanted = torch.from_numpy(values[rows])
        if (wanted != UNKNOWN).any():
            total = total + torch.nn.functional.cross_entropy(given, wanted, ignore_index=UNKNOWN)
    wanted = torch.from_numpy(labels.numbers[rows])
    known = ~torch.isnan(wanted)
    return total + torch.nn.functional.smooth_l1_loss(logits[-1][known], wanted[known])


def label(pool: Pool) -> Labels:
    """The truths of the images as arrays."""
    truths = [truth(Recipe.parse(asked[0].images[0].uri)) for asked in pool.samples]
    readers: dict[str, Callable[[Truth], Any]] = {
        "specialty": lambda t: t.specialty,
        "diagnosis": lambda t: (t.specialty, t.diagnosis),
        "side": lambda t: t.side,
        "count": lambda t: len(t.lesions),
        "skin tone": lambda t: t.skin_tone,
    }
    found = {(t.specialty, finding) for t in truths for finding in t.findings}
    readers |= {
        f"{specialty}: {finding}": _presence(specialty, finding) for specialty, finding in sorted(found)
    }
    classes = {name: _codes([reader(t) for t in truths]) for name, reader in readers.items()}
    return Labels(classes, _numbers(truths), np.stack([_places(t) for t in truths]))


def _presence(specialty: str, finding: str) -> Callable[[Truth], bool | None]:
    return lambda truth: finding in truth.findings if truth.specialty == specialty else None


def _codes(values: list[Any]) -> NDArray[np.int64]:
    known = sorted({value for value in values if value is not None})
    return np.array([UNKNOWN if value is None else known.index(value) for value in values])


def _numbers(truths: list[Truth]) -> NDArray[np.float32]:
    names = sorted({name for t in truths for name in t.measurements})
    measured = [[t.measurements.get(name, np.nan) for name in names] for t in truths]
    values = np.hstack([np.array(measured), np.array([_corners(t) for t in truths])])
    scaled: NDArray[np.float32] = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)
    return scaled.astype(np.float32)


def _corners(truth: Truth) -> list[float]:
    if len(truth.lesions) != 1:
        return [np.nan] * 4
    box = truth.lesions[0]
    return [box.x0, box.y0, box.x1, box.y1]


def _places(truth: Truth) -> NDArray[np.float32]:
    edges = np.arange(0, SIZE + PATCH, PATCH) / SIZE
    share = np.zeros((SIZE // PATCH, SIZE // PATCH))
    for lesion in truth.lesions:
        across = np.clip(np.minimum(edges[1:], lesion.x1) - np.maximum(edges[:-1], lesion.x0), 0, None)
        down = np.clip(np.minimum(edges[1:], lesion.y1) - np.maximum(edges[:-1], lesion.y0), 0, None)
        share = np.maximum(share, np.outer(down, across) * (SIZE / PATCH) ** 2)
    return share.ravel().astype(np.float32)
