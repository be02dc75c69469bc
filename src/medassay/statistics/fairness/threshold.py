"""The threshold that turns probabilities into decisions, chosen on validation rows only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UsageError
from medassay.types import FloatArray


def best_youden(truth: NDArray[Any], prob: FloatArray) -> float:
    """The threshold t with the largest TPR - FPR of `prob >= t` (Youden 1950); of several the lowest.

    Args:
        truth: (n,) 1, 0 or -1; rows of -1 take no part.
        prob: (n,) probabilities; NaN takes no part.

    Raises:
        UsageError: a class is missing among the rows.
    """
    known = (truth >= 0) & np.isfinite(prob)
    truth, prob = truth[known], prob[known]
    if len(np.unique(truth)) < 2:
        raise UsageError("the validation run holds one class only: a threshold needs rows of both")
    order = np.argsort(-prob, kind="stable")
    positive = truth[order] == 1
    gain = np.cumsum(positive) / positive.sum() - np.cumsum(~positive) / (~positive).sum()
    last = np.append(np.diff(prob[order]) != 0, True)  # the last row of each run of ties
    best = np.flatnonzero(last)[::-1]
    return float(prob[order][best[np.argmax(gain[best])]])
