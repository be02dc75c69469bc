"""A reward, never above 0, against answers that do not end."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.adaptation.generative.rewards.completion import Completion
from medassay.types import Sample

_FREE = 0.5  # share of the tokens that may be sampled which costs nothing


def length(_sample: Sample, completion: Completion) -> Mapping[str, float]:
    """0 up to half of the tokens that may be sampled, then falling evenly to -1 at the last of them.

    The soft punishment of DAPO (Yu et al. 2025, arXiv 2503.14476) with half of the tokens as its margin.
    """
    over = completion.tokens / completion.limit - _FREE
    return {"length": -min(1.0, max(0.0, over / (1 - _FREE)))}
