"""An adaptation in words: what was learned from what, and how it compares with the original."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from medassay.reporting import words
from medassay.reporting.compared import Compared
from medassay.reporting.family import how, render_family, sections
from medassay.reporting.plot import Mark, plot
from medassay.reporting.tables_page import Grid, Section, TablesPage, html

if TYPE_CHECKING:
    from rich.console import RenderableType


def render(
    training: Mapping[str, Any], comparisons: Sequence[Compared], cautions: Sequence[str]
) -> Iterator[RenderableType]:
    """What was learned, what is to be known of it, and the comparison on the same rows."""
    from rich.text import Text

    yield Text(words.printable(learned(training)))
    for sentence in training["data"]["shared"]:
        yield Text(words.printable(sentence), style="yellow")
    if dropped := training["data"]["dropped"]:
        yield Text(f"{len(dropped):,} samples that stand in test too were left out of training.")
    if lost := training["data"]["unreadable"]:
        yield Text(
            words.printable(f"{len(lost):,} samples could not be read, the first {lost[0]}"), style="yellow"
        )
    yield Text()
    yield from render_family(comparisons, cautions) if comparisons else [Text(said) for said in cautions]


def page(
    training: Mapping[str, Any],
    curve: Sequence[Mapping[str, float]],
    comparisons: Sequence[Compared],
    cautions: Sequence[str],
) -> str:
    """The same as one HTML page, with the curve of what was tried."""
    data = training["data"]
    notes = [*data["shared"], *cautions]
    if data["dropped"]:
        notes.append(f"{len(data['dropped']):,} samples that stand in test too were left out of training.")
    return html(
        TablesPage(
            kind="adaptation",
            title=training["name"],
            lead=[learned(training)],
            sections=[
                *sections(comparisons),
                *([Section(title="To know", notes=notes)] if notes else []),
                *([_tried(curve)] if curve else []),
            ],
            explained=how(comparisons) if comparisons else "",
        )
    )


def _tried(curve: Sequence[Mapping[str, float]]) -> Section:
    """What was tried, one row each; drawn where it runs along one axis."""
    axis, *_ = head = list(curve[0])
    plots = []
    if len({row[axis] for row in curve}) == len(curve):
        losses = [name for name in head if name.endswith("loss")]
        lines = {_plain(name): [Mark(x=row[axis], y=row[name]) for row in curve] for name in losses}
        drawn = plot(f"{' and '.join(lines)} by {axis}", lines, logarithmic=axis == "cost")
        plots = [drawn] if drawn else []
    looked = [row for row in curve if not math.isnan(row.get("validation_loss", 0.0))]
    head = [name for name in head if not all(math.isnan(row[name]) for row in looked)]
    rows = [[_short(row[name]) for name in head] for row in looked]
    return Section(
        title="What was tried, judged on validation", plots=plots, tables=[Grid(head=head, lines=rows)]
    )


def learned(training: Mapping[str, Any]) -> str:
    """What was learned from what, in a sentence or two."""
    data = training["data"]
    settings = {k: v for k, v in training["settings"].items() if not isinstance(v, (list, dict, type(None)))}
    chosen = ", ".join(f"{_plain(name)} {_short(value)}" for name, value in settings.items())
    encoded = f"{training['encoded']:,} images encoded, " if "encoded" in training else ""
    return (
        f"{training['recipe']} on {training['base']['name']}: {training['trained']:,} numbers learned "
        f"from {data['train']:,} samples of {data['benchmark']}, chosen on {data['validation']:,} "
        f"({data['validation_from']}); {encoded}{training['seconds']:.1f} s. "
        f"{chosen}"
    )


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("auroc", "AUROC")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    return str(value)
