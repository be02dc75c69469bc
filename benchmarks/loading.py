"""Loading: seconds to the first sample of 100,000 Parquet rows with images, and memory to the last one.

Writes a file in the shape of a VQA set on the hub (image bytes, question, answer; row groups of 1,000, and
one group for all as the worst case), streams it through the loader of VQA-RAD's hub variant in a process of
its own, and prints the time to the first sample, samples per second, and the peak memory after the first
thousand samples and after all. It ends with 1 if the first sample takes a second or more, or if memory grows
by more than 64 MB.

    python benchmarks/loading.py [--rows 100000]
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FIRST_SECONDS, GROWTH_MB = 1.0, 64
_CHILD = """
import json, sys, time
started = time.perf_counter()
from pathlib import Path
from medassay.registry import find
from medassay.types import Where
status = Path("/proc/self/status")  # getrusage would count what this process was before it began
peak = lambda: int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
seen, early = 0, 0.0
for sample in find("benchmark", "vqa-rad").load(Where(root=Path(sys.argv[1]), variant="hub")):
    if not seen:
        first = time.perf_counter() - started
    seen += 1
    if seen == 1000:
        early = peak()
done = time.perf_counter() - started
print(json.dumps({"rows": seen, "first": first, "all": done, "early": early, "peak": peak()}))
"""


def write(path: Path, rows: int, group: int) -> None:
    """A Parquet file of `rows` rows in groups of `group`; pictures of about 10 kB, every one another."""
    import PIL.Image
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw = np.random.default_rng(0)
    buffer = io.BytesIO()
    PIL.Image.fromarray(draw.integers(0, 256, (112, 112), dtype=np.uint8)).save(buffer, "PNG")
    picture = buffer.getvalue()
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", image), ("question", pa.string()), ("answer", pa.string())])
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, group):
            numbers = range(start, min(start + group, rows))
            table = {
                "image": [{"bytes": picture + n.to_bytes(4), "path": f"{n}.png"} for n in numbers],
                "question": [f"Is there a lesion in image {n}?" for n in numbers],
                "answer": ["yes" if n % 2 else "no" for n in numbers],
            }
            file.write_table(pa.table(table, schema=schema), row_group_size=group)


def measure(folder: Path) -> dict[str, float]:
    """What a process of its own needs to stream the file."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    good = True
    for group, name in ((1000, "groups of 1,000 rows"), (rows, "one group of all rows")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "test-00000-of-00001.parquet"
            write(path, rows, group)
            size = path.stat().st_size / 1e6
            held = measure(Path(folder))
        growth = held["peak"] - held["early"]
        fine = held["first"] < FIRST_SECONDS and growth <= GROWTH_MB
        good &= fine
        print(
            f"{name:22s} {held['rows']:,.0f} rows, {size:,.0f} MB: first sample after {held['first']:.2f} s, "
            f"{held['rows'] / held['all']:,.0f} samples/s, memory {held['early']:.0f} MB after 1,000 and "
            f"{held['peak']:.0f} MB at the end: {'ok' if fine else 'TOO MUCH'}"
        )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
