"""The rule that chooses an operating point, on validation rows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.operating.calls import Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the threshold is chosen.

    Attributes:
        name: "sensitivity": the largest threshold whose sensitivity is at least `value`; "specificity": the
            smallest whose specificity is at least `value`; "youden": the largest sensitivity + specificity
            (Youden 1950); "cost": the least expected cost; "fixed": `value` itself.
        value: see `name`; 0 to 1.
        costs: of "cost": of a missed case and of a false alarm, in any common unit.
    """

    name: Literal["sensitivity", "specificity", "youden", "cost", "fixed"]
    value: float | None = None
    costs: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """In words."""
        if self.costs is not None:
            return (
                f"least cost where a missed case costs {self.costs[0]:g} and a false alarm {self.costs[1]:g}"
            )
        return {
            "sensitivity": f"the largest threshold with sensitivity at least {self.value}",
            "specificity": f"the smallest threshold with specificity at least {self.value}",
            "youden": "the largest sensitivity + specificity",
            "fixed": f"fixed at {self.value}",
        }[self.name]


def choose(rule: Rule, validation: Calls, *, prevalence: float) -> float:
    """The threshold t of `prob >= t` that a rule chooses on validation rows; of equal ones the lowest.

    Rows without a probability take no part in ranking, but those that are positive stay among the positives:
    a sensitivity is never reached by leaving out what could not be read.

    Args:
        rule: stated beforehand.
        validation: rows that are not of the test.
        prevalence: of the target where the test is used; weighs the costs of "cost".

    Raises:
        UsageError: a class is missing, there are no probabilities, or no threshold does what the rule says.
    """
    if rule.name == "fixed":
        assert rule.value is not None
        return rule.value
    known = np.isfinite(validation.prob)
    prob, truth = validation.prob[known], validation.truth[known]
    positives, negatives = int((validation.truth == 1).sum()), int((validation.truth == 0).sum())
    if not positives or not negatives:
        raise UsageError("the validation rows hold one class only: an operating point needs both")
    if not len(prob):
        raise UsageError("no validation row has a probability: no threshold can be chosen")
    thresholds = np.unique(prob)
    over = len(prob) - np.searchsorted(np.sort(prob), thresholds)
    hit = (truth == 1).sum() - np.searchsorted(np.sort(prob[truth == 1]), thresholds)
    sensitivity, alarms = hit / positives, (over - hit) / negatives
    if rule.name == "sensitivity":
        reached = np.flatnonzero(sensitivity >= rule.value)
        best = reached[-1] if len(reached) else None
    elif rule.name == "specificity":
        reached = np.flatnonzero(1 - alarms >= rule.value)
        best = reached[0] if len(reached) else None
    elif rule.name == "youden":
        best = np.argmax(sensitivity - alarms)
    else:
        missed, alarm = rule.costs or (1.0, 1.0)
        best = np.argmin(missed * prevalence * (1 - sensitivity) + alarm * (1 - prevalence) * alarms)
    if best is None:
        raise UsageError(
            f"no threshold on the validation rows has {rule.name} at least {rule.value}: with all "
            f"{positives} positive rows called it is {sensitivity.max():.3f}"
            if rule.name == "sensitivity"
            else f"no threshold on the validation rows has specificity at least {rule.value}: "
            f"the highest is {(1 - alarms).max():.3f}"
        )
    return float(thresholds[best])
