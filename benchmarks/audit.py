"""How long an audit of 100,000 samples takes, and how much memory: drawn images, a tenth of them shared.

python benchmarks/audit.py [SAMPLES]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from medassay.hygiene import Album, audit_of
from medassay.images import uri
from medassay.types import Choice, Image, Sample, Target

CHOICES = (Choice(label="normal"), Choice(label="pneumonia"))


def samples(path: Path, name: str, start: int, stop: int) -> Iterator[Sample]:
    for index in range(start, stop):
        yield Sample(
            id=f"{name}-{index}",
            kind="label",
            question="What does the image show?",
            target=Target(texts=(CHOICES[index % 2].label,)),
            images=(Image(uri=uri("npz", path, key="images", index=index)),),
            choices=CHOICES,
            cluster=f"patient {index}",
        )


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    draw = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        coarse = draw.integers(0, 256, (count, 7, 7), dtype=np.uint8)
        np.savez(path, images=coarse.repeat(4, axis=1).repeat(4, axis=2))
        started = time.perf_counter()
        with Album() as album:
            parts = [
                album.part("test", samples(path, "test", int(0.8 * count), count), lambda _: ""),
                album.part("train", samples(path, "train", 0, int(0.9 * count)), lambda _: ""),
            ]
        print(
            f"{count:,} images seen   {time.perf_counter() - started:5.1f} s, {megabytes():,.0f} MB at most"
        )
    started = time.perf_counter()
    held = audit_of("drawn", parts, [])
    print(f"all checks           {time.perf_counter() - started:5.1f} s, {megabytes():,.0f} MB at most")
    print(next(f.sentence for f in held.findings if f.check.startswith("exact")))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
