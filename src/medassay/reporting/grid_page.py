"""A grid's report as sections: gains in and out of domain, curves over the data, transfer, cost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from medassay.reporting import words
from medassay.reporting.grids import GridReport, Worth
from medassay.reporting.plot import Mark, plot
from medassay.reporting.sections import markdown_sections, render_sections
from medassay.reporting.tables_page import Grid, Section, TablesPage, html

if TYPE_CHECKING:
    from rich.console import RenderableType

HOW = (
    "Original: before training; adapted: the mean over seeds; gain: the mean of adapted less original on the "
    "same rows. The 95 % intervals take in the test part's clusters and the seeds. Seconds are of one "
    "training, with the encoding of images that no cell before it had encoded."
)
_NOBODY = "always the commonest answer"
_DRAWN = 2  # curves in one drawing, beside that of the commonest answer: three can be told apart


def render(report: GridReport) -> Iterator[RenderableType]:
    """All that a terminal of 80 columns shows."""
    from rich.text import Text

    yield from render_sections(list(_sections(report)))
    yield Text(f"\n{HOW}", style="dim")


def as_markdown(report: GridReport) -> str:
    """The same as Markdown."""
    return markdown_sections(report.name, [*_sections(report), Section(title="How to read it", text=HOW)])


def as_page(report: GridReport) -> str:
    """The same as one HTML page, with the curves drawn."""
    return html(TablesPage(kind="matrix", title=report.name, sections=list(_sections(report)), explained=HOW))


def as_csv(report: GridReport) -> str:
    """A line for each cell and test; numbers in full, what does not exist is empty."""
    held = io.StringIO()
    if report.rows:
        writer = csv.DictWriter(held, list(report.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(report.rows)
    return held.getvalue()


def _sections(report: GridReport) -> Iterator[Section]:
    for held in _tests(report.whole):
        yield Section(title=_title(held[0]), tables=[_gains(held)])
    for held in _tests(report.worths):
        if len({worth.fraction for worth in held}) > 1:
            yield _curve(held)
    if len({worth.tested for worth in report.whole}) > 1:
        yield Section(title="Learned from one, tested on another", tables=list(_transfer(report.whole)))
    if report.whole:
        yield Section(title="What it costs, beside the gain in domain", tables=[_costs(report.whole)])
    if left := [cell for cell in report.cells if cell.status != "done"]:
        notes = [f"{cell.title}: {cell.status}{cell.reason and f', {cell.reason}'}" for cell in left]
        yield Section(title="Not done", notes=notes)
    if report.cautions:
        yield Section(title="To know", notes=report.cautions)


def _tests(worths: Sequence[Worth]) -> list[list[Worth]]:
    """Those of one dataset and one test."""
    return _grouped(worths, lambda worth: (worth.dataset, worth.tested))


def _grouped(worths: Sequence[Worth], key: Callable[[Worth], tuple[str, ...]]) -> list[list[Worth]]:
    held: dict[tuple[str, ...], list[Worth]] = {}
    for worth in worths:
        held.setdefault(key(worth), []).append(worth)
    return list(held.values())


def _title(worth: Worth) -> str:
    where = f"{worth.dataset}, in domain" if worth.inside else f"{worth.dataset}, tested on {worth.tested}"
    part = f"{100 * worth.fraction:g} % of " if worth.fraction < 1 else ""
    return (
        f"{part}{where}: {words.metric_name(worth.adapted.metric)} on {worth.adapted.n:,} rows of "
        f"{worth.adapted.n_clusters:,} clusters"
    )


def _name(worth: Worth) -> str:
    return f"{worth.model}, {worth.recipe}"


def _gains(held: Sequence[Worth]) -> Grid:
    head = ("model, recipe", "original", "adapted", "gain", "95 % interval", "seeds")
    lines = [(_name(w), words.number(w.original), _adapted(w), *_gain(w), f"{len(w.seeds)}") for w in held]
    nobody = (_NOBODY, words.ABSENT, words.number(held[0].majority), *[words.ABSENT] * 3)
    return Grid(head=head, lines=[nobody, *lines])


def _adapted(worth: Worth) -> str:
    return words.number(worth.adapted.value) + ("" if worth.above_majority else "*")


def _gain(worth: Worth) -> tuple[str, str]:
    if worth.gain is None:
        return words.ABSENT, words.ABSENT
    return (
        words.number(worth.gain.value, sign=True),
        words.interval(worth.gain.low, worth.gain.high, sign=True),
    )


def _curve(held: Sequence[Worth]) -> Section:
    """One test over the fractions: drawn, and as a table."""
    ordered = sorted(held, key=lambda worth: (_name(worth), worth.fraction))
    lines: dict[str, list[Mark]] = {}
    for worth in ordered:
        mark = Mark(
            x=100 * worth.fraction, y=worth.adapted.value, low=worth.adapted.low, high=worth.adapted.high
        )
        lines.setdefault(_name(worth), []).append(mark)
    shares = [100 * worth.fraction for worth in held]
    majority = held[0].majority
    flat = {} if majority is None else {_NOBODY: [Mark(x=x, y=majority) for x in (min(shares), max(shares))]}
    where = "in domain" if held[0].inside else f"tested on {held[0].tested}"
    label = f"{words.metric_name(held[0].adapted.metric)} by percent of the training clusters"
    names = list(lines)
    drawn = [
        plot(label, {name: lines[name] for name in names[start : start + _DRAWN]} | flat, logarithmic=True)
        for start in range(0, len(names), _DRAWN)
    ]
    head = ("model, recipe", "share", "samples", "adapted", "gain", "95 % interval", "seeds")
    table = [
        (
            _name(worth),
            f"{100 * worth.fraction:g} %",
            f"{worth.cost.samples:,.0f}",
            _adapted(worth),
            *_gain(worth),
            f"{len(worth.seeds)}",
        )
        for worth in ordered
    ]
    return Section(
        title=f"By share of {held[0].dataset}, {where}",
        plots=[each for each in drawn if each is not None],
        tables=[Grid(head=head, lines=table)],
    )


def _transfer(worths: Sequence[Worth]) -> Iterator[Grid]:
    """For each model and recipe: what it learned from by what it is tested on."""
    tests = list(dict.fromkeys(worth.tested for worth in worths))
    for held in _grouped(worths, lambda worth: (worth.model, worth.recipe)):
        found = {(worth.dataset, worth.tested): worth for worth in held}
        first = {worth.tested: worth for worth in held}
        lines = [
            (
                dataset,
                *(
                    _adapted(found[dataset, test]) if (dataset, test) in found else words.ABSENT
                    for test in tests
                ),
            )
            for dataset in dict.fromkeys(worth.dataset for worth in held)
        ]
        yield Grid(
            head=(_name(held[0]), *tests),
            lines=[
                (_NOBODY, *(words.number(first[test].majority) for test in tests)),
                ("the original", *(words.number(first[test].original) for test in tests)),
                *lines,
            ],
        )


def _costs(worths: Sequence[Worth]) -> Grid:
    head = ("model, recipe, dataset", "trained", "of model", "seconds", "memory", "GPU", "gain")
    return Grid(
        head=head,
        lines=[
            (
                f"{_name(worth)}, {worth.dataset}",
                words.count(worth.cost.trained),
                words.ABSENT if worth.cost.share is None else f"{100 * worth.cost.share:.2g} %",
                f"{worth.cost.seconds:,.1f}",
                _bytes(worth.cost.resident),
                _bytes(worth.cost.gpu),
                _gain(worth)[0],
            )
            for worth in worths
            if worth.inside
        ],
    )


def _bytes(held: int | None) -> str:
    return words.ABSENT if held is None else f"{held / 2**30:.2f} GiB"
