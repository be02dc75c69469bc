"""The reliability table of a run, gathered while its rows pass: 16 bytes of each are kept."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from medassay.metrics.calibration import Bin, reliability
from medassay.metrics.confidence import SURE, confidence_columns
from medassay.types import Row

_BATCH = 1024


@dataclass(slots=True)
class Sureness:
    """How sure each row with probabilities was, and whether its most probable class was right."""

    _confidence: array[float] = field(default_factory=lambda: array("d"))
    _right: array[float] = field(default_factory=lambda: array("d"))

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        rows = iter(rows)
        while batch := list(islice(rows, _BATCH)):
            sure = [row for row in batch if row.response.probs is not None and row.sample.kind in SURE]
            columns = confidence_columns(sure)
            there = ~np.isnan(columns["confidence"])
            self._confidence.frombytes(columns["confidence"][there].tobytes())
            self._right.frombytes(columns["right"][there].tobytes())
            yield from batch

    def table(self) -> tuple[Bin, ...]:
        """The bins of `ece`: 15 of equal mass over the rows that passed; none without probabilities."""
        return reliability(np.array(self._confidence), np.array(self._right))
