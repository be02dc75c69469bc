"""How long the cluster bootstrap takes: OMP_NUM_THREADS=1 python benchmarks/bootstrap.py [ROWS] [DRAWS].

Targets for 100,000 rows and 2,000 draws on one core: under 2 s for a mean, under 4 s for AUROC.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import numpy as np

from medassay.metrics import METRICS
from medassay.statistics.bootstrap import generator, job, percentile, resample

CLASSES = 5


def columns(name: str, n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Columns of a metric of the registry, for n rows."""
    truth = rng.integers(2, size=n)
    if name == "accuracy":
        return {"value": truth.astype(float)}
    if name == "auroc":
        score = 1 / (1 + np.exp(-(truth + rng.standard_normal(n))))
        probs = np.stack([1 - score, score], axis=1).astype(np.float32)
        return {"truth": truth, "probs": probs, "list": np.zeros(n, dtype=np.int64)}
    truth, guess = rng.integers(CLASSES, size=(2, n))
    return {
        "truth": truth,
        "guess": guess,
        "classes": np.full(n, CLASSES),
        "list": np.zeros(n, dtype=np.int64),
    }


def main(n: int = 100_000, draws: int = 2000) -> None:
    """Print seconds, and the interval that they bought."""
    print(f"{draws:,} draws of {n:,} rows\n")
    print(f"{'metric':<12}{'clusters':>10}{'seconds':>10}{'CPU':>8}   interval")
    for name in ("accuracy", "macro_f1", "auroc"):
        for clusters in (n, n // 5, n // 100):
            rng = np.random.default_rng(0)
            codes = np.arange(n) % clusters
            made = columns(name, n, rng)
            wall, cpu = time.perf_counter(), time.process_time()
            work = job(METRICS[name], made, codes)
            spread = 0 if METRICS[name].sums else n
            values = resample([work], generator("benchmark 1", np.arange(clusters)), clusters, draws, spread)[
                0
            ]
            low, high = percentile(values) or (np.nan, np.nan)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            print(f"{name:<12}{clusters:>10,}{wall:>10.2f}{cpu:>8.2f}   {low:.4f} to {high:.4f}")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
