"""Phantom images of training seeds with their questions, as arrays that a training loop can index."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.benchmarks.phantom import load
from medassay.images import open_image
from medassay.prompts import brief, plain
from medassay.types import Case, Sample, Target, Where

SIZE, PATCH = 64, 8
MEAN = STD = 0.5
SAMPLED = 200  # images that stand for all in the name of a cache
VARIANTS = ("diagnosis", "vqa", "measurement", "localisation", "report", "detection")
SHARES = {"choice": 2.0, "box": 2.0, "number": 2.0}
"""How often a kind of question is drawn, where it is not 1: more where learning is slow."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Images, (n, 64, 64, 3) uint8, and the samples that ask about each."""

    pixels: NDArray[np.uint8]
    samples: Sequence[Sequence[Sample]]

    def __len__(self) -> int:
        return len(self.samples)

    def tensor(self, rows: Any) -> Any:
        """The images of `rows` as a model takes them: float32, (n, 3, 64, 64)."""
        import torch

        scaled = (torch.from_numpy(self.pixels[rows]).float() / 255.0 - MEAN) / STD
        return scaled.permute(0, 3, 1, 2).contiguous()

    def without(self, specialty: str) -> Pool:
        """The pool without the images of one specialty."""
        kept = [i for i, asked in enumerate(self.samples) if asked[0].tags["specialty"] != specialty]
        return Pool(self.pixels[kept], [self.samples[i] for i in kept])


def load_pool(seed: int, images: int, cache: Path) -> Pool:
    """All questions about `images` fresh images and half as many of the detection task.

    The pixels are drawn once and kept in `cache`.
    """
    started = time.perf_counter()
    by_image: dict[str, list[Sample]] = {}
    for variant in VARIANTS:
        count = images // 2 if variant == "detection" else images
        for sample in load(Where(variant=variant), seed=seed, n=count, size=SIZE):
            by_image.setdefault(sample.images[0].uri, []).append(sample)
    samples = list(by_image.values())
    path = cache / f"pixels-{_digest(samples[:SAMPLED])}-{len(samples)}.npy"
    if path.exists():
        pixels = np.load(path)
    else:
        pixels = np.stack([_draw(asked) for asked in samples])
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, pixels)
    print(f"data: {len(samples)} images of seed {seed}, {time.perf_counter() - started:.0f} s", flush=True)
    return Pool(pixels, samples)


def _draw(asked: Sequence[Sample]) -> NDArray[np.uint8]:
    return np.asarray(open_image(asked[0].images[0]))


def _digest(samples: Sequence[Sequence[Sample]]) -> str:
    """A name for the images that changes when phantom draws them in another way."""
    return hashlib.sha256(b"".join(_draw(asked).tobytes() for asked in samples)).hexdigest()[:12]


def wordings(case: Case) -> list[str]:
    """The words in which evaluations ask: also those of datasets that hide the kind of the answer."""
    return sorted({plain(case).text, brief(case).text})


def answer(sample: Sample) -> str:
    """The answer that the scorer reads as right; numbers to two digits."""
    target = sample.target
    if sample.kind == "box":
        box = target.boxes[0]
        return f"[{', '.join(str(round(corner)) for corner in (box.x0, box.y0, box.x1, box.y1))}]"
    if sample.kind == "number" and target.number is not None:
        return f"{target.number:.2g}"
    return target.texts[0]


def reordered(sample: Sample, rng: np.random.Generator) -> Sample:
    """The same question with its options in another order: a letter must follow its option."""
    order = rng.permutation(len(sample.choices))
    choices = tuple(sample.choices[place] for place in order)
    target = sample.target
    if sample.kind == "choice":
        right = list(order).index(ascii_uppercase.index(target.texts[0]))
        target = Target(texts=(ascii_uppercase[right],))
    return replace(sample, choices=choices, target=target)


def share(sample: Sample) -> float:
    """How often the question is drawn, relative to others about the image."""
    return SHARES.get(sample.kind, 1.0)


def dialogue(pool: Pool) -> Iterator[str]:
    """Every question and answer of the pool: what the tokenizer of a VLM must know."""
    for asked in pool.samples:
        for sample in asked:
            yield from wordings(sample)
            yield answer(sample)
