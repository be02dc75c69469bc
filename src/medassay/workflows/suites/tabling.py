"""The tables of a suite from what lies in its folders: ours beside the published, or why there is nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path

from medassay import protocols, published
from medassay.errors import MedassayError
from medassay.reporting import words
from medassay.reporting.parted import RunParts
from medassay.reporting.suite import Found, SuiteCell, SuiteReport, SuiteTable
from medassay.reporting.suite_cells import Outcome
from medassay.splits.tags import AUTHORS
from medassay.types import Estimate
from medassay.workflows.results import Run, load_run
from medassay.workflows.run_parts import by_parts
from medassay.workflows.suites.ledger import Key, read_ledger
from medassay.workflows.suites.running import tags_file
from medassay.workflows.suites.standing import hindrance, standing
from medassay.workflows.suites.suite import Cell, Layout, Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What cells are made of: the folder, what became of them, the paper's numbers, the runs by parts."""

    out: Path
    rows: Mapping[Key, Outcome]
    printed: Mapping[tuple[str, str, str], published.Cell]  # by table, model and benchmark
    parts: Callable[[Cell], RunParts]


def report_suite(suite: Suite, out: Path) -> SuiteReport:
    """Every table of the suite, with each cell's number or the reason why it has none.

    Raises:
        DataError: what `medassay suite run` wrote down is damaged.
    """

    @cache  # a run stands in several tables
    def parts(cell: Cell) -> RunParts:
        (found,) = by_parts([cell.folder(out)], [tags_file(out, cell.benchmark)])
        return found

    paper = {(c.table, c.model, c.benchmark): c for c in published.shipped() if c.source == suite.paper}
    known = _Known(out=out, rows=read_ledger(out), printed=paper, parts=parts)
    tables = [
        SuiteTable(
            title=table.title,
            note=table.note,
            models=table.models,
            benchmarks=table.benchmarks,
            cells={
                place: _cell(table, suite.cell(table, *place), known)
                for place in product(table.models, table.benchmarks)
            },
        )
        for table in suite.tables
    ]
    return SuiteReport(
        name=suite.name, title=suite.title, paper=suite.paper, differs=suite.differs, tables=tables
    )


def _cell(table: Layout, cell: Cell, known: _Known) -> SuiteCell:
    name = cell.benchmark.published or cell.benchmark.title
    paper = known.printed.get((table.published, cell.model.title, name))
    made = partial(
        SuiteCell,
        setting=cell.setting,
        published=paper.value if paper else None,
        published_text=paper.text if paper else "",
        published_n=paper.n if paper else None,
    )
    if why := _absent(table, cell, known):
        return made(reason=why)
    try:
        run = load_run(cell.folder(known.out))
        found, said = _whole(table, run) if table.part == "overall" else _part(table, known.parts(cell))
    except MedassayError as error:
        return made(reason=str(error))
    if isinstance(found, str):
        return made(reason=found)
    differs = [*differences_of(cell, run), *filter(None, [said])]
    if paper and paper.n not in {None, round(found.n)}:
        differs.append(f"the paper has n {paper.n:,}")
    return made(found=found, differs=tuple(differs))


def _absent(table: Layout, cell: Cell, known: _Known) -> str:
    """Why there is no run, or none by parts; "" where there is."""
    held, row = standing(cell, known.out), known.rows.get(cell.key)
    tried = row.reason if row is not None and row.status == "failed" else ""
    if held.state == "another":
        return held.reason
    if held.state == "interrupted":
        return "interrupted: `medassay suite run` goes on"
    if held.state == "absent":
        return hindrance(cell) or tried or "not run yet"
    if table.part != "overall" and not tags_file(known.out, cell.benchmark).exists():
        return f"not parted: {tried or '`medassay suite run` tags the questions'}"
    return ""


def _whole(table: Layout, run: Run) -> tuple[Found | str, str]:
    """The number of all rows, and what it could become once failed rows have answers."""
    metric = table.metric or run.benchmark.primary
    estimates = [e for e in run.estimates if e.metric == metric]
    if not estimates:
        return f"the run has no {metric}", ""
    found = next((e for e in estimates if e.slice == "all"), estimates[0])
    if math.isnan(found.value):
        return f"{metric} is undefined" + (f": {found.note}" if found.note else ""), ""
    return _found(found), words.bounds(found)


def _found(estimate: Estimate) -> Found:
    return Found(
        metric=estimate.metric,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=estimate.n,
        n_clusters=estimate.n_clusters,
    )


def _part(table: Layout, parts: RunParts) -> tuple[Found | str, str]:
    """The number of a part, and whose word the parts are where it is not that of the benchmark's authors."""
    part = parts.hard.yes if table.part == "reasoning" else parts.hard.no
    by = "" if parts.source == AUTHORS else f"parts by {parts.source}"
    if part.value is None:
        return f"no {table.part} questions, parts by {parts.source}", by
    found = Found(metric=f"accuracy, {table.part}", value=part.value, low=part.low, high=part.high, n=part.n)
    return found, by


def differences_of(cell: Cell, run: Run) -> Iterator[str]:
    """In what a run is not as in the paper, as the suite and the run's own manifest say."""
    yield from filter(None, (cell.model.differs, cell.benchmark.differs))
    manifest, policy = run.manifest, run.manifest["protocol"]
    rules = protocols.choose(cell.benchmark.protocol).protocol.name
    if told := manifest.get("predictions"):
        asked = told["asked"] or "words that the file does not tell"
        yield f"answers of {manifest['model']['name']} made elsewhere, asked in {asked}"
    elif policy["asked"] != rules:
        yield f"asked in the words of {policy['asked']}"
    if policy["decoding"]:
        yield f"decoding by {', '.join(f'{name} {value}' for name, value in policy['decoding'].items())}"
    if (limit := policy["selection"]["limit"]) is not None:
        yield f"a selection of {limit:,} rows"
    if not run.complete:
        failed = manifest["counts"].get("failed", 0)
        yield f"incomplete: {failed:,} of {manifest['n']:,} rows failed"
