"""What an audit says: one sentence with the size of it, and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["problem", "warning", "note", "clear"]
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note", "clear")
SHOWN = 8  # pairs that a finding carries; all are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Where something was seen: a sample of a part (a split), and which of its images, if one."""

    part: str
    id: str
    image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two that should not be the same, side by side; `detail` says how alike they are."""

    first: Sight
    second: Sight
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Counts that need a table. Every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check.

    `count` of `total` are affected, in the unit that the sentence names; the sentence itself quotes no
    sample, so that it can be passed on. `pairs` and `sights` are the first few; `example` quotes one.
    """

    check: str
    severity: Severity
    sentence: str
    count: int = 0
    total: int = 0
    pairs: tuple[Pair, ...] = ()
    sights: tuple[Sight, ...] = ()
    table: Table | None = None
    example: str = ""

    def to_json(self) -> dict[str, Any]:
        """All fields; what samples are quoted by is their ids, and file names in `example`."""
        return asdict(self)


def of(count: int, total: int) -> str:
    """`446 of 451 (98.9 %)`."""
    return f"{count:,} of {total:,} ({share(count, total)})" if total else "none"


def share(count: float, total: float) -> str:
    """A percentage with one decimal, 100 % and 0 % only where it is all or nothing."""
    if not total:
        return "–"
    if count in {0, total}:
        return f"{100 * count / total:.0f} %"
    return f"{min(99.9, max(0.1, 100 * count / total)):.1f} %"


def p_text(p: float) -> str:
    """`p = 0.040`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """The findings by severity, otherwise in the order they came."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
