"""What a terminal says of answers that were made elsewhere: how they were matched, what the file claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from medassay.cli.printing import put, say

if TYPE_CHECKING:
    from rich.table import Table

_LEFT = {
    "missing": "samples have no answer",
    "foreign": "answers belong to no sample",
    "ambiguous": "answers fit several samples, or a sample that has another answer: not used",
}


def print_imported(told: Mapping[str, Any], *, as_json: bool) -> None:
    """What of the manifest's "predictions" a reader must see; on standard error where JSON is printed."""
    lines = list(_lines(told))
    for line in lines:
        typer.echo(line, err=as_json)
    if not as_json and (told["claimed"] or told["claimed_of_rows"]):
        put(_claims(told))
        for name, held in told["claimed_of_rows"].items():
            say(_row_claim(name, held))


def _lines(told: Mapping[str, Any]) -> list[str]:
    ways = ", ".join(f"{n} by {way}" for way, n in told["ways"].items())
    lines = [f"{told['answers']} answers ({told['format']}): {told['matched']} matched, {ways}"]
    for what, words in _LEFT.items():
        if told[what]:
            lines.append(f"{told[what]} {words}: {', '.join(told['examples'][what])}")
    if told["repeated"]:
        lines.append(f"{told['repeated']} answers are given twice, equally")
    for what, n in told["differs"].items():
        lines.append(f"{what} differs in {n} rows: {', '.join(told['examples'][f'{what} differs'])}")
    return [*lines, *told["notes"]]


def _claims(told: Mapping[str, Any]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("claimed by the file", overflow="fold")
    for name in ("claimed", "mean of its rows", "recomputed"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("as", overflow="fold")
    for held in told["claimed"]:
        numbers = (held["claimed"], held["of_its_rows"], held["recomputed"])
        table.add_row(held["claim"], *map(_number, numbers), held["metric"])
    shown = {held["metric"] for held in told["claimed"] if held["of_its_rows"] is not None}
    for name, held in told["claimed_of_rows"].items():
        if held["metric"] not in shown:
            table.add_row(f"{name}, by row", "", _number(held["mean"]), "", held["metric"])
    return table


def _row_claim(name: str, held: Mapping[str, Any]) -> str:
    parts = [f"{name}, row by row against our {held['metric']}: {held['agree']} agree"]
    for key, words in (("only_they", "higher in the file"), ("only_we", "higher with us")):
        examples = f" ({', '.join(held['examples'][key])})" if held[key] else ""
        parts.append(f"{held[key]} {words}{examples}")
    if held["failed"]:
        parts.append(f"{held['failed']} failed")
    return "; ".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
