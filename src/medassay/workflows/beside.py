"""Published numbers beside those of runs: the same protocol or not, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from medassay import protocols, published, registry
from medassay.reporting import words
from medassay.reporting.arrange import headline
from medassay.reporting.tables_page import Grid, Section
from medassay.types import Estimate
from medassay.workflows.results import Run
from medassay.workflows.results import headline as record_of
from medassay.workflows.suites.reading import read_suite, shipped
from medassay.workflows.suites.suite import Cell, Layout
from medassay.workflows.suites.tabling import differences_of

HEAD = ("model", "benchmark", "ours", "95 % interval", "published", "ours less that", "source", "protocol")
_ALIKE = "as published"


def published_beside(runs: Sequence[Run]) -> list[Section]:
    """A table of the runs for which a shipped suite has the paper's number; none where there are none."""
    lines, notes = list[tuple[str, ...]](), list[str]()
    for run, table, cell, paper in _found(runs):
        if (estimate := _ours(run, table)) is None:
            continue
        differs = "; ".join(_differs(run, cell, paper))
        notes += [differs] if differs and differs not in notes else []
        ours = (words.number(estimate.value), words.interval(estimate.low, estimate.high))
        less = words.number(estimate.value - paper.value, sign=True)
        said = f"DIFFERS ({notes.index(differs) + 1})" if differs else _ALIKE
        source = f"{paper.source}, {paper.table}"
        lines.append((cell.model.title, cell.benchmark.title, *ours, paper.text, less, source, said))
    section = Section(
        title="Published numbers beside ours",
        tables=[Grid(head=HEAD, lines=lines)],
        notes=[f"({i}) {note}" for i, note in enumerate(notes, 1)],
        text="A difference says something of a model only where the protocol is as published.",
    )
    return [section] if lines else []


def _found(runs: Sequence[Run]) -> Iterator[tuple[Run, Layout, Cell, published.Cell]]:
    """Runs with their place in the tables of papers. Adapted models are trained anew, and no paper's."""
    for path in shipped().values():
        suite = read_suite(path)
        paper = {(c.table, c.model, c.benchmark): c for c in published.shipped() if c.source == suite.paper}
        for run, table in product(runs, suite.tables):
            if table.part != "overall" or table.setting != "zero-shot":
                continue
            for model, benchmark in product(table.models, table.benchmarks):
                cell = suite.cell(table, model, benchmark)
                key = (table.published, model, cell.benchmark.published or benchmark)
                if key in paper and _is_of(run, cell):
                    yield run, table, cell, paper[key]


def _is_of(run: Run, cell: Cell) -> bool:
    """Whether the run is of the cell's model on its benchmark, however it was asked and judged."""
    word, held = registry.parse(cell.benchmark.word), run.manifest["protocol"]["benchmark"]
    card = run.manifest["model"].get("card") or {}
    name = card.get("name") or run.manifest["model"]["name"]
    same = held["name"] == word.name and held["variant"] == (word.variant or held["variant"])
    return bool(same and name == registry.parse(cell.model.word).name)


def _ours(run: Run, table: Layout) -> Estimate | None:
    if not table.metric:
        return headline(record_of(run))
    return next((e for e in run.estimates if (e.metric, e.slice) == (table.metric, "all")), None)


def _differs(run: Run, cell: Cell, paper: published.Cell) -> Iterator[str]:
    """In what the run is not as published, as far as anybody knows."""
    rules, policy = protocols.choose(cell.benchmark.protocol).word, run.manifest["protocol"]
    if policy.get("rules") != rules:
        yield f"judged by the rules of {policy.get('rules')}, not {rules}"
    if policy["solver"] != cell.benchmark.solver:
        yield f"asked by {policy['solver']}"
    yield from differences_of(cell, run)
    if paper.n not in {None, run.manifest["n"]}:
        yield f"the paper has n {paper.n:,}"
