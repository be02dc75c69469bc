"""`report.html`: one file that holds all it shows, to be read offline, in the dark, on a phone, on paper."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.metrics.calibration import Bin
from medassay.metrics.gathered import Confusion
from medassay.reporting import arrange, cost, manifest, words
from medassay.reporting.compared import Compared, ComparisonLine, comparison_lines, difference_axis
from medassay.reporting.examples import Example, example
from medassay.reporting.files import write_text
from medassay.reporting.overview import Overview
from medassay.reporting.prompts import PromptTable, prompt_table
from medassay.reporting.record import FULL_MARKS, RunRecord, deciding_value
from medassay.reporting.templating import fill
from medassay.types import Estimate, Row

_OUTCOMES = {
    "scored": "an answer was read and judged",
    "unparsed": "no answer could be read; counts as wrong",
    "refused": "the model declined; counts as wrong",
    "failed": "no answer came; to be asked again",
    "truncated": "cut off at the token limit (also counted above)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many rows ended in one way."""

    name: str
    count: int
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleGroup:
    """Rows that are shown together, and why these."""

    title: str
    explanation: str
    rows: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run in the words of the page: all that its template reads."""

    anchor: str
    title: str
    sentence: str
    problem: str
    primary: str
    headline: Estimate | None
    headline_mark: arrange.Mark | None
    headline_axis: arrange.Axis | None
    baselines: tuple[str, ...]
    verdict: str
    taken: tuple[str, ...]
    cards: tuple[tuple[str, str], ...]
    outcomes: tuple[Outcome, ...]
    total: int
    overall: arrange.Table | None
    prompts: PromptTable | None
    slices: tuple[arrange.Table, ...]
    reliability: tuple[Bin, ...]
    confusions: tuple[Confusion, ...]
    examples: tuple[ExampleGroup, ...]
    facts: tuple[tuple[str, str], ...]
    manifest: str
    times: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    title: str
    runs: tuple[RunView, ...]
    leaderboard: tuple[arrange.Table, ...]
    overview: Overview | None
    comparisons: tuple[ComparisonLine, ...]
    difference_axis: arrange.Axis


def write_html(
    path: Path,
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    overview: Overview | None = None,
) -> Path:
    """Write the report of one or several runs; `overview` is what is said of them together.

    Of a run whose data must not leave (`RunRecord.reserved`) the examples are left out, and the page says so.

    Raises:
        StoreError: the file cannot be written.
    """
    return write_text(path, render(records, comparisons, overview))


def render(
    records: Sequence[RunRecord],
    comparisons: Sequence[Compared] = (),
    overview: Overview | None = None,
) -> str:
    """The page as text: equal records give equal pages, to the byte."""
    runs = tuple(view(i, record) for i, record in enumerate(records, 1))
    page = Page(
        title=runs[0].title if len(runs) == 1 else f"{len(runs)} evaluations",
        runs=runs,
        leaderboard=tuple(arrange.leaderboard(records)),
        overview=overview,
        comparisons=tuple(comparison_lines(comparisons, records)),
        difference_axis=difference_axis(comparisons),
    )
    return fill("page.html.j2", page=page)


def view(position: int, record: RunRecord) -> RunView:
    """One run in the words of a page; `position` tells its anchor from others'."""
    estimate = arrange.headline(record)
    axis = arrange.axis_of(estimate) if estimate else None
    counts = _counts(record)
    return RunView(
        anchor=f"run-{position}",
        title=words.printable(manifest.title(record)),
        sentence=words.printable(manifest.sentence(record)),
        problem=words.printable(manifest.problem(record, estimate)),
        primary=record.benchmark.primary,
        headline=estimate,
        headline_mark=arrange.mark(axis, estimate) if axis and estimate else None,
        headline_axis=axis,
        baselines=arrange.baselines([estimate] if estimate else []),
        verdict=words.against_baselines(estimate, final=not manifest.incomplete(record)) if estimate else "",
        taken=tuple(cost.sentences(record.manifest)),
        cards=tuple(manifest.cards(record)),
        outcomes=tuple(Outcome(name=k, count=counts.get(k, 0), meaning=v) for k, v in _OUTCOMES.items()),
        total=sum(v for k, v in counts.items() if k != "truncated"),
        overall=arrange.overall(record),
        prompts=prompt_table(record),
        slices=tuple(arrange.slices(record)),
        reliability=tuple(record.reliability),
        confusions=tuple(record.confusions),
        examples=tuple(_example_groups(record, counts)),
        facts=tuple(manifest.facts(record)),
        manifest=json.dumps(_shown(record), indent=2, ensure_ascii=False, default=_as_json),
        times=tuple(manifest.times(record)),
    )


def _counts(record: RunRecord) -> dict[str, int]:
    return {k: int(v) for k, v in manifest.branch(record.manifest, "counts").items()}


def _shown(record: RunRecord) -> dict[str, Any]:
    """What lasts of the manifest; of data that must not leave not what quotes it or names its folder."""
    lasting = manifest.lasting(record.manifest)
    if not record.reserved:
        return lasting
    hidden = {"failures", "predictions"}
    held = {k: "held back" if k in hidden and v else v for k, v in lasting.items()}
    return held | {"benchmark_word": Path(str(held.get("benchmark_word", ""))).name}


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _example_groups(record: RunRecord, counts: dict[str, int]) -> list[ExampleGroup]:
    unread = [counts.get("unparsed", 0), counts.get("refused", 0)]
    sorts = [
        ("Wrong answers", record.wrong, record.wrong_total, _wrong_means(record.wrong)),
        (
            "Answers that could not be read, and refusals",
            record.unparsed,
            sum(unread) if counts else None,
            "",
        ),
        ("Failed requests", record.failed, counts.get("failed"), ""),
    ]
    return [
        _group(title, rows, total, meaning, record.reserved)
        for title, rows, total, meaning in sorts
        if rows or title == "Wrong answers"
    ]


def _group(title: str, rows: Sequence[Row], total: int | None, meaning: str, hidden: bool) -> ExampleGroup:
    if hidden:
        why = (
            "Held back: the data of this benchmark must not leave the machine it lies on. "
            "`medassay report RUN --permit report` shows it to those who may see it."
        )
        return ExampleGroup(title=title, explanation=why, rows=())
    if not rows:
        return ExampleGroup(title=title, explanation="There are none.", rows=())
    shown = len(rows)
    part = total is not None and total > shown
    which = f"{shown} of {total:,}, those whose ids have the lowest hashes" if part else f"All {shown}"
    return ExampleGroup(title=title, explanation=f"{which}.{meaning}", rows=tuple(map(example, rows)))


def _wrong_means(rows: Sequence[Row]) -> str:
    keys = {deciding_value(row) for row in rows}
    known = [words.metric_name(k) for k in FULL_MARKS if k in keys]
    said = [f"{' or '.join(known)} is below 1"] * bool(known)
    said += ["absolute error is above 0"] * ("absolute_error" in keys)
    return f" A row stands here when its {', or its '.join(said)}." if said else ""
