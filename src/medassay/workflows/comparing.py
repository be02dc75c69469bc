"""Compare two runs on the same items."""

from __future__ import annotations

from pathlib import Path

from medassay.errors import UsageError
from medassay.statistics import Comparison
from medassay.statistics import compare as paired
from medassay.workflows.resolve import resolve_measure
from medassay.workflows.results import Run, load_run


def compare(one: Run | str | Path, other: Run | str | Path, *, metric: str | None = None) -> Comparison:
    """The paired difference of two runs of one protocol, with its interval and verdict.

    Args:
        one: a run or its folder.
        other: the run it is compared with.
        metric: a per-sample metric; the benchmark's primary one by default.

    Raises:
        UsageError: the protocols differ (says in what), or a run has not ended.
    """
    first, second = (r if isinstance(r, Run) else load_run(r) for r in (one, other))
    _same_protocol(first, second)
    _ended(first, second)
    measured, where = resolve_measure(metric or first.manifest["primary"], first.benchmark)
    benchmark = first.manifest["protocol"]["benchmark"]
    return paired(
        first.rows(),
        second.rows(),
        measured,
        seed=f"{benchmark['name']} {benchmark['version']}",
        where=where,
    )


def differences(one: Run, other: Run) -> list[str]:
    """The parts of the protocol in which two runs differ."""
    first, second = one.manifest["protocol"], other.manifest["protocol"]
    parts = [key for key in first if key != "id" and first[key] != second.get(key)]
    if not parts and one.manifest.get("images_sha256") != other.manifest.get("images_sha256"):
        parts.append("images")
    return parts


def _same_protocol(one: Run, other: Run) -> None:
    if parts := differences(one, other):
        raise UsageError(f"{one.path} and {other.path} cannot be compared: they differ in {', '.join(parts)}")


def _ended(*runs: Run) -> None:
    for run in runs:
        if run.manifest["status"] not in {"complete", "incomplete"}:
            raise UsageError(f"{run.path} is {run.manifest['status']}: give its command again, then compare")
