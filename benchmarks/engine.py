"""What the engine costs per sample, with a model that answers at once and every answer on the disk.

    python benchmarks/engine.py [--samples 20000]

Target: under 0.3 ms for text, under 1 ms with a 512 x 512 image and its hash (decoding apart).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from medassay.engine import evaluate
from medassay.models.fakes import Constant
from medassay.prompts import plain
from medassay.rows import read_rows, write_rows
from medassay.store import Store
from medassay.types import Image, Response, Row, Sample, Score, Target


def score(sample: Sample, response: Response) -> Score:
    """The least a scorer does: the engine is what is measured."""
    hit = float(response.text in sample.target.texts)
    return Score(status="scored", answer=response.text, values={"accuracy": hit})


def questions(n: int) -> Iterator[Sample]:
    """Text alone, a fresh question each."""
    for i in range(n):
        question = f"Is there a pleural effusion on the left side of study {i}?"
        yield Sample(
            id=str(i), kind="yes/no", question=question, target=Target(texts=("yes",)), cluster=str(i // 3)
        )


def pictured(n: int, folder: Path) -> Iterator[Sample]:
    """A picture of its own per question, to be read and hashed."""
    for sample in questions(n):
        image = Image(uri=str(folder / f"{sample.id}.png"))
        yield Sample(
            id=sample.id,
            kind=sample.kind,
            question=sample.question,
            images=(image,),
            target=sample.target,
            cluster=sample.cluster,
        )


def draw(n: int, folder: Path) -> None:
    """Distinct files of the size of a 512 x 512 grey PNG with some noise."""
    import PIL.Image

    noise = np.random.default_rng(0).integers(100, 140, (512, 512), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(folder / "first.png")
    content = (folder / "first.png").read_bytes()
    print(f"  ({n} files of {len(content) / 1024:.0f} KiB)")
    for i in range(n):
        (folder / f"{i}.png").write_bytes(content + str(i).encode())


def timed(what: str, n: int, work: Callable[[], object]) -> None:
    """Print milliseconds per sample: on the clock, and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what:<50} {clock / n * 1e3:8.3f} ms {processor / n * 1e3:8.3f} ms")


def main() -> None:
    """Print one line per stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    n = parser.parse_args().samples
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def run(samples: Iterator[Sample], file: str) -> list[Row]:
            with Store(folder / file) as store:
                return list(evaluate(samples, Constant("yes"), store, prompt=plain, scorer=score))

        run(questions(1000), "warm.db")
        print(f"{f'per sample, {n} samples':<50} {'clock':>11} {'processor':>11}")
        timed("text, asked and committed", n, lambda: run(questions(n), "text.db"))
        timed("text, all from the store", n, lambda: run(questions(n), "text.db"))
        some = n // 10
        draw(some, folder)
        timed(
            "512 x 512 image, hashed, asked and committed",
            some,
            lambda: run(pictured(some, folder), "images.db"),
        )
        timed(
            "512 x 512 image, hash known, all from the store",
            some,
            lambda: run(pictured(some, folder), "images.db"),
        )
        rows = run(questions(n), "text.db")
        timed("rows written", n, lambda: write_rows(folder / "rows.parquet", rows))
        timed("rows read", n, lambda: list(read_rows(folder / "rows.parquet")))


if __name__ == "__main__":
    main()
