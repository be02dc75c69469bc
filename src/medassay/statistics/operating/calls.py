"""The answers of one test as columns: what is true, what was called, and how probable it was said to be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes
from medassay.types import FloatArray

POSITIVE, NEGATIVE, INDETERMINATE = 1, 0, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """One test on n rows, (n,) each.

    `truth` is 1 or 0. `prob` is the probability of the target, NaN where the test gave none. `call` is 1, 0,
    or -1: an indeterminate result, as STARD 2015 (items 14 and 15) calls an answer that is no result.
    """

    truth: NDArray[np.int8]
    prob: FloatArray
    call: NDArray[np.int8]
    codes: Codes

    def at(self, threshold: float) -> Calls:
        """The same test called positive from `threshold` on; without a probability it is indeterminate."""
        call = np.where(np.isnan(self.prob), INDETERMINATE, self.prob >= threshold)
        return Calls(truth=self.truth, prob=self.prob, call=call.astype(np.int8), codes=self.codes)

    def choose(self, positions: NDArray[Any]) -> Calls:
        """The rows at some positions, or where a mask is set."""
        return Calls(**{each.name: getattr(self, each.name)[positions] for each in fields(self)})

    @property
    def table(self) -> dict[str, tuple[int, int, int]]:
        """The 2x3 table of STARD: for each truth the rows called positive, negative and indeterminate."""
        return {
            name: tuple(
                int(((self.truth == truth) & (self.call == call)).sum())
                for call in (POSITIVE, NEGATIVE, INDETERMINATE)
            )  # type: ignore[misc]  # three of them
            for name, truth in (("positive", 1), ("negative", 0))
        }
