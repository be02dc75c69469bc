"""The validation report of one model for one hospital: what was stated beforehand, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.reporting import arrange, words
from medassay.reporting.html import RunView, view
from medassay.reporting.manifest import asked, incomplete, model_name
from medassay.reporting.overview import Drawn
from medassay.reporting.record import RunRecord
from medassay.reporting.tables_page import Grid
from medassay.reporting.templating import fill
from medassay.types import Estimate

FURTHER = "Further measures, not the endpoint"
Finding = Literal["met", "not met", "not shown", "none stated", "not final", "not estimated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What the endpoint must reach: at least `value`, or at most."""

    value: float
    least: bool

    @property
    def text(self) -> str:
        """In words."""
        return f"at {'least' if self.least else 'most'} {words.number(self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was stated before the numbers were seen. `metric` on the rows whose tags equal `where`."""

    title: str
    intended_use: str
    setting: str
    responsible: str
    metric: str
    where: Mapping[str, str]
    bar: Bar | None
    subgroups: Sequence[str]
    limits: Sequence[str]
    signatures: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """All that the report shows.

    `record` holds the run with the endpoint as its headline and its subgroups as slices; `further` are the
    other measures of the whole. `cohort` is a table by tag; `hashes` are named sha256, of files and content.
    """

    plan: Plan
    record: RunRecord
    further: Sequence[Estimate]
    cohort: Grid
    notes: Sequence[str]
    hashes: Sequence[tuple[str, str]]
    drawn: Sequence[Drawn] = ()
    undrawn: str = ""

    @property
    def title(self) -> str:
        """What the page is called."""
        return words.printable(f"Validation: {self.plan.title}")

    @property
    def endpoint(self) -> Estimate | None:
        """The estimate of the primary endpoint, None where no row has it."""
        return arrange.headline(self.record)

    @property
    def finding(self) -> Finding:
        """Whether the endpoint reached what was stated, judged by its whole interval."""
        return judge(self.endpoint, self.plan.bar, final=not incomplete(self.record))

    @property
    def verdict(self) -> str:
        """The finding as a sentence."""
        bar = self.plan.bar.text if self.plan.bar else ""
        return {
            "met": f"Criterion met: the whole 95 % interval is {bar}.",
            "not met": f"Criterion NOT met: the whole 95 % interval misses {bar}.",
            "not shown": f"Criterion not shown: the 95 % interval does not decide whether it is {bar}.",
            "none stated": "No criterion was stated beforehand: this report describes and does not decide.",
            "not final": "No verdict: rows have failed, and the number is not final.",
            "not estimated": "No verdict: the endpoint or its interval cannot be estimated from these rows.",
        }[self.finding]


def judge(estimate: Estimate | None, bar: Bar | None, *, final: bool) -> Finding:
    """Hold the interval of an estimate against what was stated beforehand.

    "met" and "not met" need the whole 95 % interval on one side, so that neither is said by luck of the draw
    more often than once in forty; in between nothing is shown.
    """
    if bar is None:
        return "none stated"
    if not final:
        return "not final"
    if estimate is None or estimate.low is None or estimate.high is None:
        return "not estimated"
    low, high = estimate.low, estimate.high
    if (low >= bar.value) if bar.least else (high <= bar.value):
        return "met"
    if (high < bar.value) if bar.least else (low > bar.value):
        return "not met"
    return "not shown"


def page(held: Validation) -> str:
    """The report as HTML: equal values give equal bytes; no moment of writing is in it."""
    run: RunView = view(1, held.record)
    title = f"{model_name(held.record)} on {asked(held.record)}"
    return fill(
        "validation.html.j2",
        page=held,
        run=run,
        what=title,
        further=arrange.table(FURTHER, "measure", held.further),
    )
