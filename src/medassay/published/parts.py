"""A whole and its two parts: the whole lies between them, and their shares are the same for every model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medassay.published.cells import Cell, Finding, Table, grouped

WHOLE = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A whole with the two parts that it is printed beside."""

    whole: Cell
    first: Cell
    second: Cell

    @property
    def slack(self) -> float:
        """How far rounding can move the whole out of its parts."""
        return self.whole.rounding + max(self.first.rounding, self.second.rounding) + 1e-12

    @property
    def inside(self) -> bool:
        """Whether the whole can be a mean of the parts with some weights."""
        low, high = sorted((self.first.value, self.second.value))
        return low - self.slack <= self.whole.value <= high + self.slack

    def shares(self) -> tuple[float, float] | None:
        """The lowest and highest share of the first part, under rounding; None where the parts are equal."""
        gap = self.first.value - self.second.value
        wobble = self.first.rounding + self.second.rounding
        if abs(gap) <= wobble + 1e-12:
            return None
        over = self.whole.rounding + self.second.rounding
        rise = self.whole.value - self.second.value
        ends = [(rise + a) / (gap + b) for a in (-over, over) for b in (-wobble, wobble)]
        return min(ends), max(ends)


def parted(table: Table) -> list[Parted]:
    """Every whole that stands beside exactly two parts of one model, benchmark and metric."""
    found = []
    for _, cells in grouped(table, "source", "benchmark", "model", "metric"):
        wholes = [cell for cell in cells if cell.part == WHOLE]
        parts = sorted((cell for cell in cells if cell.part != WHOLE), key=lambda cell: cell.part)
        if len(wholes) == 1 and len(parts) == 2:
            found.append(Parted(whole=wholes[0], first=parts[0], second=parts[1]))
    return found


def whole_outside_its_parts(table: Table) -> Iterator[Finding]:
    """A mean of two parts lies between them."""
    for held in parted(table):
        if not held.inside:
            above = held.whole.value > max(held.first.value, held.second.value)
            yield Finding(
                check="whole outside its parts",
                source=held.whole.source,
                model=held.whole.model,
                benchmark=held.whole.benchmark,
                detail=f"{WHOLE} {held.whole.text} lies {'above' if above else 'below'} both "
                f"{held.first.part} {held.first.text} and {held.second.part} {held.second.text}: "
                "inconsistent with being the whole of these parts",
            )


def no_common_share(table: Table) -> Iterator[Finding]:
    """All models answer the same items, so the share of each part is one number per benchmark."""
    held: dict[tuple[str, str], list[Parted]] = {}
    for one in parted(table):
        held.setdefault((one.whole.source, one.whole.benchmark), []).append(one)
    for (source, benchmark), ones in held.items():
        shares = [share for one in ones if (share := one.shares()) is not None]
        if len(shares) < 2 or max(low for low, _ in shares) <= min(high for _, high in shares):
            continue
        middles = sorted((low + high) / 2 for low, high in shares)
        yield Finding(
            check="no common share of the parts",
            source=source,
            benchmark=benchmark,
            detail=f"the share of {ones[0].first.part} items that each model's three numbers imply runs from "
            f"{middles[0]:.2f} to {middles[-1]:.2f} over {len(shares)} models; items that are the same for "
            "all have one share",
        )
