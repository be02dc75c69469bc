"""What a split is worth: by cross-validation, and by the labels of two readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text


def render_worth(held: dict[str, Any]) -> Iterator[RenderableType]:
    """What was split, and how well the classifier does where it can be checked."""
    yield Text(
        f"{held['benchmark']}: {held['n']} questions, {held['reasoning']} reasoning, "
        f"{held['understanding']} understanding, {held['uncertain']} uncertain ({held['source']})."
    )
    worth = held["cross_validation"]
    yield Text(
        f"On {held['cross_validated_on']}, {worth['n']} questions, {worth['families']} families (one word "
        f"for all: AUROC .500, accuracy {worth['majority']:.3f}, Brier {worth['brier_base']:.3f}):"
    )
    yield from _confusion("words", worth)
    if held["embeddings"] is not None:
        yield from _confusion("joint embeddings", held["embeddings"])
        yield Text(f"AUROC of the joint embeddings less that of the words: {_rate(held['gain'], '+.3f')}.")


def _confusion(name: str, worth: dict[str, Any]) -> Iterator[RenderableType]:
    auroc = {"value": worth["auroc"], "low": worth["low"], "high": worth["high"]}
    yield Text(
        f"{name}: AUROC {_rate(auroc)}, accuracy {worth['accuracy']:.3f}, Brier {worth['brier']:.3f}, "
        f"ECE {worth['ece']:.3f}."
    )
    table = Table(
        "",
        "reasoning",
        "understanding",
        title="Cross-validated confusion",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_row("called reasoning", str(worth["true_yes"]), str(worth["false_yes"]))
    table.add_row("called understanding", str(worth["missed_yes"]), str(worth["true_no"]))
    yield table


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def render_validation(held: dict[str, Any]) -> Iterator[RenderableType]:
    """How far two readers agree, what is open, and the classifier against what was settled."""
    yield Text(
        f"{held['n']} questions, two readers: they agree on {_rate(held['agreement'])}, kappa "
        f"{_rate(held['kappa'])}. {held['settled']} settled since, {len(held['open'])} open."
    )
    if held["open"]:
        table = Table(
            "id", "first reader", "second reader", title="Open", title_justify="left", box=SIMPLE_HEAD
        )
        for dispute in held["open"]:
            table.add_row(dispute["id"], dispute["first"], dispute["second"])
        yield table
    if (worth := held["classifier"]) is not None:
        yield Text(
            f"The classifier against {worth['agreement']['n']} labels ({held['undecided']} undecided): finds "
            f"{_rate(worth['sensitivity'])} of reasoning and {_rate(worth['specificity'])} of understanding; "
            f"agreement {_rate(worth['agreement'])}, kappa {_rate(worth['kappa'])}. The tags say so now."
        )


def _rate(rate: dict[str, Any], form: str = ".3f") -> str:
    if rate["value"] is None:
        return "no value"
    span = "no interval" if rate["low"] is None else f"{rate['low']:{form}} to {rate['high']:{form}}"
    return f"{rate['value']:{form}} ({span})"
