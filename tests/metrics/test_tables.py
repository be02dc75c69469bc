from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, recall_score, roc_auc_score

from medassay.errors import DataError, UsageError
from medassay.metrics import METRICS, score
from medassay.metrics.ranking import auroc, macro_auroc, multilabel_auroc
from medassay.types import Box, Choice, Kind, Metric, Response, Row, Sample, Score, Target

LABELS = ("cyst", "mass", "normal")


def row(kind: Kind, response: Response, *, choices: Sequence[str] = (), **target: Any) -> Row:
    sample = Sample(
        id="s",
        kind=kind,
        question="",
        choices=tuple(Choice(label=c) for c in choices),
        target=Target(**target),
    )
    return Row(sample=sample, response=response, score=score(sample, response))


def value(metric: Metric, rows: Sequence[Row], weights: np.ndarray[Any, Any] | None = None) -> float:
    """The metric by the way it gives, its columns made in two batches as an evaluation does."""
    half = len(rows) // 2
    batches = [metric.columns(part) for part in (rows[:half], rows[half:]) if part]
    columns = {key: np.concatenate([batch[key] for batch in batches]) for key in batches[0]}
    weights = np.ones((1, len(rows))) if weights is None else weights
    if metric.compute is not None:
        return float(metric.compute(columns, weights)[0])
    assert metric.sums is not None
    assert metric.finish is not None
    return float(metric.finish(weights @ metric.sums(columns))[0])


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_is_described_and_goes_one_way(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name
    assert metric.definition
    assert metric.kinds
    assert (metric.compute is None) == (metric.sums is not None) == (metric.finish is not None)


def test_right_or_wrong_gets_the_interval_of_a_proportion_and_a_ranking_its_own() -> None:
    shares = ("accuracy", "exact_match", "set_accuracy", "set_validity", "confusion", "judge_accuracy")
    assert {METRICS[name].interval for name in shares} == {"proportion"}
    assert {METRICS[name].interval for name in ("auroc", "auroc_multilabel")} == {"auroc"}
    assert {METRICS[name].interval for name in ("token_f1", "bleu_4", "macro_f1")} == {"bootstrap"}


def test_the_names() -> None:
    assert set(METRICS) >= {
        *("accuracy", "exact_match", "token_f1", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "auroc"),
        *("auroc_multilabel", "balanced_accuracy", "macro_f1", "box_iou"),
        *("mean_absolute_error", "mean_relative_error"),
        *("set_accuracy", "set_validity", "confusion"),
        *("judge_accuracy", "judge_score", "judge_green", "judge_preference"),
    }


def test_unscored_rows_count_as_wrong_in_means() -> None:
    texts = ("yes", "no", "perhaps", "I cannot answer that.")
    rows = [row("yes/no", Response(text=text), texts=("yes",)) for text in texts]
    rows.append(row("yes/no", Response(error="timeout"), texts=("yes",)))
    assert value(METRICS["accuracy"], rows) == 1 / 5


def test_errors_of_measurements_are_over_scored_rows() -> None:
    rows = [row("number", Response(text=text), number=10.0) for text in ("12", "16", "large")]
    rows.append(row("number", Response(text="4"), number=0.0))
    assert value(METRICS["mean_absolute_error"], rows) == (2 + 6 + 4) / 3
    assert value(METRICS["mean_relative_error"], rows) == pytest.approx((0.2 + 0.6) / 2)
    assert np.isnan(value(METRICS["mean_absolute_error"], rows[2:3]))


def test_box_iou_over_all_rows() -> None:
    gold = (Box(x0=0, y0=0, x1=10, y1=10),)
    rows = [row("box", Response(text=text), boxes=gold) for text in ("[0, 0, 10, 5]", "there")]
    assert value(METRICS["box_iou"], rows) == 0.25


def test_overlap_of_reports_with_an_unscored_row() -> None:
    from sacrebleu.metrics.bleu import BLEU

    gold = "The heart is normal and the lungs are clear ."
    texts = ["The heart is normal .", "the lungs are clear and the heart is normal", "I cannot answer that."]
    rows = [row("report", Response(text=text), texts=(gold,)) for text in texts]
    for order in (1, 2, 3, 4):
        theirs = BLEU(max_ngram_order=order).corpus_score([*texts[:2], ""], [[gold] * 3]).score / 100
        assert value(METRICS[f"bleu_{order}"], rows) == pytest.approx(theirs, abs=1e-12)
    assert value(METRICS["rouge_l"], rows) == pytest.approx(
        sum(r.score.values.get("rouge_l", 0) for r in rows) / 3
    )


def test_a_value_that_the_scorer_did_not_give_is_an_error() -> None:
    good = row("yes/no", Response(text="yes"), texts=("yes",))
    bare = Row(sample=good.sample, response=good.response, score=Score(status="scored", answer="yes"))
    with pytest.raises(DataError, match="gave no 'accuracy'"):
        METRICS["accuracy"].columns([bare])


GUESSES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=20
)


@given(GUESSES)
def test_classification_is_that_of_scikit_learn(items: list[tuple[int, int, int]]) -> None:

    rows = [row("label", Response(text=LABELS[g]), choices=LABELS, texts=(LABELS[t],)) for t, g, _ in items]
    truth, guess, weight = (np.array(column) for column in zip(*items, strict=True))
    present = sorted(set(truth.tolist()))
    recall = recall_score(truth, guess, labels=present, average="macro", sample_weight=weight)
    f1 = f1_score(truth, guess, average="macro", sample_weight=weight, zero_division=0)
    weights = weight[None].astype(float)
    assert value(METRICS["balanced_accuracy"], rows, weights) == pytest.approx(recall)
    assert value(METRICS["macro_f1"], rows, weights) == pytest.approx(f1)


