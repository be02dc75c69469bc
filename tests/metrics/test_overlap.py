from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.metrics.bleu import bleu, bleu_counts
from medassay.metrics.boxes import box_iou, intersection_over_union
from medassay.metrics.overlap import exact_match, longest_common_subsequence, rouge_l, token_f1
from medassay.types import Box

TOKENS = (
    "the",
    "no",
    "left",
    "right",
    "lungs",
    "lung,",
    "effusions",
    "is",
    "clear.",
    "Clear",
    "heart-size",
    "2.5",
    "Ａ",
)
WORDS = st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join)


def test_golden_squad_values(shared_golden: Path) -> None:
    cases = json.loads((shared_golden / "text_metrics.json").read_text())["cases"]
    for case in cases:
        squad = case["squad"]
        assert exact_match(case["prediction"], [case["reference"]], "squad") == squad["exact_match"], case[
            "id"
        ]
        assert token_f1(case["prediction"], [case["reference"]]) == pytest.approx(squad["f1"], abs=1e-12), (
            case["id"]
        )
    assert len(cases) >= 10


def test_the_best_of_several_accepted_answers_counts() -> None:
    assert token_f1("left lung", ["heart", "the left lung"]) == 1.0
    assert rouge_l("left lung", ["heart", "left lungs"]) == 1.0
    assert exact_match("MR", ["ct", "mri"], "vqa-med") == 1.0


@given(answer=WORDS, gold=WORDS, other=WORDS)
def test_rouge_l_is_that_of_rouge_score(answer: str, gold: str, other: str) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    assert rouge_l(answer, [gold, other]) == pytest.approx(
        scorer.score_multi([gold, other], answer)["rougeL"].fmeasure, abs=1e-12
    )


@given(a=st.lists(st.sampled_from("abc"), max_size=12), b=st.lists(st.sampled_from("abc"), max_size=12))
def test_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1, j + 1] = table[i, j] + 1 if x == y else max(table[i, j + 1], table[i + 1, j])
    assert longest_common_subsequence(a, b) == table[-1, -1]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@given(pairs=st.lists(st.tuples(WORDS, WORDS.filter(bool)), min_size=1, max_size=6))
def test_corpus_bleu_is_that_of_sacrebleu(order: int, pairs: list[tuple[str, str]]) -> None:
    from sacrebleu.metrics.bleu import BLEU

    answers, golds = [a for a, _ in pairs], [g for _, g in pairs]
    theirs = BLEU(max_ngram_order=order).corpus_score(answers, [golds]).score / 100
    counts = np.array([bleu_counts(a, [g]) for a, g in pairs], dtype=float)
    ours = bleu(np.stack([counts.sum(axis=0), 2 * counts.sum(axis=0), 0 * counts[0]]), order)
    assert ours[0] == pytest.approx(theirs, abs=1e-12)
    if (counts.sum(axis=0)[2 : 2 + order] > 0).all():
        assert ours[1] == pytest.approx(theirs, abs=1e-12)  # a corpus twice over has the same value
    assert np.isnan(ours[2])


def test_the_closest_reference_gives_the_length() -> None:
    assert bleu_counts("a b c", ["a b c d e f", "x y"])[:2] == [3, 2]


COORDINATE = st.integers(0, 12)


@given(st.lists(COORDINATE, min_size=4, max_size=4), st.lists(COORDINATE, min_size=4, max_size=4))
def test_iou_is_the_share_of_common_cells(a: list[int], b: list[int]) -> None:
    def cells(box: list[int]) -> set[tuple[int, int]]:
        return {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}

    union = cells(a) | cells(b)
    share = len(cells(a) & cells(b)) / len(union) if union else 0.0
    first, second = (Box(x0=x0, y0=y0, x1=x1, y1=y1) for x0, y0, x1, y1 in (a, b))
    assert intersection_over_union(first, second) == pytest.approx(share)


def test_boxes_too_many_and_missing_count_as_nothing() -> None:
    first, second = Box(x0=0, y0=0, x1=10, y1=10), Box(x0=20, y0=20, x1=30, y1=30)
    half = Box(x0=0, y0=0, x1=10, y1=5)
    assert box_iou([half], [first]) == 0.5
    assert box_iou([half, second], [first]) == 0.25
    assert box_iou([second, half], [first, second]) == 0.75
    assert box_iou([first], [first, second]) == 0.5
    assert box_iou([], [first]) == 0.0
