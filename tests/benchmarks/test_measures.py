"""What the cards of a diagnosis measure exists, and names classes that they have."""

from __future__ import annotations

import pytest

from medassay import registry
from medassay.benchmarks import medmnist
from medassay.benchmarks.shared.measures import of_positive
from medassay.metrics import METRICS, score
from medassay.statistics.estimate import estimate_all
from medassay.types import Benchmark, Choice, Measure, Metric, Response, Row, Sample, Target

CARDS = [registry.find("benchmark", name) for name in registry.names("benchmark")]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_measure_is_known_and_of_a_kind_that_the_card_has(card: Benchmark) -> None:
    for measure in card.measures:
        metric = measure.metric if isinstance(measure.metric, Metric) else METRICS[measure.metric]
        assert metric.kinds & set(card.kinds), metric.name


def rows(probs: bool) -> list[Row]:
    choices = (Choice(label="normal"), Choice(label="pneumonia"))
    found = []
    for i, (truth, p) in enumerate(
        [("pneumonia", 0.9), ("pneumonia", 0.4), ("normal", 0.2), ("normal", 0.6)]
    ):
        sample = Sample(id=str(i), kind="label", question="", choices=choices, target=Target(texts=(truth,)))
        said = choices[p > 0.5].label
        response = Response(text="", probs=(1 - p, p)) if probs else Response(text=said)
        found.append(Row(sample=sample, response=response, score=score(sample, response)))
    return found


def test_the_positive_class_is_the_one_that_is_named() -> None:
    found = {
        e.metric: e for e in estimate_all(rows(True), of_positive("pneumonia"), METRICS, seed="", draws=20)
    }
    assert found["sensitivity:pneumonia"].value == found["specificity:pneumonia"].value == 1 / 2
    assert found["average_precision:pneumonia"].value == pytest.approx((1 + 2 / 3) / 2)
    assert found["average_precision:pneumonia"].chance == 1 / 2
    assert found["brier"].value == pytest.approx((0.01 + 0.36 + 0.04 + 0.36) / 4)


def test_without_probabilities_one_line_says_so_and_slices_are_left_out() -> None:
    measures = [
        Measure(metric=name, by=("kind",)) for name in ("auroc", "average_precision", "ece", "accuracy")
    ]
    found = estimate_all(rows(False), measures, METRICS, seed="", draws=20)
    assert [(e.metric, e.slice) for e in found] == [
        ("auroc", "all"),
        ("average_precision", "all"),
        ("ece", "all"),
        ("accuracy", "all"),
        ("accuracy", "kind=label"),
    ]
    assert len({e.note for e in found[:3]}) == 1
    assert "no row has probabilities" in found[0].note


def test_the_positive_class_of_breastmnist_is_malignant() -> None:
    card = medmnist.BREASTMNIST
    assert {"sensitivity:malignant", "specificity:malignant"} <= {
        m.metric.name for m in card.measures if isinstance(m.metric, Metric)
    }
