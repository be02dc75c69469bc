"""The protocol fairmedfm on rows, its switches and what it does not cover."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from medassay.errors import UsageError
from medassay.metrics.fairmedfm import summary
from medassay.protocols import choose
from medassay.types import Choice, Measure, Response, Row, Sample, Score, Target


def _rows(n=60):
    rng = np.random.default_rng(3)
    rows = []
    for i in range(n):
        ill = bool(rng.integers(2))
        p = float(np.clip(0.5 + (0.2 if ill else -0.2) + rng.normal(0, 0.3), 0, 1))
        sample = Sample(
            id=str(i),
            kind="label",
            question="",
            choices=(Choice(label="healthy"), Choice(label="ill")),
            target=Target(texts=("ill" if ill else "healthy",)),
            tags={"sex": "female" if i % 3 else "male", "age_group": "60-79" if i % 2 else "40-59"},
        )
        rows.append(
            Row(
                sample=sample,
                response=Response(text="", probs=(1 - p, p)),
                score=Score(status="scored", answer="ill" if p > 0.5 else "healthy"),
            )
        )
    return rows


def _benchmark(**changes):
    from medassay.benchmarks.papila import BENCHMARK

    return replace(BENCHMARK, measures=(Measure(metric="auroc", by=("sex", "age_group")),), **changes)


def _metrics(word, benchmark) -> list[Any]:
    return [measure.metric for measure in choose(word).rules(benchmark).measures]


def _values(word, rows, benchmark):
    ones = np.ones((1, len(rows)))
    return {m.name: float(m.compute(m.columns(rows), ones)[0]) for m in _metrics(word, benchmark)}


def test_numbers_of_rows_are_those_of_columns():
    rows = _rows()
    found = _values("fairmedfm+strict_threshold", rows, _benchmark())
    label = np.array([row.sample.target.texts[0] == "ill" for row in rows], dtype=int)
    prob = np.array([row.response.probs[1] for row in rows])
    for tag, one in (("sex", "female"), ("age_group", "60-79")):
        group = np.array([row.sample.tags[tag] == one for row in rows], dtype=int)
        for name, value in summary(label, prob, group).items():
            key = name if name.startswith("overall") else f"{name} {tag}"
            assert found[key] == pytest.approx(value, abs=1e-12), key


def test_switches_put_everyone_into_one_group():
    rows = _rows()
    fixed = _values("fairmedfm", rows, _benchmark())
    broken = _values("fairmedfm+bugs", rows, _benchmark())
    for tag in ("sex", "age_group"):
        assert fixed[f"auc-gap {tag}"] > 0
        assert broken[f"auc-gap {tag}"] == 0
        assert broken[f"eod {tag}"] == 1


def test_weights_are_repeated_rows():
    rows = _rows(30)
    metric = _metrics("fairmedfm", _benchmark())[-1]
    weights = np.random.default_rng(0).integers(0, 3, (1, 30)).astype(float)
    repeated = [row for row, times in zip(rows, weights[0], strict=True) for _ in range(int(times))]
    once = metric.compute(metric.columns(repeated), np.ones((1, len(repeated))))
    assert metric.compute(metric.columns(rows), weights) == pytest.approx(once)


def test_rows_of_several_questions_have_no_threshold():
    rows = _rows(10)
    other = replace(rows[0].sample, choices=(Choice(label="ill"), Choice(label="well")))
    metric = _metrics("fairmedfm", _benchmark())[0]
    with pytest.raises(UsageError, match="different classes"):
        metric.compute(metric.columns([*rows, replace(rows[0], sample=other)]), np.ones((1, 11)))


def test_a_benchmark_without_attributes_is_not_covered():
    with pytest.raises(UsageError, match="neither sex"):
        choose("fairmedfm").rules(replace(_benchmark(), measures=(Measure(metric="auroc"),)))
