"""All checks over all parts of a benchmark, and what they found."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from medassay.hygiene.answers import answers
from medassay.hygiene.findings import SEVERITIES, Finding, Severity, worst_first
from medassay.hygiene.labels import labels
from medassay.hygiene.overlap import overlap
from medassay.hygiene.parts import Part
from medassay.hygiene.questions import inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a part is. `clusters` None: the benchmark names none. `opened`: images that could be."""

    part: str
    samples: int
    images: int
    opened: int
    clusters: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was looked at, what was found, and what was not looked at with the reason."""

    title: str
    sizes: tuple[Size, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[tuple[str, str], ...] = field(default=())

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def to_json(self) -> dict[str, Any]:
        """Counts, sentences and ids."""
        return {
            "schema_version": 1,
            "title": self.title,
            "parts": [
                {"part": s.part, "samples": s.samples, "images": s.images, "opened": s.opened}
                | {"clusters": s.clusters}
                for s in self.sizes
            ],
            "counts": dict(self.counts),
            "findings": [finding.to_json() for finding in self.findings],
            "left_out": [{"subject": subject, "reason": reason} for subject, reason in self.left_out],
        }

    def text(self) -> str:
        """The sizes as a table, then a line for each finding, the worst first, with its own table."""
        lines = [self.title, "", *_table(_SIZES, [_size(size) for size in self.sizes]), ""]
        for finding in (f for f in self.findings if f.severity != "clear"):
            lines += _said(finding.severity, finding.sentence)
            lines += _said("", f"The first: {finding.example}") if finding.example else []
            if finding.table is not None:
                rows = _table(finding.table.header, finding.table.rows)
                lines += [f"{'':{_MARGIN + 2}}{row}" for row in rows]
        clear = Counter(f.check.partition(":")[0] for f in self.findings if f.severity == "clear")
        kinds = ", ".join(f"{n} x {kind}" if n > 1 else kind for kind, n in clear.items())
        lines += _said("clear", f"Nothing found by {clear.total()} checks: {kinds}.") if clear else []
        lines += [line for left in self.left_out for line in _said("left", ": ".join(left))]
        return "\n".join([*lines, "", ", ".join(f"{n} {severity}" for severity, n in self.counts.items())])


def examine(parts: Sequence[Part]) -> Iterator[Finding]:
    """Every check: each part by itself, and each part against those that come after it.

    The order is the card's: what models are judged on comes first, what they are trained on last.
    """
    training = next((part for part in parts if part.training), None)
    for part, other in combinations(parts, 2):
        yield from overlap(part, other)
    for part in parts:
        yield from inside(part)
        if not part.training:
            yield from answers(part, training)
        yield from labels(part)


def audit_of(title: str, parts: Sequence[Part], left_out: Sequence[tuple[str, str]]) -> Audit:
    """Look at the parts of a benchmark, those that are judged on first."""
    return Audit(
        title=title,
        sizes=tuple(size_of(part) for part in parts),
        findings=tuple(worst_first(list(examine(parts)))),
        left_out=tuple(left_out),
    )


def size_of(part: Part) -> Size:
    """The size of a part."""
    return Size(
        part=part.name,
        samples=len(part.items),
        images=len(part.images),
        opened=sum(not seen.problem for seen in part.images.values()),
        clusters=len(part.clusters) or None,
    )


def _said(severity: str, sentence: str) -> list[str]:
    """A sentence beside its severity, in lines that fit a terminal; paths are not broken."""
    return textwrap.wrap(
        sentence,
        _COLUMNS,
        initial_indent=f"{severity:{_MARGIN}}",
        subsequent_indent=" " * _MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


_COLUMNS, _MARGIN = 80, 9
_SIZES = ("split", "samples", "images", "opened", "clusters")


def _size(size: Size) -> tuple[str, ...]:
    clusters = "unknown" if size.clusters is None else f"{size.clusters:,}"
    return size.part, f"{size.samples:,}", f"{size.images:,}", f"{size.opened:,}", clusters


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    ]
