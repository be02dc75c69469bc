"""Runs that stand in charts together: what they are called, and which may share a panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from medassay.reporting import manifest
from medassay.reporting.record import RunRecord


def names_of(records: Sequence[RunRecord]) -> Mapping[str, str]:
    """By the id of a run what it is called: the model, with the run where a protocol has it twice."""
    seen: set[tuple[str, str]] = set()
    named: dict[str, str] = {}
    for record in records:
        key, run = (manifest.model_name(record), manifest.protocol_id(record)), id_of(record)
        named[run] = f"{key[0]} (run {run[:8]})" if key in seen else key[0]
        seen.add(key)
    return named


def by_protocol(records: Iterable[RunRecord]) -> list[tuple[str, list[RunRecord]]]:
    """The runs that were asked and judged alike, with what was asked; others never share a panel."""
    groups: dict[str, list[RunRecord]] = {}
    for record in records:
        groups.setdefault(manifest.protocol_id(record), []).append(record)
    return [(manifest.asked(group[0]), group) for group in groups.values()]


def id_of(record: RunRecord) -> str:
    """The id of the run, "" where an older manifest has none."""
    return str(record.manifest.get("id", ""))
