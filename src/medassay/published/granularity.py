"""Shares of n items are multiples of 1/n: which n can have given the printed decimals?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from medassay.published.cells import Cell, Finding, Table, grouped

SHARES = frozenset({"accuracy", "accuracy_closed"})
INFORMATIVE = 0.5  # of all printable numbers so many may be multiples of 1/n for the check to say anything

DENOMINATORS: Mapping[str, tuple[int, ...]] = {
    "VQA-RAD": (251, 272, 451),
    "SLAKE": (412, 416, 1061, 2094),
    "PathVQA": (3362, 6719),
    "MMMU-H&M": (145, 150),
    "MedXpertQA-MM": (2000,),
}
"""Numbers of items that these benchmarks are scored on: closed subsets, one language, all of them."""


def possible(value: float, decimals: int, n: int) -> bool:
    """Whether some k of n, rounded to so many decimals (halves either way), is printed as `value`."""
    half = 0.5 * 10.0**-decimals + 1e-9
    return math.floor((value + half) * n + 1e-9) >= math.ceil((value - half) * n - 1e-9)


def chance(decimals: int, n: int) -> float:
    """The share of all printable numbers that some k of n gives."""
    return min(1.0, (n + 1) / 10.0**decimals)


def no_such_share(table: Table) -> Iterator[Finding]:
    """Printed shares that no number of right answers among the stated n gives."""
    for cell in table:
        if cell.metric not in SHARES or cell.n is None or chance(cell.decimals, cell.n) > INFORMATIVE:
            continue
        if not possible(cell.value, cell.decimals, cell.n):
            k = round(cell.value * cell.n)
            yield Finding(
                check="no such share",
                source=cell.source,
                model=cell.model,
                benchmark=cell.benchmark,
                detail=f"{cell.table}: {cell.text} of {cell.n:,} items is no whole number of them; the "
                f"nearest is {k:,} of {cell.n:,}, {k / cell.n:.{cell.decimals}f}",
            )


def likely_denominators(table: Table) -> Iterator[Finding]:
    """Where no n is stated: which of the usual ones fits the printed decimals better than chance."""
    for (source, benchmark, metric), cells in grouped(table, "source", "benchmark", "metric"):
        whole = [cell for cell in cells if cell.part == "overall" and cell.n is None]
        if metric not in SHARES or benchmark not in DENOMINATORS or len(whole) < 5:
            continue
        said = [_fit(whole, n) for n in DENOMINATORS[benchmark]]
        yield Finding(
            check="which n fits",
            source=source,
            benchmark=benchmark,
            detail=f"of {len(whole)} values, multiples of 1/n: {'; '.join(said)}",
        )


def _fit(cells: Sequence[Cell], n: int) -> str:
    hits = sum(possible(cell.value, cell.decimals, n) for cell in cells)
    return f"n = {n:,}: {hits} ({100 * chance(cells[0].decimals, n):.0f} % by chance)"
