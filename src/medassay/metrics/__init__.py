"""Judging one answer (`score`), and turning many judgements into one number (`METRICS`)."""

from medassay.metrics.answers import score
from medassay.metrics.tables import METRICS

__all__ = ["METRICS", "score"]
