"""A planned suite as sections: for a terminal of 80 columns and as Markdown."""

from __future__ import annotations

from dataclasses import fields

from medassay.reporting.tables_page import Grid, Section
from medassay.reporting.words import count
from medassay.workflows.suites.planned import Assumed, Foreseen, Planned

_GIGA = 1e9


def sections(held: Planned, *, cells: bool = True) -> list[Section]:
    """By model, by cell if wanted, and what all rests on."""
    totals, assumed = held.totals, held.assumed
    devices = f"{assumed.devices} device{'s' if assumed.devices > 1 else ''}"
    asked = f"{totals['calls']:,} calls, {_large(totals['tokens_in'])} tokens in"
    whole = (
        f"{asked}, {_large(totals['tokens_out'])} out. {held.device_hours:,.1f} device hours: "
        f"{held.hours:,.1f} hours on {devices} with one model after the other in as many copies as fit, "
        f"{held.hours_apart:,.1f} with one copy of each. Disk: {held.weights / _GIGA:,.0f} GB of weights and "
        f"{totals['disk_bytes'] / 1e6:,.1f} MB of answers."
    )
    notes = sorted({_note(cell) for cell in held.cells} - {""})
    found = [Section(title=f"{held.suite}, by model", tables=[_by_model(held)], text=whole, notes=notes)]
    if cells:
        found.append(Section(title="By cell", tables=[_by_cell(held)]))
    return [*found, Section(title="What is assumed", notes=_assumptions(assumed))]


def _note(cell: Foreseen) -> str:
    """What keeps a figure from being counted; of the benchmark, or of the model."""
    of = cell.benchmark if "sample" in cell.note else cell.model
    return f"{of}: {cell.note}" if cell.note else ""


def _by_model(held: Planned) -> Grid:
    lines = []
    for model in dict.fromkeys(cell.model for cell in held.cells):
        mine = [cell for cell in held.cells if cell.model == model]
        known = [cell.hours for cell in mine if cell.hours is not None]
        lines.append(
            (
                model,
                count(sum(cell.calls or 0 for cell in mine)),
                _large(sum(cell.tokens_in for cell in mine)),
                _large(sum(cell.tokens_out for cell in mine)),
                str(held.layout[model]) if model in held.layout else "–",
                f"{sum(known):.2f}" if known else "–",
            )
        )
    return Grid(head=("model", "calls", "tokens in", "out", "devices", "hours"), lines=lines)


def _by_cell(held: Planned) -> Grid:
    lines = [
        (
            f"{cell.model}, {cell.benchmark}" + ("" if cell.setting == "zero-shot" else f", {cell.setting}"),
            "–" if cell.calls is None else count(cell.calls),
            _large(cell.tokens_in),
            "–" if cell.hours is None else f"{cell.hours:.2f}",
        )
        for cell in held.cells
    ]
    return Grid(head=("cell", "calls", "tokens in", "hours"), lines=lines)


def _assumptions(assumed: Assumed) -> list[str]:
    words = {
        "devices": "devices; hours of a model or cell are those of one",
        "memory": "GB of memory of one (an A100's), four fifths of it for weights",
        "teraflops": "teraflops of one in bfloat16, dense (an A100's)",
        "bandwidth": "GB/s of its memory (an A100's with 80 GB)",
        "utilisation": "of either is reached",
        "batch": "answers are written together",
        "image_tokens": "tokens of an image (LLaVA-1.5's)",
        "text_tokens": "tokens of a question whose file is not here",
        "answer_tokens": "tokens of an answer",
        "load": "GB of weights read in a second",
    }
    return [f"{getattr(assumed, each.name):g} {words[each.name]}" for each in fields(assumed)]


def _large(tokens: int) -> str:
    return f"{tokens / 1e6:,.1f} M" if tokens >= 1e6 else f"{tokens / 1e3:,.0f} k"
