"""Charts drawn by matplotlib as SVG: the same bytes for the same chart, in the colours of the page.

Why matplotlib, and why colours are variables: docs/decisions/013-plots.md.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from medassay.errors import MissingExtra
from medassay.reporting import words
from medassay.reporting.charts import Chart, Panel, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#c04b00", "#00755a", "#a03b78", "#8a5a00", "#1b1f24")
"""Of series: after Okabe and Ito (2008), darkened until each has a contrast of 3 to 1 on white."""

SOFT, RULE, BASE = "#57606a", "#d8dee4", "#8a5a01"
"""Of words beside, of lines behind, of what values are held against: no colour stands for two things."""
_SHAPES, _DASHES = "osD^vPX", ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 2, 1.5, 2)))
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # words stay words: found by a search, read aloud
    "pdf.fonttype": 42,  # some journals refuse the default, Type 3
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same layout everywhere
    "font.size": 8.5,
    "text.parse_math": False,
    "text.color": COLOURS[-1],
    "axes.edgecolor": RULE,
    "axes.labelcolor": SOFT,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": RULE,
    "xtick.labelcolor": SOFT,
    "ytick.color": RULE,
    "ytick.labelcolor": COLOURS[-1],
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.labelcolor": COLOURS[-1],
}
_WIDTH, _NARROW, _LINE = 10.0, 5.6, 0.17  # inches: of a page, of one panel, of a line of a forest
_LONGEST = 34  # characters of a name beside an axis


def can_draw() -> bool:
    """Whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def svg(chart: Chart) -> str:
    """The chart as an SVG file: no date and no chance in it, equal charts give equal bytes.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return _saved(chart, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None}).decode()


def pdf(chart: Chart) -> bytes:
    """The chart as a PDF file for a paper, as `svg`."""
    return _saved(chart, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})


def _saved(chart: Chart, form: str, metadata: dict[str, None]) -> bytes:
    if not can_draw():
        raise MissingExtra("matplotlib", "report")
    import matplotlib as mpl

    style: dict[Any, Any] = {**mpl.rcParamsDefault, **_STYLE, "svg.hashsalt": chart.name}
    with mpl.rc_context(style), warnings.catch_warnings():
        # The font that lays out has not every letter; the one that shows the page has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        buffer = io.BytesIO()
        _figure(chart).savefig(buffer, format=form, transparent=True, metadata=metadata)
    return buffer.getvalue()


def _figure(chart: Chart) -> Figure:
    from matplotlib.figure import Figure

    draw = {"forest": _forest, "curve": _curve, "scatter": _curve, "radar": _radar}[chart.form]
    across = min(len(chart.panels), 2 if chart.form == "forest" else 3)
    down = math.ceil(len(chart.panels) / across)
    heights = [_height(chart, chart.panels[i * across : (i + 1) * across]) for i in range(down)]
    legend = 0.25 * math.ceil(len(chart.names) / 4) if len(chart.names) > 1 else 0.0
    figure = Figure(figsize=(_WIDTH if across > 1 else _NARROW, sum(heights) + legend), layout="constrained")
    grid = figure.add_gridspec(down, across, height_ratios=heights)
    for i, panel in enumerate(chart.panels):
        polar = {"projection": "polar"} if chart.form == "radar" else {}
        axes = figure.add_subplot(grid[divmod(i, across)], **polar)
        draw(axes, chart, panel)
        axes.set_title(_short(panel.title, 2 * _LONGEST))
    if len(chart.names) > 1:
        from matplotlib.lines import Line2D

        handles = [
            Line2D([], [], label=_short(name), **_look(chart, name, line=chart.form in {"curve", "radar"}))
            for name in chart.names
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=4)
    return figure


def _height(chart: Chart, panels: Sequence[Panel]) -> float:
    """Of a row of panels, in inches."""
    if chart.form != "forest":
        return 3.2 if chart.form == "radar" else 2.7
    return 0.75 + max(_LINE * sum(len(lanes) + 0.6 for lanes in _lanes(panel).values()) for panel in panels)


def _lanes(panel: Panel) -> dict[str, list[Series]]:
    """The names of a forest, and the series that have a value at each."""
    held: dict[str, list[Series]] = {}
    for series in panel.series:
        for mark in series.marks:
            held.setdefault(str(mark.at), []).append(series)
    return held


def _forest(axes: Axes, chart: Chart, panel: Panel) -> None:
    """Every name has a lane for each series; the names stand in the middle of their lanes."""
    y, ticks = 0.0, list[tuple[float, str]]()
    for name, lanes in _lanes(panel).items():
        ticks.append((y + (len(lanes) - 1) / 2, _short(name)))
        for series in lanes:
            mark = next(mark for mark in series.marks if mark.at == name)
            look = _look(chart, series.name, line=False)
            if mark.base is not None:
                axes.plot(
                    [mark.base] * 2, [y - 0.45, y + 0.45], color=BASE, linewidth=1, linestyle=(0, (3, 2))
                )
            if mark.low is not None and mark.high is not None:
                axes.plot([mark.low, mark.high], [y, y], color=look["color"], linewidth=1.6)
            axes.plot([mark.value], [y], **look)
            y += 1
        y += 0.6
    axes.set_yticks([at for at, _ in ticks], labels=[name for _, name in ticks])
    axes.set_ylim(max(y - 0.6, 1) - 0.3, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel(chart.across)
    _fractions(axes.set_xlim, panel)


def _curve(axes: Axes, chart: Chart, panel: Panel) -> None:
    """Lines, or single points, with their intervals upwards."""
    if chart.diagonal:
        axes.plot([0, 1], [0, 1], color=BASE, linewidth=1, linestyle=(0, (3, 2)))
    for series in panel.series:
        look = _look(chart, series.name, line=chart.form == "curve")
        for mark in series.marks:
            if mark.low is not None and mark.high is not None:
                axes.plot(
                    [mark.at, mark.at], [mark.low, mark.high], color=look["color"], linewidth=1, alpha=0.7
                )
        if chart.form == "curve" and len(series.marks) > 15:
            look["marker"] = ""
        axes.plot([mark.at for mark in series.marks], [mark.value for mark in series.marks], **look)
    if chart.logarithmic:
        _logarithmic(axes, panel)
    axes.grid(visible=True)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", labelcolor=SOFT)
    axes.set(xlabel=chart.across, ylabel=chart.upwards)
    _fractions(axes.set_ylim, panel)
    if chart.diagonal:
        axes.set(xlim=(0, 1), ylim=(0, 1))


def _logarithmic(axes: Axes, panel: Panel) -> None:
    """Room on both sides, plain numbers; where there is a 0, it stands to the left of the least number."""
    from matplotlib.ticker import FixedLocator, LogLocator

    ends = [float(mark.at) for series in panel.series for mark in series.marks]
    least = min((at for at in ends if at > 0), default=1.0)
    if min(ends) > 0:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.set_xlim(least / 2.5, max(ends) * 2.5)
    else:
        axes.set_xscale("symlog", linthresh=least)
        axes.xaxis.set_major_locator(FixedLocator(sorted(set(ends))))
        axes.set_xlim(-least / 2, max(ends) * 1.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()


def _radar(axes: Any, chart: Chart, panel: Panel) -> None:
    names = list(dict.fromkeys(mark.at for series in panel.series for mark in series.marks))
    angles = [2 * math.pi * i / len(names) for i in range(len(names))]
    for series in panel.series:
        held = {mark.at: mark.value for mark in series.marks}
        values = [held.get(name, math.nan) for name in names]
        axes.plot([*angles, angles[0]], [*values, values[0]], **_look(chart, series.name, line=True))
    axes.set_xticks(angles, labels=[_short(str(name)) for name in names])
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.tick_params(axis="x", labelcolor=SOFT, pad=14)
    axes.tick_params(axis="y", labelcolor=SOFT)
    axes.set_ylim(0, 1)


def _look(chart: Chart, name: str, *, line: bool) -> dict[str, Any]:
    """How a series looks: by colour, shape and dashes, so that no one of the three is needed to tell it."""
    i = (chart.everyone or chart.names).index(name)
    return {
        "color": COLOURS[i % len(COLOURS)],
        "marker": _SHAPES[i % len(_SHAPES)],
        "markersize": 3.5 if line else 5,
        "linestyle": _DASHES[i % len(_DASHES)] if line else "",
        "linewidth": 1.4,
    }


def _fractions(limit: Any, panel: Panel) -> None:
    """From 0 to 1 where all numbers are fractions; else as far as they reach."""
    marks = [mark for series in panel.series for mark in series.marks]
    numbers = [x for mark in marks for x in (mark.value, mark.low, mark.high) if x is not None]
    if numbers and min(numbers) >= 0 and max(numbers) <= 1:
        limit(-0.01, 1.02)


def _short(name: str, longest: int = _LONGEST) -> str:
    """The name on one line, cut where it is too long; whole it stands in the table."""
    flat = " ".join(words.printable(name).split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"
