"""The Ray cluster that replicas live in: the one that runs, else one on this machine."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import Any

from medassay.errors import MissingExtra, ModelError, UsageError


@dataclass(frozen=True, slots=True)
class Cluster:
    """A connection to Ray. `ours`: it was started here and ends with us; `joined`: the connection does."""

    ray: Any
    here: str  # the address of this machine in the cluster
    ours: bool
    joined: bool

    def destinations(self) -> tuple[str, ...]:
        """The addresses of its other machines, sorted."""
        nodes = (n["NodeManagerAddress"] for n in self.ray.nodes() if n["Alive"])
        return tuple(sorted({address for address in nodes if address != self.here}))

    def total(self, resource: str) -> float:
        """How much of "GPU" or "CPU" all its machines have."""
        return float(self.ray.cluster_resources().get(resource, 0))

    def leave(self) -> None:
        """Close what was opened here, and stop the cluster if it is ours."""
        if self.joined:
            self.ray.shutdown()


def join(cpus: int) -> Cluster:
    """Connect to the cluster that `RAY_ADDRESS` names or this machine belongs to, else start one here.

    One that is started here has no dashboard, sends no statistics of use, and counts at least `cpus` CPUs.

    Raises:
        MissingExtra: ray is not installed.
        ModelError: the cluster that `RAY_ADDRESS` names does not answer.
        UsageError: `RAY_ADDRESS` is that of a Ray client (ray://), which is not in the cluster itself.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # on by default, and the data may be confidential
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # Ray warns until one has chosen
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingExtra("ray", "ray") from error
    named = os.environ.get("RAY_ADDRESS", "")
    if named.startswith("ray://"):
        raise UsageError(f"RAY_ADDRESS={named}: run medassay on a machine of the cluster (ray job submit)")
    joined, ours = not ray.is_initialized(), False
    if joined:
        ours = not _connected(ray, named)
    if ours:
        # As many CPUs as replicas: they take turns where there are fewer, as Ray alone would not let them.
        counted = max(cpus, os.cpu_count() or 1)
        ray.init(address="local", num_cpus=counted, include_dashboard=False, **_QUIET)
    return Cluster(ray, address_of(ray), ours=ours, joined=joined)


def address_of(ray: Any) -> str:
    """The address of this machine in the cluster."""
    return str(ray.util.get_node_ip_address())


_QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}


def _connected(ray: Any, named: str) -> bool:
    try:
        ray.init(address=named or "auto", **_QUIET)
    except ConnectionError as error:
        if named:
            raise ModelError(f"no Ray cluster answers at RAY_ADDRESS={named}: {error}") from error
        return False
    return True
