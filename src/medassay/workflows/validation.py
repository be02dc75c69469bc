"""A validation report from the stored rows of one run: nothing is asked, judged or changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from medassay.errors import UsageError
from medassay.metrics import METRICS
from medassay.reporting import drawing, validation_markdown
from medassay.reporting.charted import charts
from medassay.reporting.files import write_text
from medassay.reporting.overview import UNDRAWN, drawn
from medassay.reporting.tables_page import Grid
from medassay.reporting.validation import Plan, Validation, page
from medassay.reporting.words import count, plain_name, printable
from medassay.statistics import estimate_all
from medassay.types import UNKNOWN_CLUSTER, Estimate, Measure, Metric, Row
from medassay.workflows.folder import MANIFEST, ROWS
from medassay.workflows.resolve import resolve_measure
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run, estimate_json, load_run, record
from medassay.workflows.validation_plan import read_plan

_MOST_VALUES = 20  # of a tag in the cohort table; one with more tells samples apart, not groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """What was found, and where it was written."""

    validation: Validation
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        held = self.validation
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "finding": held.finding,
            "endpoint": estimate_json(held.endpoint) if held.endpoint else None,
            "estimates": [estimate_json(estimate) for estimate in held.record.estimates],
            "hashes": dict(held.hashes),
            "files": [str(path) for path in self.files],
        }


def validate(folder: Path, *, plan: Path, out: Path, permit: Collection[str] = ()) -> Validated:
    """Write `validation.html` and `.md` of a run into `out`, bit for bit the same each time.

    Args:
        folder: of the run; it is read and left as it is.
        plan: a file `kind: validation` (docs/reports.md).
        out: where to write.
        permit: "report" shows rows of data that must not leave.

    Raises:
        DataError: the folder is no run folder, its rows are damaged, or the plan has a mistake.
        UsageError: the run has not ended, the metric is not known, or a subgroup's tag is on no row.
        StoreError: a file cannot be written.
    """
    stated, run = read_plan(plan), load_run(folder)
    if run.manifest["status"] not in {"complete", "incomplete"}:
        raise UsageError(f"{folder} is {run.manifest['status']}: give its command again, then validate")
    cohort = _Cohort.of(run.rows())
    if unknown := [tag for tag in stated.subgroups if tag not in cohort.tags]:
        known = ", ".join(cohort.tags)
        raise UsageError(f"{plan}: no row has the tag {', '.join(unknown)}: there are {known}")
    held = _validation(run, stated, cohort, hashes=_hashes(folder, plan, run), permit=permit)
    return Validated(
        validation=held,
        files=(
            write_text(out / "validation.html", page(held)),
            write_text(out / "validation.md", validation_markdown.render(held)),
        ),
    )


def _validation(
    run: Run, plan: Plan, cohort: _Cohort, *, hashes: Sequence[tuple[str, str]], permit: Collection[str]
) -> Validation:
    metric, where = resolve_measure(plan.metric, run.benchmark)
    measure = Measure(metric=metric, where={**where, **plan.where}, by=tuple(plan.subgroups))
    found = _estimates(run, measure)
    shown = record(run)
    shown = replace(
        shown,
        benchmark=replace(run.benchmark, measures=(measure,), primary=metric.name),
        estimates=found,
        manifest={
            **run.manifest,
            "permitted": sorted({*run.manifest.get("permitted", ()), *permit}),
        },
    )
    able = drawing.can_draw()
    return Validation(
        plan=plan,
        record=shown,
        further=_further(run, metric),
        cohort=cohort.table(),
        notes=cohort.notes(),
        hashes=hashes,
        drawn=[drawn(chart) for chart in charts([shown])] if able else [],
        undrawn="" if able else UNDRAWN,
    )


def _estimates(run: Run, measure: Measure) -> list[Estimate]:
    """The endpoint and its subgroups, with the draws that all runs on the benchmark share."""
    seed = f"{run.benchmark.name} {run.benchmark.version}"
    return estimate_all(run.rows(), [measure], METRICS, seed=seed, scorer=run.benchmark.scorer)


def _further(run: Run, metric: Metric) -> list[Estimate]:
    return [e for e in run.estimates if e.slice == "all" and e.metric != metric.name]


def _hashes(folder: Path, plan: Path, run: Run) -> list[tuple[str, str]]:
    """What the report was made from, to be held against `sha256sum`; then what the run recorded."""
    protocol, environment = run.manifest["protocol"], run.manifest["environment"]
    files = [(name, folder / name) for name in (MANIFEST, ROWS)]
    named = [
        *((f"{name} of the run", _sha256(path)) for name, path in files),
        (f"the plan, {plan.name}", _sha256(plan)),
        ("protocol", protocol["id"]),
        ("model", run.manifest["model"]["fingerprint"]),
        ("files of the dataset", protocol["benchmark"].get("data_sha256")),
        ("images as read, in order", run.manifest.get("images_sha256")),
        ("code of medassay at the run", environment.get("code")),
    ]
    return [(name, str(value)) for name, value in named if value]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Cohort:
    """Who and what was looked at: rows and clusters by tag."""

    n: int
    images: int
    clusters: frozenset[str]
    tags: dict[str, dict[str, tuple[int, int]]]  # of each value its rows and its clusters

    @classmethod
    def of(cls, rows: Iterable[Row]) -> _Cohort:
        """Count rows that are streamed once."""
        n, images, clusters = 0, set[str](), set[str]()
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        units: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            sample = row.sample
            unit = sample.cluster if sample.cluster != UNKNOWN_CLUSTER else sample.id
            n += 1
            clusters.add(unit)
            images.update(image.digest or image.uri for image in sample.images)
            for tag, value in sample.tags.items():
                counts[tag][value] += 1
                units[tag, value].add(unit)
        tags = {
            tag: {value: (rows, len(units[tag, value])) for value, rows in sorted(values.items())}
            for tag, values in sorted(counts.items())
        }
        return cls(n, len(images), frozenset(clusters), tags)

    def table(self) -> Grid:
        """A heading for each tag, then a line for each of its values."""
        lines = [
            ("all", count(self.n), "100 %", count(len(self.clusters))),
            ("different images", count(self.images), "", ""),
        ]
        for tag, values in self.tags.items():
            if len(values) > _MOST_VALUES:
                continue
            lines.append((printable(plain_name(tag)), "", "", ""))
            lines += [
                (f"  {printable(value)}", count(n), f"{100 * n / self.n:.1f} %", count(units))
                for value, (n, units) in values.items()
            ]
        return Grid(head=("", "rows", "share", "clusters"), lines=lines)

    def notes(self) -> list[str]:
        """Which tags are not in the table."""
        long = [f"{tag} ({len(values)})" for tag, values in self.tags.items() if len(values) > _MOST_VALUES]
        return [f"Not in the table, of too many values: {', '.join(long)}."] if long else []
