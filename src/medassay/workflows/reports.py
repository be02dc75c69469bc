"""Derive estimates and reports again from stored rows; with several runs, compare them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.benchmarks.errata import Errata, read_errata
from medassay.errors import UsageError
from medassay.exporters import latex
from medassay.gate import open_to
from medassay.reporting import Compared, parted_page
from medassay.reporting.added_charts import gaps, learning
from medassay.reporting.fairness import FairnessRecord, sections
from medassay.reporting.files import write_text
from medassay.reporting.learning_curve import CURVE
from medassay.reporting.manifest import asked as asked_of
from medassay.reporting.overview import overview, write_figures
from medassay.reporting.parted import RunParts
from medassay.rows import read_rows, write_rows
from medassay.splits.tags import read_tags
from medassay.types import Benchmark, Row
from medassay.workflows.beside import published_beside
from medassay.workflows.comparing import Question, compare_pairs, differences, plain
from medassay.workflows.dialect import heard
from medassay.workflows.exporting import best_of
from medassay.workflows.fairness import fairness
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.manifest import judged_again
from medassay.workflows.prompting import rows_of
from medassay.workflows.report_metrics import RADEVAL, report_measures, with_report_metrics
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.results import (
    JSON_SCHEMA_VERSION,
    Run,
    Tally,
    finish,
    headline,
    name_of,
    record,
    write_reports,
)
from medassay.workflows.run_parts import by_parts
from medassay.workflows.sides import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Runs, the paired comparisons of those that compare, and where the page lies."""

    runs: Sequence[Run]
    comparisons: Sequence[Compared]
    report: Path

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "report": str(self.report),
            "runs": [run.to_json() for run in self.runs],
            "comparisons": [plain(compared) for compared in self.comparisons],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is asked of runs that are judged again."""

    permit: Collection[str] = ()
    errata: Errata | None = None
    report_metrics: Sequence[str] = ()
    radeval: str | Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a report over runs holds beside them.

    `curves` are folders of `medassay adapt --shots`, `tags` files of `medassay split make`; `by` the tags by
    which people are grouped; `radar` asks for the headlines round a circle.
    """

    curves: Sequence[Path] = ()
    tags: Sequence[Path] = ()
    by: Sequence[str] = ()
    radar: bool = False


def report(  # noqa: PLR0913  what the command offers, named once
    folders: Sequence[Path],
    *,
    out: Path | None = None,
    permit: Collection[str] = (),
    errata: Path | None = None,
    report_metrics: Sequence[str] = (),
    radeval: str | Path | None = None,
    by: Sequence[str] = (),
    tags: Sequence[Path] = (),
    radar: bool = False,
) -> Report:
    """Judge the stored answers of runs again, and write one report over them.

    Without `out` the report of each run is renewed in its folder; with it, one report over all runs and
    the comparisons of those with equal protocols is written there. A folder of a learning curve may stand
    among those of the runs: it is drawn.

    `permit` holds for these runs from now on, as in `run`. `errata` is a file with corrections of the key
    in place of those that ship (docs/errata.md). `report_metrics` are names of RadEval's metrics, `radeval`
    the Python of the environment that it is installed in (docs/report_metrics.md); what they found once
    stays in the rows. `tags` are files of `medassay split make` (docs/reasoning.md), `by` are tags by which
    people are grouped (docs/fairness.md), `radar` draws the headlines round a circle too.

    Raises:
        DataError: a folder is no run folder, or its rows are damaged.
        UsageError: the errata are of another benchmark, RadEval is not there, or what goes into a report
            over runs was asked for without `out`.
    """
    asked = Again(
        permit=permit,
        errata=read_errata(errata) if errata else None,
        report_metrics=report_metrics,
        radeval=radeval,
    )
    curves = [folder for folder in map(Path, folders) if (folder / CURVE).is_file()]
    kept = [folder for folder in map(Path, folders) if folder not in curves]
    if not kept:
        raise UsageError("a report needs at least one run folder")
    if out is None and (by or tags or radar or curves):
        raise UsageError(
            "--by, --tags, --radar and learning curves go into a report over runs: give --out DIR"
        )
    runs = [_again(folder, asked) for folder in kept]
    if out is None and len(runs) == 1:
        return Report(runs=runs, comparisons=(), report=kept[0] / "report.html")
    return summarise(
        runs, out=out or Path("report"), added=Added(curves=curves, tags=tags, by=by, radar=radar)
    )


