"""What a run leaves: a value that reads the run's folder, and the one way a folder is finished."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from medassay.benchmarks.errata import Errata, Touched, corrected_measures, errata_of
from medassay.reporting import (
    Compared,
    RunRecord,
    overview_markdown,
    read_parquet,
    write_csv,
    write_html,
    write_markdown,
    write_parquet,
    write_reliability,
)
from medassay.reporting.overview import Overview
from medassay.rows import read_rows
from medassay.statistics import estimate_all
from medassay.types import Benchmark, Estimate, Response, Row
from medassay.workflows.costs import Costs
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.prompting import WORDINGS
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.sounding import with_wordings

_log = logging.getLogger(__name__)
JSON_SCHEMA_VERSION = 1
_REASON, _REASONS = 200, 5  # characters of a reason, and how many of them, that the manifest holds
ESTIMATES = "estimates.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run: its folder (None: nothing was written), its manifest and its estimates."""

    path: Path | None
    benchmark: Benchmark
    manifest: Mapping[str, Any]
    estimates: Sequence[Estimate]

    @property
    def complete(self) -> bool:
        """Whether every request was answered."""
        return bool(self.manifest["status"] == "complete")

    def rows(self) -> Iterator[Row]:
        """Stream the rows of the run.

        Raises:
            DataError: there is no folder, or its rows are damaged.
        """
        if self.path is None:
            return iter(())
        return read_rows(self.path / ROWS)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        manifest = self.manifest
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "benchmark": manifest["protocol"]["benchmark"]["name"],
            "variant": manifest["protocol"]["benchmark"]["variant"],
            "model": manifest["model"]["name"],
            "status": manifest["status"],
            "n": manifest["n"],
            "n_clusters": manifest["n_clusters"],
            "counts": dict(manifest["counts"]),
            "fingerprint": manifest["protocol"]["id"],
            "run": str(self.path) if self.path else None,
            "estimates": [estimate_json(e) for e in self.estimates],
            **{name: manifest[name] for name in ("predictions", "prompts", "cost") if name in manifest},
        }


