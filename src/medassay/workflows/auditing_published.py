"""Check published tables for what cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay.published import CHECKS, Finding, audit, read_cells, shipped

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAudit:
    """What was found in how many cells."""

    cells: int
    findings: Sequence[Finding]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": 1,
            "cells": self.cells,
            "checks": list(CHECKS),
            "findings": [asdict(finding) for finding in self.findings],
        }

    def render(self) -> list[RenderableType]:
        """The findings for a terminal of 80 columns, by check."""
        from rich.padding import Padding
        from rich.text import Text

        counts = Counter(finding.check for finding in self.findings)
        shown: list[RenderableType] = [Text(f"{self.cells:,} cells, {len(self.findings)} findings")]
        for check in CHECKS:
            if not counts[check]:
                continue
            shown.append(Text(f"\n{check}: {counts[check]}", style="bold"))
            for finding in (f for f in self.findings if f.check == check):
                what = ", ".join(filter(None, (finding.source, finding.model, finding.benchmark)))
                shown += [Text(what), Padding(Text(finding.detail), (0, 0, 0, 2))]
        clean = [check for check in CHECKS if not counts[check]]
        return [*shown, *([Text(f"\nNothing found by: {', '.join(clean)}")] if clean else [])]


def audit_published(path: Path | None = None) -> PublishedAudit:
    """Check the tables of a CSV, or those that ship.

    Raises:
        DataError: the file is missing or not of that shape.
    """
    cells = read_cells(path) if path is not None else shipped()
    return PublishedAudit(cells=len(cells), findings=audit(cells))
