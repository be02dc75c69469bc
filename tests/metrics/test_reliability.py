from __future__ import annotations

import numpy as np
import pytest
from tests.metrics.test_tables import ranked, row

from medassay.metrics import METRICS
from medassay.metrics.reliability import Sureness
from medassay.statistics import estimate_all
from medassay.types import Measure, Response, Row

TWO = ("ill", "well")


def rows(n: int) -> list[Row]:
    rng = np.random.default_rng(7)
    drawn = rng.random(n)
    return [ranked("ill" if rng.random() < p else "well", (float(p), float(1 - p)), TWO) for p in drawn]


def test_the_table_explains_the_calibration_error_over_more_than_one_batch() -> None:
    given = [*rows(2500), ranked("ill", None, TWO)]  # the last has no probabilities
    sureness = Sureness()
    assert list(sureness.watch(iter(given))) == given
    table = sureness.table()
    assert sum(held.n for held in table) == 2500
    assert {held.n for held in table} == {166, 167}
    error = sum(held.n * abs(held.confidence - held.accuracy) for held in table) / 2500
    (found,) = estimate_all(given, [Measure(metric="ece")], METRICS, seed="s", draws=20)
    assert found.value == pytest.approx(error)


def test_failed_rows_and_other_kinds_have_no_place_in_it() -> None:
    failed = row("label", Response(error="timeout: 60 s", probs=(0.9, 0.1)), choices=TWO, texts=("ill",))
    many = row("multilabel", Response(probs=(0.9, 0.1)), choices=TWO, texts=("ill",))
    sureness = Sureness()
    list(sureness.watch([failed, many]))
    assert sureness.table() == ()
