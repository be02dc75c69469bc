"""Judging one answer (`score`), and turning many judgements into one number (`METRICS`)."""

from collections.abc import Mapping
from types import MappingProxyType

from medassay.metrics import (
    classification,
    confidence,
    consistency,
    groups,
    localisation,
    measurement,
    rankings,
    reports,
    retrieval,
    selection,
    tables,
    verdicts,
    words,
)
from medassay.metrics.answers import score
from medassay.types import Metric

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        **tables.METRICS,
        **classification.METRICS,
        **rankings.METRICS,
        **localisation.METRICS,
        **measurement.METRICS,
        **confidence.METRICS,
        **selection.METRICS,
        **words.METRICS,
        **groups.METRICS,
        **consistency.METRICS,
        **retrieval.METRICS,
        **reports.METRICS,
        **verdicts.METRICS,
    }
)
"""The metrics by name."""

__all__ = ["METRICS", "score"]
