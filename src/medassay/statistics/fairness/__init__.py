"""Are groups of people served alike: signed contrasts, intervals that hold together, what chance makes."""

from medassay.statistics.fairness.parity import Contrast, Gap, Group, Parity, Quantified, parity
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.threshold import best_youden

__all__ = ["Contrast", "Gap", "Group", "Parity", "People", "Quantified", "best_youden", "parity"]