def summarise(runs: Sequence[Run], *, out: Path, added: Added | None = None) -> Report:
    """One report over runs, with the comparisons of those whose protocols are equal.

    It is `report.html` and `.md`, `report.tex` (the leaderboard), `estimates.csv`, and `figures/` where
    matplotlib is installed.
    """
    added = added or Added()
    comparisons, records = _compared(runs), [record(run) for run in runs]
    people = _people(runs, added.by)
    parted = _parted(runs, added.tags)
    learned = [codec.loads((folder / CURVE).read_text("utf-8")) for folder in added.curves]
    held = overview(
        records,
        comparisons,
        best=best_of(runs),
        sections=[*published_beside(runs), *parted_page.section(parted), *sections(people)],
        added=[*parted_page.chart(parted), *learning(learned), *gaps(people)],
        radar=added.radar,
    )
    out.mkdir(parents=True, exist_ok=True)
    write_reports(out, records, comparisons, held)
    write_text(out / "report.tex", latex.text(held.leaderboard))
    write_figures(out, held)
    return Report(runs=runs, comparisons=comparisons, report=out / "report.html")


def _parted(runs: Sequence[Run], tags: Sequence[Path]) -> Sequence[RunParts]:
    """The runs whose samples have tags, by parts.

    Raises:
        DataError: samples of such a run have no tag.
        UsageError: no run has any.
    """
    known = {tag.id for path in tags for tag in read_tags(path)}
    tagged = [run.path for run in runs if run.path and any(row.sample.id in known for row in run.rows())]
    if tags and not tagged:
        raise UsageError(f"--tags {', '.join(map(str, tags))}: of no run's samples")
    return by_parts(tagged, tags, published=True) if tagged else ()


def _people(runs: Sequence[Run], by: Sequence[str]) -> Sequence[FairnessRecord]:
    """The groups of people in the runs that know them.

    Raises:
        UsageError: no run knows one of the tags.
    """
    wanted = {part.strip() for way in by for part in way.split(",")}
    knowing = [run for run in runs if wanted and any(wanted <= row.sample.tags.keys() for row in run.rows())]
    if wanted and not knowing:
        raise UsageError(f"--by {', '.join(by)}: no row of any run has such tags")
    return fairness(knowing, by=by).records if knowing else ()


def _compared(runs: Sequence[Run]) -> list[Compared]:
    """The runs with equal protocols in pairs, judged together; each says what was asked."""
    sides = [Side(name=name_of(run), runs=(run,)) for run in runs]
    pairs = [(a, b) for a, b in combinations(sides, 2) if not differences(*a.runs, *b.runs)]
    named = (asked_of(headline(a.runs[0])) for a, _ in pairs)
    found = compare_pairs(pairs, Question())
    return [replace(one, benchmark=name) for one, name in zip(found, named, strict=True)]


def _again(folder: Path, asked: Again) -> Run:
    """The run with its rows judged by the scorer of today."""
    manifest = read_manifest(folder)
    benchmark = heard(benchmark_of(manifest), manifest["model"]["style"].get("boxes", ""))
    errata = asked.errata
    if errata is not None and errata.benchmark != benchmark.name:
        raise UsageError(f"the errata are of {errata.benchmark}, and {folder} is a run on {benchmark.name}")
    names = sorted({*manifest.get("report_metrics", ()), *asked.report_metrics})
    with RunFolder(folder) as held:
        permitted = sorted({*manifest.get("permitted", ()), *asked.permit})
        tally = Tally(names=open_to(benchmark, "log", permitted=permitted))
        for wording in manifest.get("prompts", {}).get("wordings", ()):
            path = rows_of(folder, wording["id"])
            write_rows(path, [_judged(benchmark, row) for row in read_rows(path)])
        rows: Iterable[Row] = (_judged(benchmark, row) for row in read_rows(folder / ROWS))
        if names:  # all of them at once: some metrics weigh words by how rare they are in the set
            rows = with_report_metrics(list(rows), names, radeval=asked.radeval)
        write_rows(folder / ROWS, tally.watch(rows))
        done = {
            **judged_again(manifest, benchmark),
            **tally.summary(manifest["n_clusters"]),
            "permitted": permitted,
            "report_metrics": names,
        }
        held.write_manifest(done)
        measured = replace(benchmark, measures=(*benchmark.measures, *report_measures(names)))
        return finish(folder, measured, done, errata=errata)


def _judged(benchmark: Benchmark, row: Row) -> Row:
    """The row judged anew. What RadEval made of its report is kept while the report is the same."""
    score = benchmark.scorer(row.sample, row.response)
    if score.answer == row.score.answer and score.status == row.score.status:
        known = {key: value for key, value in row.score.values.items() if key in RADEVAL}
        score = replace(score, values={**known, **score.values}) if known else score
    return replace(row, score=score)
