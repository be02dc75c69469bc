"""Do our 95 % intervals hold the truth in 95 % of fresh tests? Measured with a real model on phantom.

Images are drawn from fresh seeds, answered once, and dealt at random into sets. Each set gets its
estimates as any run would; the truth is the value over all images together. Printed per estimate: the
share of intervals that hold the truth, with the error of that share, and how often they lie beside it.

    python benchmarks/phantom_coverage.py                           # demo-vlm and demo-clip, 1,000 sets of 60
    python benchmarks/phantom_coverage.py --model demo-clip --sets 200 --images 120
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from medassay.benchmarks.phantom import BENCHMARK
from medassay.engine import evaluate
from medassay.metrics import METRICS
from medassay.statistics import estimate_all
from medassay.store import Store
from medassay.types import Estimate, Measure, Model, Row, Where
from medassay.workflows.named import resolve_model

SEED = 10_000_000  # far from the published test and from training
POOLED = 50  # sets answered and dealt together: their images are exchangeable

MEASURES = {
    "vqa": (
        Measure(metric="accuracy", where={"task": "vqa"}),
        Measure(metric="accuracy", where={"kind": "yes/no"}),
    ),
    "diagnosis": (
        Measure(metric="accuracy", where={"task": "lesion"}),
        Measure(metric="auroc", where={"task": "lesion"}),
        Measure(metric="auroc", where={"task": "modality"}),
    ),
}


@dataclass
class Tally:
    """All intervals of one estimate, and what is needed for its true value."""

    estimates: list[Estimate] = field(default_factory=list)

    def report(self, name: str, truth: Estimate) -> str:
        held = [e for e in self.estimates if e.low is not None and e.high is not None]
        if not held:
            return f"{name:32}  no interval in any set ({self.estimates[0].note})"
        low, high = np.array([(e.low, e.high) for e in held]).T
        above, below = (low > truth.value).mean(), (high < truth.value).mean()
        cover = 1.0 - above - below
        error = math.sqrt(cover * (1.0 - cover) / len(held))
        spread = np.std([e.value for e in held])
        return (
            f"{name:32}  truth {truth.value:.4f} (n = {truth.n:,})  coverage {cover:.3f} +- {error:.3f}"
            f"  above {above:.3f}  below {below:.3f}  width {np.mean(high - low):.3f}  spread {spread:.3f}"
            f"  sets {len(held):,}, {len(self.estimates) - len(held):,} without an interval"
        )


def measured(rows: Iterable[Row], variant: str) -> dict[str, Estimate]:
    found = estimate_all(rows, MEASURES[variant], METRICS, seed="phantom coverage", draws=100)
    return {f"{estimate.metric}, {estimate.slice}": estimate for estimate in found}


def pools(model: Model, variant: str, sets: int, images: int, difficulty: float) -> Iterator[list[list[Row]]]:
    """The rows of `POOLED` sets of fresh images at a time, by image, in random order."""
    wanted = {measure.where.get("task") for measure in MEASURES[variant]} - {None}
    rng = np.random.default_rng(0)
    for number, first in enumerate(range(0, sets, POOLED)):
        n = min(POOLED, sets - first) * images
        fresh = BENCHMARK.load(Where(variant=variant), seed=SEED + number, n=n, difficulty=difficulty)
        samples = (sample for sample in fresh if sample.tags["task"] in wanted)
        by_image: dict[str, list[Row]] = defaultdict(list)
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "responses.db") as store:
            for row in evaluate(samples, model, store, prompt=BENCHMARK.prompt, scorer=BENCHMARK.scorer):
                by_image[row.sample.cluster].append(row)
        dealt = list(by_image.values())
        yield [dealt[k] for k in rng.permutation(len(dealt))]


def cover(word: str, variant: str, sets: int, images: int, difficulty: float) -> None:
    model = resolve_model(word).model
    tallies: dict[str, Tally] = defaultdict(Tally)

    def everything() -> Iterator[Row]:
        """All rows, once; each set is measured as it goes by."""
        for pool in pools(model, variant, sets, images, difficulty):
            for first in range(0, len(pool) - images + 1, images):
                rows = [row for image in pool[first : first + images] for row in image]
                for name, estimate in measured(rows, variant).items():
                    tallies[name].estimates.append(estimate)
                yield from rows

    started = time.perf_counter()
    truths = measured(everything(), variant)
    seconds = time.perf_counter() - started
    hard = f", difficulty {difficulty:g}" if difficulty else ""
    print(f"{word} on phantom@{variant}{hard}: {sets:,} sets of {images} images, {seconds:.0f} s", flush=True)
    for name, truth in truths.items():
        print("  " + tallies[name].report(name, truth), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--model", action="append", help="a model as `medassay run` takes it; may be repeated"
    )
    parser.add_argument("--variant", choices=sorted(MEASURES), help="default: diagnosis for a CLIP, else vqa")
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--difficulty", type=float, default=0.8, help="0 is too easy to tell anything")
    given = parser.parse_args()
    for word in given.model or ["demo-vlm", "demo-clip"]:
        variant = given.variant or ("diagnosis" if "clip" in word else "vqa")
        cover(word, variant, given.sets, given.images, given.difficulty)


if __name__ == "__main__":
    main()
