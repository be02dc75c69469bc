from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medassay.errors import DataError
from medassay.metrics import score
from medassay.types import KINDS, Box, Choice, Kind, Response, Sample, Target

CHOICES = (Choice(label="Pneumonia"), Choice(label="Fracture"), Choice(label="Normal"))
TARGETS: dict[Kind, Target] = {
    "choice": Target(texts=("B",)),
    "multi-choice": Target(texts=("A", "C")),
    "closed": Target(texts=("X-ray",)),
    "yes/no": Target(texts=("Yes",)),
    "open": Target(texts=("left lung", "the left lung field")),
    "label": Target(texts=("Fracture",)),
    "multilabel": Target(texts=("Pneumonia", "Fracture")),
    "report": Target(texts=("No acute cardiopulmonary process.",)),
    "box": Target(boxes=(Box(x0=0, y0=0, x1=10, y1=10),)),
    "number": Target(number=12.0, unit="mm"),
}
RIGHT: dict[Kind, tuple[str, ...]] = {
    "choice": ("The answer is B.", "Fracture"),
    "multi-choice": ("A, C",),
    "closed": ("x ray", "The answer is X-ray."),
    "yes/no": ("Yes, there is.",),
    "open": ("left lung", "the left lung field"),
    "label": ("fracture",),
    "multilabel": ("Fracture and pneumonia",),
    "report": ("no acute cardiopulmonary process",),
    "box": ("[0, 0, 10, 10]",),
    "number": ("12 mm", "1.2 cm"),
}
WRONG: dict[Kind, str] = {
    "choice": "A",
    "multi-choice": "A",
    "closed": "MRI",
    "yes/no": "No.",
    "open": "right kidney",
    "label": "Normal",
    "multilabel": "Fracture",
    "report": "Large mass",
    "box": "[20, 20, 30, 30]",
    "number": "24 mm",
}
BEST = {"absolute_error": 0.0, "relative_error": 0.0}


def sample(kind: Kind, **changes: Any) -> Sample:
    choices = CHOICES if kind in {"choice", "multi-choice", "label", "multilabel"} else ()
    made = Sample(id="s", kind=kind, question="Is there a fracture?", choices=choices, target=TARGETS[kind])
    return replace(made, **changes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_has_the_best_values_and_a_wrong_one_worse(kind: Kind) -> None:
    for text in RIGHT[kind]:
        judged = score(sample(kind), Response(text=text))
        assert judged.status == "scored"
        assert judged.values
        first = next(iter(judged.values))
        assert judged.values[first] == pytest.approx(BEST.get(first, 1.0))
    wrong = score(sample(kind), Response(text=WRONG[kind]))
    assert wrong.status == "scored"
    for key, value in wrong.values.items():
        assert value == {"absolute_error": 12.0, "relative_error": 1.0}.get(key, value)
        assert value != BEST.get(key, 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_statuses(kind: Kind) -> None:
    assert score(sample(kind), Response(text="")).status == "unparsed"
    assert score(sample(kind), Response(text="", finish_reason="unsupported")).status == "unparsed"
    assert score(sample(kind), Response(text="I cannot answer that.")).status == "refused"
    failed = score(sample(kind), Response(text=RIGHT[kind][0], error="timeout: 60 s"))
    assert failed.status == "failed"
    assert not failed.values
    assert score(sample(kind), Response(text=RIGHT[kind][0], finish_reason="length")).flags == ("truncated",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_that_is_not_there_is_an_error_even_for_a_failed_response(kind: Kind) -> None:
    bare = sample(kind, target=Target(), choices=())
    with pytest.raises(DataError, match="sample s"):
        score(bare, Response(error="timeout: 60 s"))


@pytest.mark.parametrize("kind", ["choice", "label"])
def test_a_target_that_no_option_has_is_an_error(kind: Kind) -> None:
    with pytest.raises(DataError, match="sample s"):
        score(sample(kind, target=Target(texts=("Z",))), Response(text="B"))


@pytest.mark.parametrize(
    ("kind", "probs", "answer", "rule", "accuracy"),
    [
        ("choice", (0.1, 0.7, 0.2), "B", "argmax", 1.0),
        ("choice", (0.7, 0.1, 0.2), "A", "argmax", 0.0),
        ("label", (0.1, 0.7, 0.2), "Fracture", "argmax", 1.0),
        ("label", (0.4, 0.4, 0.2), None, "tie", None),
        ("label", (float("nan"), 0.4, 0.2), None, "nan", None),
        ("yes/no", (0.8, 0.2), "yes", "argmax", 1.0),
        ("multilabel", (0.9, 0.5, 0.4), "Pneumonia, Fracture", "threshold", 1.0),
        ("multilabel", (0.9, 0.4, 0.4), "Pneumonia", "threshold", 0.0),
    ],
)
def test_probabilities_without_a_text_answer(
    kind: Kind, probs: tuple[float, ...], answer: str | None, rule: str, accuracy: float | None
) -> None:
    judged = score(sample(kind), Response(probs=probs))
    assert (judged.answer, judged.rule, judged.values.get("accuracy")) == (answer, rule, accuracy)


def test_probabilities_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(DataError, match="2 probabilities for 3 choices"):
        score(sample("label"), Response(probs=(0.5, 0.5)))


def test_a_text_counts_before_probabilities() -> None:
    assert score(sample("choice"), Response(text="A", probs=(0.1, 0.8, 0.1))).answer == "A"


def test_no_labels_at_all_can_be_right() -> None:
    empty = sample("multilabel", target=Target())
    assert score(empty, Response(text="None")).values == {"accuracy": 1.0}
    assert score(empty, Response(text="Fracture")).values == {"accuracy": 0.0}


def test_a_relative_error_of_zero_is_left_out() -> None:
    judged = score(sample("number", target=Target(number=0.0)), Response(text="2"))
    assert judged.values == {"absolute_error": 2.0}


def test_the_gold_answers_of_real_questions_are_right(shared_data: Path) -> None:
    rows = json.loads((shared_data / "vqa_rad" / "testset.json").read_text())
    judged = 0
    for row in rows:
        gold = str(row["answer"]).strip()
        kind: Kind = "yes/no" if gold.lower() in {"yes", "no"} else "open"
        made = sample(kind, question=row["question"], target=Target(texts=(gold,)))
        result = score(made, Response(text=gold))
        assert result.values["accuracy"] == 1.0, (gold, result)
        judged += 1
    assert judged == len(rows) == 451


def test_a_label_of_unknown_truth_counts_neither_way() -> None:
    held = sample("multilabel", target=Target(texts=("Pneumonia",), unknown=("Fracture",)))
    for text in ("Pneumonia", "Pneumonia, Fracture"):
        assert score(held, Response(text=text)).values == {"accuracy": 1.0}
    assert score(held, Response(text="Fracture")).values == {"accuracy": 0.0}
