"""What answers took: calls, rounds, tokens and seconds of a sample, as mean and 95th percentile."""

from __future__ import annotations

import math
from collections import Counter
from itertools import accumulate
from typing import Any

from medassay.types import Response

_PERCENT = 95


class Costs:
    """Adds up what the answers of a run took; what a judge said afterwards is not of it."""

    def __init__(self) -> None:
        self._taken: dict[str, Counter[float]] = {}
        self._draws: Counter[str] = Counter()
        self._fallbacks = 0

    def add(self, response: Response) -> None:
        """Take the answer to a sample; one that failed with what it took until then."""
        steps = [step for step in response.trace if step.round]
        taken = {
            "calls": max(1, len(steps)),
            "rounds": max((step.round for step in steps), default=1),
            "input_tokens": response.usage.input_tokens,
            "output_tokens": response.usage.output_tokens,
            "seconds": round(response.seconds, 3),
        }
        for name, amount in taken.items():
            self._taken.setdefault(name, Counter())[amount] += 1
        self._draws[response.draws] += 1
        self._fallbacks += bool(response.fallback)

    def summary(self) -> dict[str, Any]:
        """For the manifest: each quantity per sample, how many fell back, of how many the draws differ.

        The 95th percentile is the smallest value that at least 95 % of the samples do not pass.
        """
        return {
            "per_sample": {name: _summary(amounts) for name, amounts in self._taken.items()},
            "fallbacks": self._fallbacks,
            "draws": {name: self._draws[name] for name in ("differ", "same")},
        }


def _summary(amounts: Counter[float]) -> dict[str, float]:
    n, ordered = amounts.total(), sorted(amounts.items())
    wanted, below = math.ceil(_PERCENT * n / 100), accumulate(count for _, count in ordered)
    return {
        "mean": round(math.fsum(amount * count for amount, count in ordered) / n, 3),
        "p95": next(amount for (amount, _), held in zip(ordered, below, strict=True) if held >= wanted),
    }
