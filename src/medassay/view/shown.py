"""A run as the viewer takes it, and the cells of its leaderboard."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from medassay.benchmarks.errata import SUFFIX
from medassay.rows import RowFile
from medassay.types import Benchmark, Estimate, Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run that is shown: its folder, manifest and estimates (none while it goes on).

    `key` names it in addresses: the start of the run's id, which is the same on every machine. `marks` are
    the values by which a row is right or wrong: the first that it has decides.
    """

    key: str
    path: Path
    manifest: Mapping[str, Any]
    benchmark: Benchmark
    estimates: Sequence[Estimate]
    rows: RowFile | None
    marks: tuple[str, ...]
    progress: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """What its model is called."""
        return str(self.manifest["model"]["name"])

    @property
    def items(self) -> str:
        """Whose rows can be set side by side: those of one benchmark's split."""
        held = self.manifest["protocol"]["benchmark"]
        return f"{held['name']} {held['split']}"

    def summary(self) -> dict[str, Any]:
        """The run and its cells of the leaderboard, as JSON has them."""
        protocol = self.manifest["protocol"]
        named = protocol["benchmark"]
        return {
            "key": self.key,
            "model": self.model,
            "benchmark": named["name"] + (f"@{named['variant']}" if named["variant"] else ""),
            "items": self.items,
            "split": named["split"],
            "solver": str(protocol.get("solver", "")),
            "protocol": protocol["id"][:8],
            "status": self.manifest["status"],
            "primary": self.manifest.get("primary", self.benchmark.primary),
            "started": self.manifest["environment"]["started"],
            "readable": self.rows is not None,
            "progress": dict(self.progress),
            "estimates": [{**_cell(one), "kinds": self._kinds(one.metric)} for one in self.estimates],
        }

    def _kinds(self, name: str) -> list[str]:
        """The kinds of rows that a metric is about; empty where it is not known any more."""
        from medassay.metrics import METRICS

        own = {m.metric.name: m.metric for m in self.benchmark.measures if isinstance(m.metric, Metric)}
        metric = {**METRICS, **own}.get(name.removesuffix(SUFFIX))
        return sorted(metric.kinds) if metric else []


class Runs(Protocol):
    """The runs that are open, read again where their files have changed."""

    def __call__(self) -> Mapping[str, Shown]:
        """All of them by key, looked for anew."""

    def get(self, key: str, /) -> Shown | None:
        """One of those that were there when all were last looked for."""


def _cell(estimate: Estimate) -> dict[str, Any]:
    return {
        "metric": estimate.metric,
        "slice": estimate.slice,
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "chance": _finite(estimate.chance),
        "n": estimate.n,
        "clusters": estimate.n_clusters,
        "counts": dict(estimate.counts),
        "note": estimate.note,
    }


def _finite(value: float | None) -> float | None:
    """JSON has no NaN: what is undefined is null."""
    return value if value is not None and math.isfinite(value) else None
