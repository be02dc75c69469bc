"""The card, its measures and the efficiency, from answers to numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import pytest

from medassay.benchmarks.phantom import BENCHMARK
from medassay.benchmarks.phantom.drawing import Recipe, render, signal
from medassay.benchmarks.phantom.efficiency import EFFICIENCY
from medassay.contracts.benchmarks import check_benchmark
from medassay.contracts.targets import gold_answer
from medassay.metrics import METRICS
from medassay.statistics import estimate_all
from medassay.types import Estimate, Measure, Response, Row, Sample, Where

Answer = Callable[[Sample], Response]


def rows(variant: str, answer: Answer, **options: int) -> Iterable[Row]:
    for sample in BENCHMARK.load(Where(variant=variant), **options):
        response = answer(sample)
        yield Row(sample=sample, response=response, score=BENCHMARK.scorer(sample, response))


def estimates(found: Iterable[Row], draws: int = 200) -> dict[tuple[str, str], Estimate]:
    listed = estimate_all(found, BENCHMARK.measures, METRICS, seed="phantom 1", draws=draws)
    named = {(e.metric, e.slice): e for e in listed}
    assert len(named) == len(listed)
    return named


def oracle(sample: Sample) -> Response:
    if not sample.choices or sample.kind == "choice":
        return Response(text=gold_answer(sample))
    return Response(probs=tuple(float(c.label == sample.target.texts[0]) for c in sample.choices))


def test_the_contracts_hold():
    where = Where(variant="all")
    findings = check_benchmark(BENCHMARK, BENCHMARK.load(where, n=48), others=BENCHMARK.load(where, n=60))
    assert [f for f in findings if not f.ok] == []


@pytest.mark.parametrize("variant", [None, *BENCHMARK.variants])
def test_there_are_as_many_samples_as_the_card_says(variant: str | None):
    stated = BENCHMARK.counts[f"{variant}/test" if variant else "test"]
    assert sum(1 for _ in BENCHMARK.load(Where(variant=variant))) == stated


def test_right_answers_get_full_marks_under_every_measure():
    found = estimates(rows("all", oracle), draws=20)
    for (metric, name), estimate in found.items():
        assert estimate.unscored == 0
        if metric == "efficiency":
            assert math.isnan(estimate.value)  # a perfect ranking of noisy images has no finite d'
        else:
            assert estimate.value == pytest.approx(0.0 if METRICS[metric].high == math.inf else 1.0), name
    assert found["auroc", "task=diagnosis, specialty=chest"].low is not None
    assert "rarest class" not in found["auroc", "task=lesion"].note  # two classes are one ranking
    assert len([name for _, name in found if name.startswith("skill=")]) == 7
    assert ("accuracy", "skin_tone=dark") in found


def test_silence_gets_no_marks():
    found = estimates(rows("all", lambda _sample: Response(text="")), draws=20)
    assert found["accuracy", "all"].value == 0.0
    assert math.isnan(found["auroc", "task=lesion"].value)
    assert math.isnan(found["efficiency", "task=detection"].value)


@lru_cache
def filtered_signal(uri: str) -> float:
    """What the matched filter sees in an image, in units of its noise."""
    template = signal(Recipe(specialty="detection", index=4)).pixels[:, :, 0] - 0.5
    return float((render(uri)[:, :, 0] * template).sum()) / (20.4 * float(np.sqrt((template**2).sum())))


def filtered(blur: float) -> Answer:
    """The matched filter, with noise of its own: uses 1 / (1 + blur^2) of the information."""
    rng = np.random.default_rng(4)
    background = filtered_signal("phantom:detection?noise=0")

    def answer(sample: Sample) -> Response:
        z = filtered_signal(sample.images[0].uri) - background + blur * rng.standard_normal() - 1.0
        p = 1.0 / (1.0 + math.exp(-z))
        return Response(probs=(p, 1.0 - p))

    return answer


@pytest.mark.parametrize(("blur", "expected"), [(0.0, 1.0), (1.0, 0.5), (30.0, 0.0)])
def test_efficiency_is_the_share_of_the_information_used(blur: float, expected: float):
    held = rows("detection", filtered(blur), n=1200)
    (found,) = estimate_all(held, [Measure(metric=EFFICIENCY)], {}, seed="phantom 1", draws=200)
    assert found.value == pytest.approx(expected, abs=0.13)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value + 1e-12 < found.high + 1e-12
    assert found.n == found.n_clusters == 1200


def test_a_row_without_probabilities_ranks_worst():
    held = list(rows("detection", filtered(0.0), n=240))
    silent = [
        Row(
            sample=row.sample,
            response=Response(text=""),
            score=BENCHMARK.scorer(row.sample, Response(text="")),
        )
        for row in held[:24]
    ]
    columns = EFFICIENCY.columns([*silent, *held[24:]])
    assert EFFICIENCY.compute is not None
    worse = EFFICIENCY.compute(columns, np.ones((1, 240)))[0]
    assert worse < EFFICIENCY.compute(EFFICIENCY.columns(held), np.ones((1, 240)))[0]
