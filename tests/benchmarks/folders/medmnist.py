"""MedMNIST files of a few noise images: all classes occur, in grey or colour, at several sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

COLOUR = ("pathmnist", "dermamnist", "retinamnist", "bloodmnist")
CLASSES = {
    "pathmnist": 9,
    "dermamnist": 7,
    "octmnist": 4,
    "pneumoniamnist": 2,
    "retinamnist": 5,
    "breastmnist": 2,
    "bloodmnist": 8,
    "tissuemnist": 8,
    "organamnist": 11,
    "organcmnist": 11,
    "organsmnist": 11,
}
SIZES = {"breastmnist": 64, "dermamnist": 224}  # of the others: 28
WORDS = [f"{name}@{SIZES.get(name, 28)}" for name in (*CLASSES, "chestmnist")]


def make(root: Path, word: str) -> None:
    name, _, size = word.partition("@")
    draw = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, n in (("train", 3), ("val", 2), ("test", 2 * CLASSES.get(name, 2))):
        shape = (n, int(size), int(size), *((3,) if name in COLOUR else ()))
        arrays[f"{split}_images"] = draw.integers(0, 256, shape, dtype=np.uint8)
        arrays[f"{split}_labels"] = _labels(name, n)
    np.savez(root / (f"{name}.npz" if size == "28" else f"{name}_{size}.npz"), **arrays)


def _labels(name: str, n: int) -> Any:
    """(n, 1) uint8 classes in turn; (n, 14) for the multilabel set, whose first image has no finding."""
    if name == "chestmnist":
        return (np.arange(14)[None, :] < 3 * np.arange(n)[:, None]).astype(np.uint8)
    return (np.arange(n, dtype=np.uint8) % CLASSES[name])[:, None]
