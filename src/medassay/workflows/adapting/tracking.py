"""Who follows a training: a tracker of losses and rates, and whoever is told of every step."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from medassay import gate
from medassay.adaptation.generative.lesson import Moment
from medassay.errors import UsageError
from medassay.types import Benchmark

TRACKERS: Mapping[str, tuple[str, str, str]] = {
    "tensorboard": ("tensorboard", "", ""),
    "trackio": ("trackio", "TRACKIO_SPACE_ID", "huggingface.co"),
    "wandb": ("wandb", "WANDB_BASE_URL", "api.wandb.ai"),
}
"""By name: the package, the variable that says where it sends to, and the host it sends to without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Trackers as transformers' Trainer names them, and who is told of every logged step."""

    report_to: tuple[str, ...] = ()
    progress: Callable[[Moment], None] | None = None


def check(tracking: Tracking, benchmark: Benchmark, *, permitted: Collection[str]) -> None:
    """See that every tracker can be used, and may be told of a training on this data.

    Raises:
        UsageError: a tracker that is not known, or not installed.
        NotPermitted: it sends to another machine, and the data must stay on this one.
    """
    for name in tracking.report_to:
        if name not in TRACKERS:
            raise UsageError(f"--report-to {name}: it is one of {', '.join(TRACKERS)}")
        package, _, _ = TRACKERS[name]
        if find_spec(package) is None:
            raise UsageError(f"--report-to {name}: {package} is not installed: pip install {package}")
        if address := destination(name, os.environ):
            gate.require(benchmark, "tracker", address=address, permitted=permitted)


def destination(name: str, environment: Mapping[str, str]) -> str:
    """The address that a tracker sends to; "" for one that writes files here."""
    _, variable, host = TRACKERS[name]
    if name == "wandb":
        offline = environment.get("WANDB_MODE", "") in {"offline", "disabled"}
        return "" if offline else environment.get(variable, host)
    return host if variable and environment.get(variable) else ""
