"""Numbers with what is needed to doubt them: intervals over clusters, chance levels, paired comparisons."""

from medassay.statistics.estimate import estimate_all

__all__ = ["estimate_all"]
