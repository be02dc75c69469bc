"""A sample of a stored run, asked again: how many answers come out otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay.engine import Progress
from medassay.errors import UsageError
from medassay.rows import read_rows
from medassay.solvers.context import Scheme
from medassay.statistics.intervals import clopper_pearson
from medassay.types import Response
from medassay.workflows.folder import ROWS, read_manifest
from medassay.workflows.named import ModelLike
from medassay.workflows.running import run
from medassay.workflows.solving import resolve_solver

LIMIT = 50
"""Samples that are asked again unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One answer that came out otherwise."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """What asking again gave.

    Attributes:
        n: answers that were compared; rows that failed then or now are not.
        changes: those with another text or thinking.
        probabilities: how many gave the same text with other probabilities.
        low: of the share that changed, 95 % (Clopper and Pearson 1934), over samples.
        high: see low.
        differences: what of model and environment is not as it was.
    """

    n: int
    changes: Sequence[Change]
    probabilities: int
    low: float
    high: float
    differences: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether every answer came out as it was."""
        return not self.changes and not self.probabilities

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {**asdict(self), "same": self.same}


def repeat(
    folder: Path,
    *,
    model: ModelLike = "",
    data: str | Path | None = None,
    limit: int = LIMIT,
    permit: Collection[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Repetition:
    """Ask the samples of the `limit` lowest hashes of a run again, with nothing known, and compare.

    `model` is asked where it is given, else the one of the word that the run was given: a folder is found
    under another path, say. A way of asking that looks at other samples of the run is asked all of them.

    Raises:
        UsageError: no row has an answer.
        MedassayError: see `medassay.errors`.
    """
    manifest = read_manifest(folder)
    protocol = manifest["protocol"]
    before = {row.sample.id: row.response for row in read_rows(folder / ROWS) if row.response.error is None}
    if not before:
        raise UsageError(f"{folder}: none of its rows has an answer that could come out otherwise")
    looks_round = isinstance(resolve_solver(protocol["solver"]).asks, Scheme)
    selected = protocol["selection"]
    most = selected["limit"] if looks_round else min(limit, selected["n"])
    with tempfile.TemporaryDirectory() as place:
        again = run(
            model=model or manifest["model"]["word"],
            benchmark=_benchmark(manifest),
            data=data,
            split=protocol["benchmark"]["split"],
            protocol=protocol["asked"],
            solver=protocol["solver"],
            decoding=protocol["decoding"],
            limit=most,
            seed=manifest["seed"],
            out=Path(place) / "run",
            store=Path(place) / "answers.db",
            permit=permit,
            progress=progress,
        )
        after = {row.sample.id: row.response for row in again.rows() if row.response.error is None}
    both = [name for name in after if name in before]
    changes = [
        Change(id=name, before=before[name].text, after=after[name].text)
        for name in both
        if _said(before[name]) != _said(after[name])
    ]
    named = {change.id for change in changes}
    low, high = clopper_pearson(len(changes), len(both))
    return Repetition(
        n=len(both),
        changes=changes,
        probabilities=sum(before[n].probs != after[n].probs for n in both if n not in named),
        low=low,
        high=high,
        differences=_differences(manifest, again.manifest),
    )


def _said(response: Response) -> tuple[str, str]:
    return response.text, response.thinking


def _benchmark(manifest: Mapping[str, Any]) -> str:
    """The word of a run's benchmark."""
    held = manifest["protocol"]["benchmark"]
    variant = f"@{held['variant']}" if held["variant"] else ""
    options = ",".join(f"{name}={value}" for name, value in held["options"].items())
    return f"{manifest['benchmark_word']}{variant}" + (f":{options}" if options else "")


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What may be why, in words."""
    found = []
    if one["model"]["fingerprint"] != other["model"]["fingerprint"]:
        found.append(f"the model is another: {one['model']['name']}'s fingerprint has changed")
    for name in ("medassay", "code", "python", "platform", "device"):
        if (a := one["environment"].get(name)) != (b := other["environment"].get(name)):
            found.append(f"{name}: {str(a)[:16]} then, {str(b)[:16]} now")
    was, now = (held["environment"].get("packages", {}) for held in (one, other))
    found += [
        f"{name}: {was.get(name, 'none')} then, {now.get(name, 'none')} now"
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    ]
    return found
