"""What is put on the two sides of a comparison: runs, or the runs of one model on variants of a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from medassay import registry
from medassay.errors import UsageError
from medassay.types import UNKNOWN_CLUSTER, Row
from medassay.workflows.results import Run, name_of

PairBy = Literal["sample", "cluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rows of a run, or of several runs of one model on one benchmark, and what to call them."""

    name: str
    runs: tuple[Run, ...]

    @property
    def benchmark(self) -> str:
        """The name of the benchmark, which names its draws too."""
        return str(self.runs[0].manifest["protocol"]["benchmark"]["name"])

    @property
    def protocols(self) -> list[Mapping[str, Any]]:
        """The protocols of the runs, by their ids."""
        return sorted((run.manifest["protocol"] for run in self.runs), key=lambda body: body["id"])

    def all_rows(self) -> Iterator[Row]:
        """Stream the rows as they are."""
        return chain.from_iterable(run.rows() for run in self.runs)

    def rows(self, *, pair_by: PairBy, cluster: str | None) -> Iterator[Row]:
        """Stream the rows as they are paired and clustered.

        Args:
            pair_by: "cluster": the one row of each cluster meets the other side's, whatever their ids.
            cluster: the tag whose values are the clusters, in place of the benchmark's.

        Raises:
            UsageError: a row has no such tag, or no known cluster to be paired by.
        """
        for row in self.all_rows():
            yield _placed(row, pair_by=pair_by, cluster=cluster)


def sides_of(runs: Sequence[Run], *, pool: bool) -> list[Side]:
    """The sides, in the order of the runs; pooled, a model's runs on one benchmark are one side.

    Of sides with one name on one benchmark each is called by its variant too, or else by its folder.
    """
    held: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        key = (name_of(run), run.manifest["protocol"]["benchmark"]["name"])
        held.setdefault(key if pool else (*key, str(len(held))), []).append(run)
    sides = [Side(name=key[0], runs=tuple(mine)) for key, mine in held.items()]
    return _told_apart(_told_apart(sides, _variant), _folder)


def differences(one: Side, other: Side) -> list[str]:
    """The parts of the protocol in which two sides differ."""
    pairs = zip(one.protocols, other.protocols, strict=False)
    parts = {key for a, b in pairs for key in a if key != "id" and a[key] != b.get(key)}
    images = [sorted(str(run.manifest.get("images_sha256")) for run in side.runs) for side in (one, other)]
    return [
        *([] if len(one.runs) == len(other.runs) else ["number of runs"]),
        *(key for key in one.protocols[0] if key in parts),
        *(["images"] if not parts and images[0] != images[1] else []),
    ]


def base_of(side: Side) -> str:
    """The card of the model that the side's was trained from, "" where no card says so."""
    manifest = side.runs[0].manifest["model"]
    if manifest.get("card"):
        return str(manifest["card"].get("base", ""))
    known = manifest["name"] in registry.names("model")
    return str(registry.find("model", manifest["name"]).base) if known else ""


def card_of(side: Side) -> str:
    """The name of the card of the side's model, or what it was called."""
    manifest = side.runs[0].manifest["model"]
    return str(manifest["card"]["name"] if manifest.get("card") else manifest["name"])


def _placed(row: Row, *, pair_by: PairBy, cluster: str | None) -> Row:
    sample = row.sample
    if cluster is not None:
        if cluster not in sample.tags:
            raise UsageError(
                f"--cluster {cluster}: {sample.id} has no such tag, only {', '.join(sample.tags)}"
            )
        sample = replace(sample, cluster=f"{cluster}={sample.tags[cluster]}")
    if pair_by == "cluster":
        if sample.cluster == UNKNOWN_CLUSTER:
            raise UsageError(f"--pair-by cluster: the cluster of {sample.id} is not known")
        sample = replace(sample, id=f"cluster {sample.cluster}")
    return row if sample is row.sample else replace(row, sample=sample)


def _told_apart(sides: Sequence[Side], suffix: Callable[[Side], str]) -> list[Side]:
    shown = [(side.name, side.benchmark) for side in sides]
    return [
        replace(side, name=f"{side.name} ({suffix(side)})") if shown.count(one) > 1 and suffix(side) else side
        for side, one in zip(sides, shown, strict=True)
    ]


def _variant(side: Side) -> str:
    return str(side.protocols[0]["benchmark"].get("variant") or "") if len(side.runs) == 1 else ""


def _folder(side: Side) -> str:
    return side.runs[0].path.name if side.runs[0].path else ""
