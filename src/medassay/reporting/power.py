"""What benchmarks can show, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medassay.reporting import words

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from medassay.statistics.planned import Assumed, Power


def render_power(found: Sequence[Power], assumed: Assumed) -> list[Table | Text]:
    """A table in points (hundredths), what it rests on, and how many rows a claim needs.

    Args:
        found: a line per set of rows.
        assumed: what it rests on.
    """
    from rich.text import Text

    return [
        _table(found),
        Text(_resting(assumed)),
        *(Text(one) for one in _claims(found, assumed)),
        *_notes(found),
    ]


def _table(found: Sequence[Power]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", overflow="fold")
    for name in ("rows", "clusters", "design\neffect", "± naive", "±", "shown\nnaive", "shown"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        named = one.benchmark if one.slice == "all" else f"  {words.values_only(one.slice)}"
        table.add_row(
            Text(words.printable(named)),
            words.count(one.n),
            words.count(one.clusters),
            words.ABSENT if one.design_effect is None else f"{one.design_effect:.2f}",
            _points(one.half_width_naive),
            _points(one.half_width),
            _points(one.detectable_naive),
            Text(_points(one.detectable), style="bold"),
        )
    return table


def _points(share: float | None) -> str:
    return words.ABSENT if share is None else f"{100 * share:.1f}"


def _resting(assumed: Assumed) -> str:
    return (
        f"In points: half of one accuracy's 95 % interval (±) at {100 * assumed.accuracy:g} %, and the "
        f"smallest paired difference shown in 80 % of cases where {100 * assumed.discordant:g} % of the rows "
        f"differ; two rows of a cluster correlate by {assumed.correlation:g}. Naive: as if rows were "
        "independent."
    )


def _claims(found: Sequence[Power], assumed: Assumed) -> list[str]:
    """How many rows, and clusters like these, a claim needs on each set."""
    said = []
    for one in found:
        title = one.benchmark if one.slice == "all" else f"{one.benchmark}, {one.slice}"
        for what, rows, clusters in (
            (f"a difference of {_points(assumed.difference)}", one.rows_needed, one.clusters_needed),
            (f"equivalence within {_points(assumed.margin)}", one.rows_equivalent, one.clusters_equivalent),
        ):
            if rows is not None:
                of = f" in {words.count(clusters)} clusters" if clusters else ", if they are independent"
                enough = f"there are {words.count(one.n)}" + (" and that is enough" if one.n >= rows else "")
                said.append(f"{title}: {what} needs {words.count(rows)} rows{of}; {enough}.")
    return said


def _notes(found: Sequence[Power]) -> list[Text]:
    from rich.text import Text

    return [Text(f"{one.benchmark}: {one.note}.", style="dim") for one in found if one.note]
