"""What benchmarks of a diagnosis measure beside their headline."""

from __future__ import annotations

from medassay.metrics.classification import of_class
from medassay.metrics.rankings import average_precision_of
from medassay.types import Measure

CALIBRATION = (Measure(metric="ece"), Measure(metric="brier"))
"""Whether probabilities mean what they say. Without probabilities there is no value, and the note says so."""
CLASSES = (Measure(metric="average_precision"), *CALIBRATION)
"""For classes none of which is the positive one."""


def of_positive(label: str) -> tuple[Measure, ...]:
    """What is measured of two classes of which one is the positive one.

    Args:
        label: the positive class, as its choice is called.
    """
    named = (of_class("sensitivity", label), of_class("specificity", label), average_precision_of(label))
    return (*(Measure(metric=metric) for metric in named), *CALIBRATION)