def test_an_unparsed_row_misses_its_class_and_no_other() -> None:
    pairs = (("cyst", "cyst"), ("mass", "?"), ("mass", "mass"))
    rows = [row("label", Response(text=text), choices=LABELS, texts=(gold,)) for gold, text in pairs]
    assert value(METRICS["balanced_accuracy"], rows) == pytest.approx((1 + 1 / 2) / 2)
    assert value(METRICS["macro_f1"], rows) == pytest.approx((1 + 2 / 3) / 2)


SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=30)


@given(SCORED)
def test_auroc_is_that_of_scikit_learn_with_ties_and_weights(items: list[tuple[bool, int, int]]) -> None:

    positive, ranks, weight = (np.array(column) for column in zip(*items, strict=True))
    weights = np.stack([np.ones(len(items)), weight.astype(float)])
    ours = auroc(positive, ranks.astype(float), weights)
    for value_, w in zip(ours, weights, strict=True):
        used = w > 0
        if len(set(positive[used].tolist())) < 2:
            assert np.isnan(value_)
        else:
            assert value_ == pytest.approx(roc_auc_score(positive[used], ranks[used], sample_weight=w[used]))


def test_macro_auroc_is_that_of_scikit_learn() -> None:

    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    probs = rng.dirichlet(np.ones(3), 200).astype(np.float32).astype(np.float64)
    probs /= probs.sum(axis=1, keepdims=True)
    theirs = roc_auc_score(truth, probs, multi_class="ovr", average="macro")
    assert macro_auroc(truth, probs, np.ones((1, 200)))[0] == pytest.approx(theirs)
    many = rng.random((200, 3)) < 0.3
    once = np.ones((1, 200))
    assert multilabel_auroc(many.astype(int), probs, once)[0] == pytest.approx(roc_auc_score(many, probs))
    known = rng.random((200, 3)) < 0.8
    each = [roc_auc_score(many[known[:, k], k], probs[known[:, k], k]) for k in range(3)]
    assert multilabel_auroc(np.where(known, many, -1), probs, once)[0] == pytest.approx(np.mean(each))


def test_auroc_of_many_weightings_equals_one_by_one() -> None:
    rng = np.random.default_rng(1)
    positive, ranks = rng.random(3000) < 0.2, rng.integers(0, 50, 3000).astype(float)
    weights = rng.integers(0, 3, (2000, 3000)).astype(float)  # more than one block
    some = [0, 1, 1332, 1333, 1999]
    one = [auroc(positive, ranks, weights[k : k + 1])[0] for k in some]
    assert auroc(positive, ranks, weights)[some] == pytest.approx(one)


def ranked(gold: str, probs: tuple[float, ...] | None, choices: Sequence[str] = LABELS) -> Row:
    response = Response(probs=probs) if probs else Response(text="I cannot answer that.")
    return row("label", response, choices=choices, texts=(gold,))


def test_rows_without_probabilities_rank_worst() -> None:
    two = ("ill", "well")
    rows = [ranked("ill", (0.9, 0.1), two), ranked("well", (0.2, 0.8), two), ranked("ill", (0.6, 0.4), two)]
    assert value(METRICS["auroc"], rows) == 1.0
    assert value(METRICS["auroc"], [*rows, ranked("ill", None, two)]) == pytest.approx(2 / 3)
    assert value(METRICS["auroc"], [*rows, ranked("well", None, two)]) == pytest.approx(1 / 2)
    assert np.isnan(value(METRICS["auroc"], [ranked("ill", None, two), ranked("well", None, two)]))


def test_the_order_of_choices_does_not_change_auroc() -> None:
    rows = [
        ranked("cyst", (0.5, 0.3, 0.2)),
        ranked("mass", (0.3, 0.4, 0.3)),
        ranked("normal", (0.4, 0.3, 0.3)),
    ]
    turned = [ranked("cyst", (0.2, 0.5, 0.3), ("normal", "cyst", "mass")), *rows[1:]]
    assert value(METRICS["auroc"], turned) == value(METRICS["auroc"], rows)


def test_yes_no_ranks_by_the_probability_of_yes() -> None:
    probs = [(0.9, 0.1), (0.2, 0.8)]
    rows = [row("yes/no", Response(probs=p), texts=(g,)) for p, g in zip(probs, ("yes", "no"), strict=True)]
    columns = METRICS["auroc"].columns(rows)
    assert columns["truth"].tolist() == [1, 0]
    assert columns["probs"][:, 1].tolist() == pytest.approx([0.9, 0.2])
    assert value(METRICS["auroc"], rows) == 1.0


def test_rows_with_other_classes_have_no_common_ranking() -> None:
    rows = [ranked("cyst", (0.5, 0.3, 0.2)), ranked("cyst", (0.5, 0.3, 0.2), ("cyst", "mass", "other"))]
    with pytest.raises(UsageError, match="narrow the measure"):
        value(METRICS["auroc"], rows)


def test_multilabel_skips_labels_without_both_sides() -> None:
    def labelled(texts: tuple[str, ...], probs: tuple[float, ...]) -> Row:
        return row("multilabel", Response(probs=probs), choices=LABELS, texts=texts)

    rows = [
        labelled(("cyst",), (0.9, 0.2, 0.1)),
        labelled((), (0.1, 0.3, 0.2)),
        labelled(("mass",), (0.2, 0.25, 0.3)),
    ]
    assert value(METRICS["auroc_multilabel"], rows) == pytest.approx((1.0 + 0.5) / 2)


def test_importing_the_metrics_loads_no_heavy_library() -> None:
    heavy = "sacrebleu", "rouge_score", "sklearn", "scipy", "nltk", "pandas", "torch"
    code = f"import sys, medassay.metrics; print(*set({heavy}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
