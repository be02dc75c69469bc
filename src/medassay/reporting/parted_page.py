"""Understanding against reasoning in a report over runs, by the tags of a split."""

from __future__ import annotations

from collections.abc import Sequence

from medassay.reporting import words
from medassay.reporting.charts import Chart, Mark, Panel, Series
from medassay.reporting.parted import RunParts
from medassay.reporting.tables_page import Grid, Section
from medassay.statistics.parts import Part

_HEAD = ("model", "benchmark", "overall", "reasoning", "understanding", "gap, R less U")
_PRINTED = ("overall", "reasoning", "understanding")


def section(lines: Sequence[RunParts]) -> list[Section]:
    """A table with a line for each run, what a paper prints below it; none of no runs."""
    cells = list[tuple[str, ...]]()
    for line in lines:
        held = line.hard
        parts = (_cell(part) for part in (held.whole, held.yes, held.no))
        cells.append((line.model, line.benchmark, *parts, _cell(held.gap, sign=True)))
        if line.published:
            printed = (line.published[part].text if part in line.published else "" for part in _PRINTED)
            cells.append((f"{line.model}, as arXiv 2507.11200 prints", line.benchmark, *printed, ""))
    sources = dict.fromkeys(line.source for line in lines)
    notes = [f"Parts by {source}." for source in sources]
    return [Section(title="By parts", tables=[Grid(head=_HEAD, lines=cells)], notes=notes)] if lines else []


def chart(lines: Sequence[RunParts]) -> list[Chart]:
    """A panel for each benchmark, a point for each model that has both parts."""
    panels: dict[str, list[Series]] = {}
    for line in lines:
        across, upwards = line.hard.no, line.hard.yes
        if across.value is not None and upwards.value is not None:
            mark = Mark(at=across.value, value=upwards.value, low=upwards.low, high=upwards.high)
            panels.setdefault(line.benchmark, []).append(Series(name=line.model, marks=[mark]))
    held = scatter(
        [Panel(title=title, series=series) for title, series in panels.items()], name="parts-by-tags"
    )
    return [held] if panels else []


def scatter(panels: Sequence[Panel], *, name: str) -> Chart:
    """Points of understanding across and reasoning upwards."""
    return Chart(
        name=name,
        title="Understanding against reasoning",
        how="On the dashed line both are equal; below it a model sees better than it reasons. The interval "
        "is of reasoning.",
        form="scatter",
        panels=panels,
        across="understanding",
        upwards="reasoning",
        diagonal=True,
    )


def _cell(part: Part, *, sign: bool = False) -> str:
    return f"{words.number(part.value, sign=sign)} {words.interval(part.low, part.high, sign=sign)}"
