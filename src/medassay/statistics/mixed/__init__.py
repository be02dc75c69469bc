"""Claims about groups of models over datasets: mixed models in which both are random."""

from medassay.statistics.mixed.claim import Cells, Claim, Effect, LeftOut, claim

__all__ = ["Cells", "Claim", "Effect", "LeftOut", "claim"]
