"""The loss of direct preference optimisation, as a pure function of summed log-probabilities.

Rafailov et al. 2023, arXiv 2305.18290, equation 7; with a hinge in place of the sigmoid as Liu et al. 2023,
arXiv 2309.06657.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Shape = Literal["sigmoid", "hinge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a policy gained over its reference on both answers of some pairs.

    Attributes:
        chosen: tensor (n,): beta * (log p - log p of the reference) of the chosen answers, log-probabilities
            summed over the answer's tokens; DPO's implicit rewards.
        rejected: the same of the rejected answers.
    """

    chosen: Any
    rejected: Any

    @property
    def margin(self) -> Any:
        """By how much the chosen answer gained more: (n,)."""
        return self.chosen - self.rejected

    def loss(self, weights: Any, shape: Shape = "sigmoid") -> Any:
        """The mean over pairs of weight times loss, a scalar tensor.

        The loss of a pair is -log sigmoid(margin), or max(0, 1 - margin) for "hinge". Weights are not
        renormalised, as in MMedPO (Zhu et al. 2024, arXiv 2412.06141): a pair of weight 0 teaches nothing
        and still counts in the mean.

        Args:
            weights: (n,), at least 0.
            shape: of the loss.
        """
        import torch

        function = torch.nn.functional
        each = -function.logsigmoid(self.margin) if shape == "sigmoid" else function.relu(1 - self.margin)
        return (each * weights).mean()
