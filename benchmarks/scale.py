"""Time, memory and disk of the stages of a run as rows grow, with the fit and what it says of 10^7.

python benchmarks/scale.py [--rows 10000 100000] [--until 10000000] [--json FILE]

Each stage at each size is a process of its own, so that its peak of resident memory is its own. The exponent
is the slope between the two largest sizes on log scales: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medassay.types import Measure, Sample, Target

MEASURES = (Measure(metric="accuracy", by=("site",)),)


def samples(count: int) -> Iterator[Sample]:
    """Questions of yes or no, four to a patient, streamed."""
    targets = (Target(texts=("yes",)), Target(texts=("no",)))
    for n in range(count):
        yield Sample(
            id=f"row-{n}",
            kind="yes/no",
            question=f"Is there a finding in image {n}?",
            target=targets[n % 2],
            images=(),
            cluster=f"patient-{n // 4}",
            tags={"site": "ABC"[n % 3]},
        )


class Streamed:
    """Samples with a length."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Sample]:
        return samples(self.count)


def ask(place: Path, count: int) -> None:
    """Ask, commit, judge and write rows."""
    from medassay.engine import evaluate
    from medassay.metrics.answers import score
    from medassay.models.fakes import Constant
    from medassay.prompts import brief
    from medassay.rows import write_rows
    from medassay.store import Store

    with Store(place / "responses.db") as store:
        rows = evaluate(Streamed(count), Constant("yes"), store, prompt=brief, scorer=score)
        assert write_rows(place / "rows.parquet", rows) == count


def again(place: Path, count: int) -> None:
    """The same when all is in the store."""
    ask(place, count)


def read(place: Path, count: int) -> None:
    """Read all rows back."""
    from medassay.rows import read_rows

    assert sum(1 for _ in read_rows(place / "rows.parquet")) == count


def estimate(place: Path, count: int) -> None:
    """Accuracy with its interval over clusters, whole and by site."""
    from medassay.metrics import METRICS
    from medassay.rows import read_rows
    from medassay.statistics import estimate_all

    found = estimate_all(read_rows(place / "rows.parquet"), MEASURES, METRICS, seed="scale")
    assert found[0].n == count


STAGES: dict[str, Callable[[Path, int], None]] = {
    "ask, keep, judge, write": ask,
    "again, all from the store": again,
    "read": read,
    "estimate": estimate,
}


def main() -> None:
    """Measure, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--until", type=int, default=10_000_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in STAGES}
    for count in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            for name, stage in STAGES.items():
                held = alone(stage, place, count)
                files = {path.name: path.stat().st_size for path in place.iterdir()}
                found[name].append({"rows": count, **held, "disk": sum(files.values())})
                print(
                    f"{count:>10,} {name:<26} {held['seconds']:8.2f} s {held['peak'] / 1e6:8.0f} MB",
                    flush=True,
                )
            print(f"{count:>10,} on disk {sum(files.values()) / 1e6:,.1f} MB", flush=True)
    if len(asked.rows) > 1:
        print(f"\nto {asked.until:,} rows, by the slope of the two largest:")
        for name, points in found.items():
            told = [
                f"{what} x^{slope:.2f} -> {value:,.0f} {unit}"
                for what, unit, size in (("time", "s", 1.0), ("memory", "MB", 1e6), ("disk", "MB", 1e6))
                for slope, value in [fit(points, what, asked.until, size)]
            ]
            print(f"  {name:<26} {', '.join(told)}")
    if asked.json:
        asked.json.write_text(json.dumps(found))


def fit(points: list[dict[str, Any]], what: str, until: int, size: float) -> tuple[float, float]:
    """The slope on log scales between the last two sizes, and the value it gives at `until`."""
    key = {"time": "seconds", "memory": "peak", "disk": "disk"}[what]
    one, two = points[-2:]
    slope = math.log(two[key] / one[key]) / math.log(two["rows"] / one["rows"])
    return slope, two[key] * (until / two["rows"]) ** slope / size


def alone(stage: Callable[[Path, int], None], place: Path, count: int) -> dict[str, float]:
    """One stage in a new process: seconds, and its peak of resident memory in bytes."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=timed, args=(stage, place, count, queue))
    process.start()
    held: dict[str, float] = queue.get()
    process.join()
    return held


def timed(stage: Callable[[Path, int], None], place: Path, count: int, queue: Any) -> None:
    """In the new process."""
    started = time.perf_counter()
    stage(place, count)
    seconds = time.perf_counter() - started
    queue.put({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})


if __name__ == "__main__":
    main()