def load_run(folder: str | Path) -> Run:
    """Read a run folder again, with the estimates as they were written.

    Raises:
        DataError: it is no run folder, or damaged.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    return Run(
        path=folder,
        benchmark=benchmark_of(manifest),
        manifest=manifest,
        estimates=read_parquet(folder / ESTIMATES),
    )


class Tally:
    """Counts rows and hashes their images as they pass."""

    def __init__(self, *, names: bool = True) -> None:
        self._names = names  # whether a log may say which sample failed, and why
        self.counts: Counter[str] = Counter()
        self._images = sha256()
        self._served: Counter[str] = Counter()
        self._moments: list[int] = []
        self._usage: Counter[str] = Counter()
        self._euros: float | None = None
        self._reasons: Counter[str] = Counter()
        self._costs = Costs()

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for row in rows:
            if row.score.status == "failed":
                reason = row.response.error or ", ".join(row.score.flags)
                if self._names:
                    _log.info("%s failed: %s", row.sample.id, reason)
                else:
                    _log.info("a row failed: what it was stays in the run's folder")
                self._reasons[reason[:_REASON]] += 1
            self.counts[row.score.status] += 1
            self.counts["truncated"] += "truncated" in row.score.flags
            self._spend(row.response)
            self._costs.add(row.response)
            for image in row.sample.images:
                self._images.update((image.digest or "unread").encode())
            yield row

    def _spend(self, response: Response) -> None:
        """What the answer took, and what a server said that it is."""
        usage = response.usage
        self._usage["input_tokens"] += usage.input_tokens
        self._usage["output_tokens"] += usage.output_tokens
        if usage.euros is not None:
            self._euros = (self._euros or 0.0) + usage.euros
        if response.served_model:
            self._served[response.served_model] += 1
        if response.served_at:
            self._moments = [
                min([*self._moments, response.served_at]),
                max([*self._moments, response.served_at]),
            ]

    def summary(self, n_clusters: int) -> dict[str, Any]:
        """What the manifest says of the rows, once all have passed."""
        n = sum(self.counts.values()) - self.counts["truncated"]
        return {
            "status": "incomplete" if self.counts["failed"] else "complete",
            "n": n,
            "n_clusters": n_clusters,
            "counts": dict(sorted(self.counts.items())),
            "failures": dict(self._reasons.most_common(_REASONS)),
            "usage": {**self._usage, "euros": self._euros},
            "cost": self._costs.summary(),
            "served": {"models": dict(self._served.most_common()), "between": list(map(_day, self._moments))},
            "images_sha256": self._images.hexdigest(),
        }


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def estimate_benchmark(
    benchmark: Benchmark, rows: Iterable[Row], *, errata: Errata | None = None
) -> list[Estimate]:
    """All estimates that the benchmark's card asks for. The draws are the same for every model.

    Where corrections of its key touch a row, the headline on the corrected key stands behind the headline:
    those that ship, or `errata`.
    """
    from medassay.metrics import METRICS

    seed = f"{benchmark.name} {benchmark.version}"
    errata = errata or errata_of(benchmark.name)
    if errata is None:
        return estimate_all(rows, benchmark.measures, METRICS, seed=seed, scorer=benchmark.scorer)
    touched = Touched(errata)
    first, *others = benchmark.measures
    measures = (first, *corrected_measures(benchmark, errata, METRICS), *others)
    rows = touched.watch(rows)
    return touched.noted(estimate_all(rows, measures, METRICS, seed=seed, scorer=benchmark.scorer))


def finish(
    folder: Path, benchmark: Benchmark, manifest: Mapping[str, Any], *, errata: Errata | None = None
) -> Run:
    """Derive estimates and reports from the rows of a folder."""
    estimates = estimate_benchmark(benchmark, read_rows(folder / ROWS), errata=errata)
    write_parquet(folder / ESTIMATES, estimates)
    if "chosen" in manifest.get("prompts", {}) and (folder / WORDINGS).is_dir():
        manifest = with_wordings(folder, benchmark, manifest, estimates)
        RunFolder(folder).write_manifest(manifest)
    run = Run(path=folder, benchmark=benchmark, manifest=manifest, estimates=estimates)
    write_reports(folder, [record(run)])
    return run


def write_reports(
    folder: Path,
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    overview: Overview | None = None,
) -> None:
    """Write report.html, report.md, estimates.csv and, where there are probabilities, reliability.csv."""
    write_html(folder / "report.html", records, comparisons, overview)
    front = tuple(overview_markdown.parts(overview)) if overview else ()
    write_markdown(folder / "report.md", records, comparisons, front)
    write_csv(folder / "estimates.csv", records)
    write_reliability(folder / "reliability.csv", records)


def record(run: Run) -> RunRecord:
    """The run as a report takes it, with examples of its rows, how sure they are, what they confuse."""
    from medassay.metrics.gathered import Confused, Sorted
    from medassay.metrics.reliability import Sureness

    sureness, by_confidence, confused = Sureness(), Sorted(), Confused()
    rows = confused.watch(by_confidence.watch(sureness.watch(run.rows())))
    held = RunRecord.of(run.manifest, run.benchmark, run.estimates, rows)
    return replace(
        held, reliability=sureness.table(), risks=by_confidence.curve(), confusions=confused.tables()
    )


def headline(run: Run) -> RunRecord:
    """The run as a terminal takes it, without examples."""
    return RunRecord(manifest=run.manifest, benchmark=run.benchmark, estimates=run.estimates)


def name_of(run: Run) -> str:
    """What the model of the run was called."""
    return str(run.manifest["model"]["name"])


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """The fields by name; what is undefined is null, since JSON has no NaN."""
    held = {**asdict(estimate), "counts": dict(estimate.counts), "unscored": estimate.unscored}
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in held.items()}
