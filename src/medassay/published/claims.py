"""What a text says of its tables, held against their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from medassay.published.cells import Finding, Table, grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a paper: in its tables one part scores higher than another."""

    source: str
    higher: str
    lower: str
    said: str


CLAIMS = (
    Claim(
        source="arXiv:2507.11200v2",
        higher="understanding",
        lower="reasoning",
        said="models understand better than they reason",
    ),
)
"""Claims of the papers whose tables ship."""


def claims_against_cells(table: Table) -> Iterator[Finding]:
    """A claim whose opposite holds in nine of ten cells: most likely two captions were exchanged."""
    for claim in CLAIMS:
        held = [cell for cell in table if cell.source == claim.source]
        pairs = []
        for _, cells in grouped(held, "benchmark", "model", "metric"):
            values = {cell.part: cell.value for cell in cells}
            if claim.higher in values and claim.lower in values:
                pairs.append((values[claim.higher], values[claim.lower]))
        against = sum(high < low for high, low in pairs)
        if pairs and against >= 0.9 * len(pairs):
            means = [fmean(values) for values in zip(*pairs, strict=True)]
            yield Finding(
                check="claim against its cells",
                source=claim.source,
                detail=f"the text says that {claim.said}; {claim.lower} is the higher in {against} of "
                f"{len(pairs)} cells (means {means[1]:.3f} and {means[0]:.3f}): the captions of two tables "
                "may have been exchanged",
            )
