"""What an accuracy must be compared with: guessing, and always giving the commonest answer.

Both are computed from the rows of the slice itself, since slices differ in their numbers of options.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray, Kind, Sample

_ONE_ANSWER: frozenset[Kind] = frozenset({"yes/no", "choice", "label", "closed", "open"})


def chance_of(sample: Sample) -> float:
    """The probability that a uniform guess is right; NaN where guessing has no meaning.

    One half for yes/no, 1/k for one of k options or labels, 1/(2^k - 1) for a non-empty set of k options
    and 1/2^k for any set of k labels whose truth is known. Free text, boxes, numbers and reports have none.
    """
    options = len(sample.choices)
    match sample.kind:
        case "yes/no":
            return 0.5
        case "choice" | "label" if options:
            return 1 / options
        case "multi-choice" if options:
            return 1 / (2.0**options - 1)
        case "multilabel" if options:
            return 2.0 ** (len(sample.target.unknown) - options)
        case _:
            return math.nan


def gold_of(sample: Sample) -> str | None:
    """The first accepted answer in lower case, None for kinds with more or other than one answer."""
    if sample.kind not in _ONE_ANSWER or not sample.target.texts:
        return None
    return sample.target.texts[0].strip().casefold()


def chance_level(chances: FloatArray) -> float | None:
    """The expected accuracy of guessing on these rows, None as soon as one of them has no chance level.

    Args:
        chances: (n,) per row, NaN where undefined.
    """
    if not len(chances) or bool(np.isnan(chances).any()):
        return None
    return float(chances.mean(dtype=np.float64))


def majority_share(golds: NDArray[Any], absent: Any) -> float | None:
    """The share of the commonest gold answer, None as soon as one row has no single answer.

    Args:
        golds: (n,) the gold answers, as any comparable values.
        absent: the value that stands for none.
    """
    if not len(golds) or bool((golds == absent).any()):
        return None
    _, counts = np.unique(golds, return_counts=True)
    return float(counts.max() / len(golds))
