"""Cells on Ray, each in a process of its own, which ends with it.

What a cell needs lies where its words say, on every machine: the working directory is that of whoever
starts the grid, so code, data and the grid's folder are on a file system that all machines share.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay import gate, registry
from medassay.errors import UsageError
from medassay.models.replicas.cluster import Cluster, join
from medassay.workflows.grids.attempting import Workshop, attempt
from medassay.workflows.grids.grid import Cell
from medassay.workflows.resolve import find_benchmark


@dataclass(frozen=True, slots=True)
class Share:
    """How many cells are worked on at once, and GPUs for each; None: 1 where the cluster has any."""

    cells: int
    gpus: float | None = None


def on_ray(cells: Sequence[Cell], shop: Workshop, share: Share) -> Iterator[tuple[Cell, str]]:
    """Yield each cell as it ends, with "" or why it failed; a process that dies fails its cell alone.

    Raises:
        MissingExtra: ray is not installed.
        UsageError: a cell asks for more GPUs than the cluster has.
        NotPermitted: data would go to another machine, and may not.
    """
    cluster = join(share.cells)
    running: dict[Any, Cell] = {}
    try:
        for node in cluster.destinations():
            for name in {registry.parse(t.word).name for cell in cells for t in cell.subject.trials}:
                gate.require(find_benchmark(name), "node", address=node, permitted=shop.permit)
        task, waiting = _task(cluster, share), deque(cells)
        while waiting or running:
            while waiting and len(running) < share.cells:
                cell = waiting.popleft()
                running[task.remote(cell, shop, str(Path.cwd()))] = cell
            (ended,), _ = cluster.ray.wait(list(running), num_returns=1)
            yield running.pop(ended), _reason(cluster, ended)
    finally:
        for left in running:
            cluster.ray.cancel(left, force=True)
        cluster.leave()


def _task(cluster: Cluster, share: Share) -> Any:
    there = cluster.total("GPU")
    gpus = min(1.0, there) if share.gpus is None else share.gpus
    if gpus > there:
        raise UsageError(f"a cell asks for {gpus:g} GPUs, and the cluster has {there:g} in all")
    # max_calls 1: a process holds one cell's memory and no other's. A cell that failed is not tried again.
    options = {"num_gpus": gpus, "num_cpus": 1, "max_calls": 1, "max_retries": 0}
    return cluster.ray.remote(**options, scheduling_strategy="SPREAD")(_there)


def _there(cell: Cell, shop: Workshop, folder: str) -> str:
    os.chdir(folder)
    return attempt(cell, shop)


def _reason(cluster: Cluster, ended: Any) -> str:
    try:
        return str(cluster.ray.get(ended))
    except cluster.ray.exceptions.RayError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"its process died: {lines[0] if lines else type(error).__name__}"
