"""A million samples through the engine: memory stays flat, and kills lose and repeat nothing answered.

    python benchmarks/million.py [--samples 1000000] [--kills 10]

The run happens in a process of its own, which is killed (SIGKILL) at random moments and started again. The
model appends every request it is asked to a file outside that process. After each kill the file is compared
with the store: an answer that was in the store before is still there, and was not asked again since.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from engine import questions, score
from medassay.engine import Progress, evaluate
from medassay.models.fakes import Constant
from medassay.prompts import plain
from medassay.rows import write_rows
from medassay.store import Store

LINE = 65  # bytes of a key and its line end


def run(folder: Path, samples: int) -> None:
    """What the child does: the whole run, rows written, its memory told now and then."""

    def tell(progress: Progress) -> None:
        if progress.done // step != told[-1]:
            told.append(progress.done // step)
            print(f"memory {progress.done} {_memory()}", flush=True)

    step, told = max(samples // 10, 1), [0]
    with Store(folder / "responses.db") as store:
        model = Constant("yes", log=folder / "log")
        rows = evaluate(questions(samples), model, store, prompt=plain, scorer=score, progress=tell)
        count = write_rows(folder / "rows.parquet", rows)
    print(f"memory {count} {_memory()}", flush=True)


def _memory() -> str:
    """Resident memory in MB, now and at its highest."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"{pages * resource.getpagesize() / 1e6:.0f} {highest / 1e6:.0f}"


def supervise(folder: Path, samples: int, kills: int) -> bool:
    """Start, kill, compare; then let it finish. Returns whether all was as promised."""
    log, sound, answered, offset, peak = folder / "log", True, 0, 0, 0.0
    before: set[bytes] = set()
    draw = random.Random(samples)
    moments = sorted(draw.sample(range(samples), kills))
    started = time.perf_counter()
    for moment in [*moments, None]:
        child = subprocess.Popen(
            [sys.executable, __file__, "--child", str(folder), "--samples", str(samples)],
            stdout=subprocess.PIPE,
            text=True,
        )
        if moment is not None:
            while child.poll() is None and (not log.exists() or log.stat().st_size < moment * LINE):
                time.sleep(0.005)
            child.kill()
        assert child.stdout is not None
        for line in child.stdout:
            _, done, megabytes, highest = line.split()
            peak = max(peak, float(highest))
            if moment is None:
                print(f"  {int(done):>9} rows: {megabytes} MB", flush=True)
        child.wait()
        asked = list(_lines(log, offset))
        offset += len(asked) * LINE
        with Store(folder / "responses.db") as store:
            kept = {bytes.fromhex(key) for key in _readable(store)}
            damaged = store.damaged
        lost, repeated = len(before - kept), sum(key in before for key in asked)
        sound = sound and not lost and not repeated and not damaged
        what = "ended" if moment is None else "killed"
        print(
            f"{what:>6} after {offset // LINE:>8} asked: {len(kept):>8} answers kept, {lost} lost, "
            f"{repeated} asked again, {damaged} damaged",
            flush=True,
        )
        before, answered = kept, len(kept)
    seconds = time.perf_counter() - started
    print(
        f"{answered} of {samples} answered, {offset // LINE - answered} asked whose answer was not kept yet"
    )
    print(f"peak memory {peak:.0f} MB, {seconds:.0f} s in all")
    return sound and answered == samples and peak < 500


def _readable(store: Store) -> Iterator[str]:
    """The keys whose answers are whole."""
    fingerprint = Constant("yes").fingerprint
    held: list[str] = []
    for key in store.keys(fingerprint):
        held.append(key)
        if len(held) == 10_000:
            yield from store.get(fingerprint, held)
            held = []
    yield from store.get(fingerprint, held)


def _lines(log: Path, offset: int) -> Iterator[bytes]:
    with log.open() as file:
        file.seek(offset)
        for line in file:
            yield bytes.fromhex(line.strip())


def main() -> None:
    """Run the child, or supervise it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        run(options.child, options.samples)
        return
    with tempfile.TemporaryDirectory() as name:
        sys.exit(not supervise(Path(name), options.samples, options.kills))


if __name__ == "__main__":
    main()
