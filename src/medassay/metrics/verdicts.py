"""Means over what a judge said. A reply that could not be read is no verdict: it is in no mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.metrics.tables import mean_of, values
from medassay.types import Columns, Metric, Row
from medassay.types.samples import KINDS

UNREAD = "unread"
"""The rule of a score whose judge's reply could not be read."""


def _columns(rows: Sequence[Row], key: str) -> Columns:
    """`value`: (n,) of the verdicts; 0 for answers that answer nothing, NaN where there is no verdict."""
    held = values(rows, key)["value"].copy()
    held[[row.score.rule == UNREAD for row in rows]] = np.nan
    return {"value": held}


def _metric(name: str, definition: str, source: str, **rest: Any) -> Metric:
    held = mean_of(name, name, frozenset(KINDS), definition=definition, source=source, **rest)
    return replace(held, columns=partial(_columns, key=name), details=_DETAILS, checked="by hand")


_DETAILS = (
    "Rows whose judge's reply could not be read are left out and counted; empty answers, and those of "
    "which the judge says that they answer nothing, are 0. Uncorrected for the judge's errors: see "
    "docs/judges.md."
)
_ALL = (
    _metric(
        "judge_accuracy",
        "share of answers that a judge calls right under its rubric",
        "Zheng et al. 2023, arXiv 2306.05685",
        interval="proportion",
    ),
    _metric(
        "judge_score",
        "mean of a judge's points as a share of the highest of its scale",
        "Zheng et al. 2023, arXiv 2306.05685",
    ),
    _metric(
        "judge_green",
        "mean of matched / (matched + clinically significant errors) as a judge counts them; 0 without "
        "matches",
        "Ostmeier et al. 2024, arXiv 2405.03595",
    ),
    _metric(
        "judge_preference",
        "share of pairs in which a judge prefers the first run in both orders, ties and changed minds half",
        "Zheng et al. 2023, arXiv 2306.05685",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics by name."""
