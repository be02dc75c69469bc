"""How long 100,000 rows take to open in the viewer, and whether they scroll. Needs Chromium and playwright.

    python benchmarks/viewer.py [ROWS]

A run of the built-in benchmark is written out so many times under new ids.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import medassay
from medassay.models.fakes import Constant
from medassay.rows import write_rows
from medassay.types import Row
from medassay.view.index import index
from medassay.workflows.viewing import Shelf

FRAMES = """() => new Promise((done) => {
  const holder = document.querySelector(".list .tabulator-tableholder"), gaps = [];
  let last = performance.now(), n = 0;
  const step = (now) => {
    gaps.push(now - last); last = now; holder.scrollTop += 400;
    if ((n += 1) < 120) requestAnimationFrame(step); else done(gaps.slice(1).sort((a, b) => a - b));
  };
  requestAnimationFrame(step);
})"""


def _many(rows: list[Row], count: int) -> Iterator[Row]:
    for n, row in zip(range(count), itertools.cycle(rows), strict=False):
        yield replace(row, sample=replace(row.sample, id=f"{row.sample.id}-{n}"))


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        held = medassay.run(model=Constant("yes"), benchmark="phantom", out="run", limit=200)
        write_rows(Path("run/rows.parquet"), _many(list(held.rows()), count))
        [run] = Shelf(["run"])().values()
        started, used = time.perf_counter(), time.process_time()
        size = len(json.dumps(index(run)))
        spent, used = time.perf_counter() - started, time.process_time() - used
        print(f"index of {count:,} rows: {spent:.2f} s ({used:.2f} s of CPU), {size / 2**20:.1f} MiB")
        _browse(count)


def _browse(count: int) -> None:
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "medassay", "view", "run", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as play:
        assert server.stdout is not None
        printed = json.loads(server.stdout.readline())["address"]
        address = printed.partition("?")[0]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(printed)
        key = page.request.get(f"{address}api/runs").json()[0]["key"]
        page.locator("main h2").wait_for()
        for attempt in ("first", "again"):
            page.goto(address)
            page.reload()
            started = time.perf_counter()
            page.goto(f"{address}#/rows?runs={key}")
            page.locator(".list .tabulator-row").first.wait_for()
            page.locator(".pane .id").wait_for()
            print(f"open {count:,} rows, {attempt}: {time.perf_counter() - started:.2f} s")
        gaps = page.evaluate(FRAMES)
        print(
            f"scroll: median frame {gaps[len(gaps) // 2]:.0f} ms, 95 % {gaps[int(len(gaps) * 0.95)]:.0f} ms"
        )
        started = time.perf_counter()
        page.get_by_label("Show").select_option("wrong")
        page.locator(".list .tabulator-row").first.wait_for()
        print(f"filter: {time.perf_counter() - started:.2f} s")
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
