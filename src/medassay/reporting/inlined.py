"""Drawings that stand in a page: in its colours, light and dark, with ids that no other drawing has."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

from medassay.reporting import words
from medassay.reporting.charts import Chart
from medassay.reporting.drawing import BASE, COLOURS, RULE, SOFT

_VARIABLES = {
    **{colour: f"--series-{i}" for i, colour in enumerate(COLOURS)},
    SOFT: "--soft",
    RULE: "--rule",
    BASE: "--chance",
}


def inline(chart: Chart, drawn: str) -> str:
    """The SVG of a chart to stand in a page: it takes the page's colours, and its ids are its own."""
    body = drawn[drawn.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", body, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    body = re.sub(r"<[^>]+>", lambda tag: _owned(tag[0], chart.name, used), body)  # words stay as they are
    opening, rest = body.split(">", 1)
    width = re.search(r' width="([\d.]+)pt"', opening)
    assert width, "matplotlib says how wide a drawing is"
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    label = f'role="img" aria-label="{_attribute(chart.title)}" style="width:{float(width[1]) / 72:.2f}in"'
    return f"{opening} {label}>{rest}"


def _owned(tag: str, name: str, used: Collection[str]) -> str:
    """A tag with ids under the chart's name (those that nothing refers to go) and the page's colours."""
    tag = re.sub(r' id="([^"]+)"', lambda held: f' id="{name}-{held[1]}"' if held[1] in used else "", tag)
    tag = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", tag)
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(colour, f"var({variable}, {colour})")
    return tag


def _attribute(text: str) -> str:
    return escape(words.printable(text))
