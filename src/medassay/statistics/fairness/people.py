"""The judged rows of a run as columns: what was true, what was said, and of whom."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes
from medassay.types import FloatArray

NOT_KNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Rows that were answered, (n,) each. Failed rows are not the model's and not among them.

    `truth` and `decision` are 1 (positive), 0 or -1 (not a question of two classes; no answer was read).
    `prob` is the probability of the positive class, NaN without one. `right` counts unread answers as 0.
    """

    codes: Codes  # cluster of each row, 0 to C - 1
    truth: NDArray[np.int8]
    decision: NDArray[np.int8]
    prob: FloatArray
    right: FloatArray
    unparsed: NDArray[np.bool_]
    refused: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.codes)

    def choose(self, positions: NDArray[Any]) -> People:
        """The rows at some positions (or where a mask is set), with the same cluster numbers."""
        return People(**{each.name: getattr(self, each.name)[positions] for each in fields(self)})
