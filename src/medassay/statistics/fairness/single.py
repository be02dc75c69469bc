"""The interval of one group's value, alone."""

from __future__ import annotations

import math

import numpy as np

from medassay.statistics import auroc
from medassay.statistics.clusters import cluster_totals, clustered_error
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import AUROC, Quantity
from medassay.statistics.intervals import TAIL, Interval, korn_graubard, student_quantile


def interval_of(quantity: Quantity, part: People, tail: float = TAIL) -> Interval | None:
    """The 95 % interval over clusters, None with one cluster or without variation.

    Korn-Graubard for proportions, Obuchowski's on the logit scale for AUROC, else Student's t.

    Args:
        quantity: what was measured.
        part: the group's rows that take part.
        tail: the probability left out on each side.
    """
    count = len(np.unique(part.codes))
    if count < 2:
        return None
    if quantity is AUROC:
        ranking = auroc.Problem(truth=part.truth == 1, score=part.prob, codes=part.codes)
        return auroc.interval(auroc.area([ranking]), tail)
    if quantity.proportion and quantity.mean_of is not None:
        each = quantity.mean_of(part)
        return korn_graubard(float(each.mean()), clustered_error(each, part.codes), part.n, count, tail)
    _, codes = np.unique(part.codes, return_inverse=True)
    totals = cluster_totals(quantity.influence(part), codes, count)
    error = math.sqrt(count / (count - 1) * float(totals @ totals))
    if not error > 0:
        return None
    value, reach = quantity.value(part), student_quantile(count - 1, tail) * error
    return max(value - reach, quantity.low), min(value + reach, quantity.high)
