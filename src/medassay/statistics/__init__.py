"""Numbers with what is needed to doubt them: intervals over clusters, chance levels, paired comparisons."""

from medassay.statistics.estimate import estimate_all
from medassay.statistics.paired import Comparison, compare
from medassay.statistics.simultaneous import compare_all

__all__ = ["Comparison", "compare", "compare_all", "estimate_all"]
