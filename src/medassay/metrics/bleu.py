"""Corpus BLEU as a function of sums, so that a bootstrap need not read the texts again.

Counts and tokens are sacrebleu's (tokeniser 13a, case kept), and so is the formula (Papineni et al. 2002,
exponential smoothing, closest reference length); here the range is 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from medassay.types import FloatArray

_NO_MATCH = -9999999999.0  # the logarithm of 0 in sacrebleu


def bleu_counts(answer: str, accepted: Sequence[str], order: int = 4) -> list[int]:
    """[length, reference length, matches of 1..order, n-grams of 1..order] of one answer."""
    result = _sacrebleu(order).corpus_score([answer], [[gold] for gold in accepted])
    return [result.sys_len, result.ref_len, *result.counts, *result.totals]


@cache
def _sacrebleu(order: int) -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(max_ngram_order=order)


def bleu(sums: FloatArray, order: int) -> FloatArray:
    """Corpus BLEU from summed counts.

    Args:
        sums: (B, 2 + 2 m) sums of the rows of `bleu_counts` for some m >= order.
        order: the longest n-gram that counts.

    Returns:
        (B,) in [0, 1]; NaN where there is no reference.
    """
    longest = (sums.shape[1] - 2) // 2
    length, reference = sums[:, 0], sums[:, 1]
    matches, totals = sums[:, 2 : 2 + order], sums[:, 2 + longest : 2 + longest + order]
    with np.errstate(invalid="ignore", divide="ignore"):
        brevity = np.where(length < reference, np.exp(1 - reference / length), 1.0)
        missed = matches == 0
        smoothed = 1 / (2.0 ** np.cumsum(missed, axis=1) * totals)
        precision = np.where(totals > 0, np.where(missed, smoothed, matches / totals), 0.0)
        logs = np.where(precision > 0, np.log(precision), _NO_MATCH)
        value = brevity * np.exp(logs.mean(axis=1))
    value = np.where((matches > 0).any(axis=1), value, 0.0)
    return np.where(reference > 0, value, np.nan)
