"""What a way of asking took, where it asks more than once, and where its scheme broke: in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medassay.reporting.manifest import branch
from medassay.reporting.words import count


def sentences(manifest: Mapping[str, Any]) -> list[str]:
    """What must stand beside the score of a run; nothing of one that asked each sample once."""
    held = branch(manifest, "cost")
    taken, n = branch(held, "per_sample"), manifest.get("n", 0)
    if not taken:
        return []
    calls = taken["calls"]
    said = []
    if calls["mean"] > 1:
        said.append(
            f"Per sample, mean (95th percentile): calls {_mean(calls)}, one after another "
            f"{_mean(taken['rounds'])}; tokens in {_mean(taken['input_tokens'])}, "
            f"out {_mean(taken['output_tokens'])}."
        )
    if fallbacks := held.get("fallbacks", 0):
        said.append(
            f"The scheme broke on {count(fallbacks)} of {count(n)} rows ({fallbacks / n:.1%}): what it fell "
            "back on is in the score."
        )
    if degenerate(held):
        said.append(
            "DEGENERATE: no draw differed from another of the same question. Either the model ignores the "
            "temperature or it is very sure; what is drawn several times was one call repeated."
        )
    return said


def degenerate(cost: Mapping[str, Any]) -> bool:
    """Whether questions were drawn several times, and never with different answers."""
    draws = branch(cost, "draws")
    return bool(draws.get("same")) and not draws.get("differ")


def _mean(taken: Mapping[str, float]) -> str:
    return f"{taken['mean']:,.1f} ({taken['p95']:,.0f})"
