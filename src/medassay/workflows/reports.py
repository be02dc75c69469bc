"""Derive estimates and reports again from stored rows; with several runs, compare them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from medassay.benchmarks.errata import Errata, read_errata
from medassay.errors import UsageError
from medassay.gate import open_to
from medassay.reporting import Compared
from medassay.rows import read_rows, write_rows
from medassay.types import Benchmark, Row
from medassay.workflows.comparing import compare, differences
from medassay.workflows.dialect import heard
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.manifest import judged_again
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.results import Run, Tally, finish, name_of, write_reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Runs, the paired comparisons of those that compare, and where the page lies."""

    runs: Sequence[Run]
    comparisons: Sequence[Compared]
    report: Path


def report(
    folders: Sequence[Path],
    *,
    out: Path | None = None,
    permit: Collection[str] = (),
    errata: Path | None = None,
) -> Report:
    """Judge the stored answers of runs again, and write one report over them.

    Without `out` the report of each run is renewed in its folder; with it, one report over all runs and
    the comparisons of those with equal protocols is written there.

    `permit` holds for these runs from now on, as in `run`. `errata` is a file with corrections of the key
    in place of those that ship (docs/errata.md).

    Raises:
        DataError: a folder is no run folder, or its rows are damaged.
    """
    corrections = read_errata(errata) if errata else None
    runs = [_again(Path(folder), permit, corrections) for folder in folders]
    if out is None and len(runs) == 1:
        return Report(runs=runs, comparisons=(), report=Path(folders[0]) / "report.html")
    return summarise(runs, out=out or Path("report"))


def summarise(runs: Sequence[Run], *, out: Path) -> Report:
    """One report over several runs, with the comparisons of those whose protocols are equal."""
    comparisons = [
        Compared(first=name_of(one), second=name_of(other), result=compare(one, other))
        for one, other in combinations(runs, 2)
        if not differences(one, other)
    ]
    out.mkdir(parents=True, exist_ok=True)
    write_reports(out, runs, comparisons)
    return Report(runs=runs, comparisons=comparisons, report=out / "report.html")


def _again(folder: Path, permit: Collection[str], errata: Errata | None) -> Run:
    """The run with its rows judged by the scorer of today."""
    manifest = read_manifest(folder)
    benchmark = heard(benchmark_of(manifest), manifest["model"]["style"].get("boxes", ""))
    if errata is not None and errata.benchmark != benchmark.name:
        raise UsageError(f"the errata are of {errata.benchmark}, and {folder} is a run on {benchmark.name}")
    with RunFolder(folder) as held:
        permitted = sorted({*manifest.get("permitted", ()), *permit})
        tally = Tally(names=open_to(benchmark, "log", permitted=permitted))
        write_rows(folder / ROWS, tally.watch(_judged(benchmark, row) for row in read_rows(folder / ROWS)))
        done = {
            **judged_again(manifest, benchmark),
            **tally.summary(manifest["n_clusters"]),
            "permitted": permitted,
        }
        held.write_manifest(done)
        return finish(folder, benchmark, done, errata=errata)


def _judged(benchmark: Benchmark, row: Row) -> Row:
    return replace(row, score=benchmark.scorer(row.sample, row.response))
