"""What an answer is rewarded for: pure functions by name, and how they are added up.

A reward of one's own is a function `(sample, completion) -> {name: number}` in a file, named as
`path/file.py:function`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from medassay import registry
from medassay.adaptation.generative.rewards.completion import Completion
from medassay.errors import ModelError, UsageError
from medassay.types import Sample

Reward = Callable[[Sample, Completion], Mapping[str, float]]
"""Named numbers for one answer; more is better. Pure: the same answer is worth the same again."""

REWARDS = {
    "accuracy": "medassay.adaptation.generative.rewards.accuracy:accuracy",
    "consistency": "medassay.adaptation.generative.rewards.consistency:consistency",
    "format": "medassay.adaptation.generative.rewards.form:form",
    "length": "medassay.adaptation.generative.rewards.length:length",
}
"""The built-in rewards by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Rewards with their weights, in the order in which they were named."""

    rewards: Mapping[str, Reward]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, text: str) -> Mix:
        """The mix of "accuracy+format", or with weights "accuracy+0.5*format".

        Raises:
            UnknownName: a reward that is not known.
            UsageError: none is named, one is named twice, or a weight is no number.
        """
        rewards, weights = dict[str, Reward](), dict[str, float]()
        for word in filter(None, (word.strip() for word in text.split("+"))):
            before, star, name = word.rpartition("*")
            if name in rewards:
                raise UsageError(f"rewards={text}: {name} is named twice; give it one weight, as in 2*{name}")
            try:
                weights[name] = float(before) if star else 1.0
            except ValueError as error:
                raise UsageError(f"rewards={text}: {before!r} is no number to weigh {name} with") from error
            rewards[name] = registry.find("reward", name)
        if not rewards:
            raise UsageError(f"rewards={text}: name some, as in accuracy+format")
        return cls(rewards=rewards, weights=weights)

    def worth(self, name: str, sample: Sample, completion: Completion) -> float:
        """What one of the rewards gives an answer, its named numbers added up.

        Raises:
            ModelError: it gave something else than named numbers.
        """
        given: Any = self.rewards[name](sample, completion)  # of somebody else's file
        if not isinstance(given, Mapping) or not all(isinstance(v, (int, float)) for v in given.values()):
            raise ModelError(f"the reward {name} should give named numbers, not {given!r}")
        return float(sum(given.values()))


__all__ = ["REWARDS", "Completion", "Mix", "Reward"]
