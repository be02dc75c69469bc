"""The constant report: what a metric of words takes when every row gets one and the same text.

Reports are much alike, so one normal report for all patients scores well by overlap of words; a model that
is not above it has shown nothing. The constant is the best of `CANDIDATES` references: the commonest ones,
further ones by the hash of their row. A reference is no guess for its own row, so the row it was taken from
is left out; other rows with the same text are kept, since that a text recurs is what the baseline measures.
The best is chosen on `TRIED` rows and valued on up to `VALUED`, those with the lowest hashes: no seed, no
order of rows, no answer of a model changes it. One constant serves a measure with all its slices.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import weigh
from medassay.statistics.frame import choose
from medassay.types import Columns, Metric, Response, Row, Sample, Scorer

CANDIDATES, TRIED, VALUED = 16, 128, 2048


@dataclass(slots=True)
class Sketch:
    """The report rows with the lowest hashes among all that passed, by position; a bounded number."""

    scorer: Scorer | None  # None: no baseline is wanted
    _lowest: list[tuple[int, int, Sample]] = field(
        default_factory=list
    )  # a heap of (-hash, position, sample)
    _reports: list[bool] = field(default_factory=list)
    _judged: dict[tuple[str, str], Row] = field(default_factory=dict)  # by sample and text, for all metrics

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for position, row in zip(count(), rows):
            self._reports.append(row.sample.kind == "report")
            if self.scorer is not None and self._reports[-1]:
                entry = (-_hash(row.sample.id), position, row.sample)
                if len(self._lowest) < VALUED:
                    heapq.heappush(self._lowest, entry)
                elif entry > self._lowest[0]:
                    heapq.heapreplace(self._lowest, entry)
            yield row

    def constant(self, metric: Metric, base: NDArray[np.bool_]) -> Constant | None:
        """The best constant for the rows of a measure; None if it has none, or not all of them are reports.

        Args:
            metric: what is measured.
            base: (n,) the rows of the measure.
        """
        reports = np.array(self._reports, dtype=bool)
        if not metric.constant or self.scorer is None or not base.any() or not reports[base].all():
            return None
        held = sorted((-rank, at, sample) for rank, at, sample in self._lowest if base[at])
        samples = [sample for *_, sample in held]
        positions = np.array([at for _, at, _ in held])
        texts = _candidates(samples)
        if not texts:
            return None
        tried = samples[:TRIED]
        columns = metric.columns([self._answered(s, text) for text in texts for s in tried])
        values = [
            _value(
                metric, choose(columns, np.arange(k * len(tried), (k + 1) * len(tried))), _others(tried, text)
            )
            for k, text in enumerate(texts)
        ]
        known = [k for k, value in enumerate(values) if not math.isnan(value)]
        if not known:
            return None
        best = texts[(max if metric.higher_is_better else min)(known, key=values.__getitem__)]
        return Constant(
            text=best,
            metric=metric,
            positions=positions,
            columns=metric.columns([self._answered(s, best) for s in samples]),
            weights=_others(samples, best),
        )

    def _answered(self, sample: Sample, text: str) -> Row:
        assert self.scorer is not None
        if (sample.id, text) not in self._judged:
            response = Response(text=text)
            row = Row(sample=sample, response=response, score=self.scorer(sample, response))
            self._judged[sample.id, text] = row
        return self._judged[sample.id, text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One text as the answer to some rows of a measure."""

    text: str
    metric: Metric
    positions: NDArray[np.int64]  # (k,) of the rows it was valued on
    columns: Columns  # of these rows
    weights: NDArray[np.float64]  # (k,) 0 for the row that it was taken from

    def value(self, mask: NDArray[np.bool_]) -> tuple[float | None, int]:
        """What it gets on the rows of a slice, and on how many; None where it was valued on none of them.

        Args:
            mask: (n,) the rows of the slice.
        """
        inside = mask[self.positions]
        value = _value(self.metric, choose(self.columns, inside), self.weights[inside])
        return None if math.isnan(value) else value, int(inside.sum())


def _candidates(samples: Sequence[Sample]) -> list[str]:
    """The commonest references, those of the first rows among equally common ones."""
    counts = Counter(s.target.texts[0] for s in samples if s.target.texts and s.target.texts[0].strip())
    return [text for text, _ in counts.most_common(CANDIDATES)]


def _others(samples: Sequence[Sample], text: str) -> NDArray[np.float64]:
    """(k,) 1 for every row but the first whose reference the text is."""
    weights = np.ones(len(samples))
    weights[[i for i, s in enumerate(samples) if s.target.texts[:1] == (text,)][:1]] = 0
    return weights


def _value(metric: Metric, columns: Columns, weights: NDArray[np.float64]) -> float:
    return float(weigh(metric, columns, weights[None])[0]) if weights.any() else math.nan


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
