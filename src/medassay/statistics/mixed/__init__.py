"""Claims about groups of models over datasets: mixed models in which both are random."""

from medassay.statistics.mixed.claim import Cells, Claim, Effect, LeftOut, Shape, claim, claim_effect

__all__ = ["Cells", "Claim", "Effect", "LeftOut", "Shape", "claim", "claim_effect"]
