"""Metrics of words against rouge-score, nltk, pycocoevalcap and the golden cases, on random texts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.metrics import METRICS, score
from medassay.metrics.captions import rouge_l_coco, sentence_bleu_method4, words
from medassay.metrics.cider import cider_d
from medassay.metrics.meteor import meteor_1_5
from medassay.metrics.overlap import contains, exact_match, rouge_n, token_f1, token_precision, token_recall
from medassay.statistics import compare, estimate_all
from medassay.types import Measure, Response, Row, Sample, Target

WORDS = ("the", "heart", "lungs", "are", "is", "clear", "enlarged", "no", "effusions")
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
SOME = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
GOLDS = st.lists(SOME, min_size=1, max_size=3)


def rows_of(pairs: Sequence[tuple[str, Sequence[str]]]) -> list[Row]:
    rows = []
    for i, (text, golds) in enumerate(pairs):
        sample = Sample(
            id=f"s{i}", kind="report", question="", target=Target(texts=tuple(golds)), cluster=f"{i}"
        )
        response = Response(text=text)
        rows.append(Row(sample=sample, response=response, score=score(sample, response)))
    return rows


def mean_of(name: str, rows: list[Row]) -> float:
    return estimate_all(rows, [Measure(metric=name)], METRICS, seed="s", draws=50)[0].value


def test_short_answers_are_those_of_the_golden_file(shared_golden):
    ours: dict[str, Callable[[str, Sequence[str]], float]] = {
        "f1": token_f1,
        "precision": token_precision,
        "recall": token_recall,
        "exact_match": lambda answer, golds: exact_match(answer, golds, "squad"),
    }
    cases = json.loads((shared_golden / "text_metrics.json").read_text())["cases"]
    assert len(cases) == 26
    for case in cases:
        for name, measure in ours.items():
            found = measure(case["prediction"], [case["reference"]])
            assert found == pytest.approx(case["squad"][name]), (case["id"], name)


def test_contains_goes_by_whole_tokens():
    assert contains("The left lung, mostly.", ["left lung"]) == 1
    assert contains("a nodule", ["no"]) == 0
    assert contains("lung, left", ["left lung"]) == 0
    assert contains("nothing", ["the"]) == 0
    assert contains("the", ["the"]) == 1


@settings(deadline=None)
@given(TEXT, GOLDS, st.sampled_from([1, 2]))
def test_rouge_n_is_that_of_rouge_score(answer, golds, order):
    from rouge_score.rouge_scorer import RougeScorer

    name = f"rouge{order}"
    theirs = RougeScorer([name], use_stemmer=True).score_multi(golds, answer)[name].fmeasure
    assert rouge_n(answer, golds, order) == pytest.approx(theirs, abs=1e-12)


@settings(deadline=None)
@given(TEXT, GOLDS)
def test_sentence_bleu_is_that_of_nltk(answer, golds):
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    lists = [gold.split() for gold in golds]
    theirs = sentence_bleu(lists, answer.split(), smoothing_function=SmoothingFunction().method4)
    assert sentence_bleu_method4(answer, golds) == pytest.approx(theirs, abs=1e-12)


@settings(deadline=None)
@given(SOME, GOLDS)
def test_rouge_l_of_coco_is_that_of_pycocoevalcap(answer, golds):
    rouge = pytest.importorskip("pycocoevalcap.rouge.rouge", reason="pycocoevalcap absent")
    assert rouge_l_coco(answer, golds) == pytest.approx(rouge.Rouge().calc_score([answer], golds), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, GOLDS), min_size=1, max_size=8))
def test_cider_is_that_of_pycocoevalcap(pairs):
    cider = pytest.importorskip("pycocoevalcap.cider.cider_scorer", reason="pycocoevalcap absent")
    scorer = cider.CiderScorer()
    for answer, golds in pairs:
        scorer += (answer, golds)
    theirs = scorer.compute_score()[1]
    answers, golds = zip(*pairs, strict=True)
    np.testing.assert_allclose(cider_d(answers, golds, np.arange(len(pairs))), theirs, rtol=0, atol=1e-9)


def test_cider_counts_a_row_once_where_two_runs_stand_one_below_the_other():
    golds = [["the heart is enlarged"], ["the lungs are clear"], ["no effusions"]]
    a, b = ["the heart is clear", "lungs", "no"], ["heart", "the lungs are normal", "no effusions"]
    alone = [cider_d(texts, golds, np.arange(3)) for texts in (a, b)]
    together = cider_d([*a, *b], golds + golds, np.tile(np.arange(3), 2))
    np.testing.assert_allclose(together, np.concatenate(alone))
    rows = [rows_of(list(zip(texts, golds, strict=True))) for texts in (a, b)]
    result = compare(rows[0], rows[1], METRICS["cider_d"], seed="s")
    assert result.difference == pytest.approx(alone[0].mean() - alone[1].mean())


def test_cider_of_a_run_with_an_unscored_row():
    pairs = [("The heart is enlarged.", ["The heart is enlarged."]), ("", ["The lungs are clear."])]
    assert mean_of("cider_d", rows_of(pairs)) == pytest.approx(5.0)
    assert METRICS["cider_d"].high == 10
    assert mean_of("cider_d", rows_of(pairs[:1])) == 0.0  # one row: nothing is rare


def test_words_are_frozen():
    assert words("Low-lying 2.5 cm nodule, isn't (it)? x--y.") == [
        *("low-lying", "2.5", "cm", "nodule", "isn't", "it", "x", "y"),
    ]


def test_unscored_rows_are_empty_texts():
    golds = ["the heart is enlarged and the lungs are clear"]
    rows = rows_of([(golds[0], golds), ("", golds), ("I cannot answer that.", golds)])
    assert [row.score.status for row in rows] == ["scored", "unparsed", "refused"]
    for name in ("rouge_1", "rouge_2", "rouge_l_coco", "sentence_bleu_method4"):
        assert mean_of(name, rows) == pytest.approx(1 / 3), name


@pytest.mark.skipif(shutil.which("java") is None, reason="no Java")
def test_meteor_is_that_of_pycocoevalcap():
    pytest.importorskip("pycocoevalcap", reason="pycocoevalcap absent")
    from subprocess import DEVNULL, PIPE, Popen

    from medassay.metrics import meteor

    pairs = [
        ("the heart is enlarged", ["the heart is enlarged", "cardiomegaly"]),
        ("", ["no effusion"]),
        ("lungs |||  clear\nno effusions.", ["The lungs are clear. No effusion."]),
        ("spleen", ["no acute disease"]),
    ]
    answers, golds = zip(*pairs, strict=True)
    found = meteor_1_5(answers, golds)
    # the program's way of scoring all rows at once, as pycocoevalcap's wrapper asks for it
    with Popen(meteor._command(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True) as program:
        asked = [(" ".join(a.replace("|||", " ").split()), g) for a, g in pairs if a]
        lines = [meteor._ask(program, " ||| ".join(("SCORE", *g, a))) for a, g in asked]
        first = meteor._ask(program, " ||| ".join(("EVAL", *lines)))
        theirs = [float(first), *(float(meteor._read(program)) for _ in lines[1:])]
    assert found[[0, 2, 3]].tolist() == theirs
    assert found[1] == 0
    assert found[0] == 1.0
    assert 0.3 < found[2] < 1.0
    assert found[3] == 0.0


def test_meteor_says_what_is_missing(monkeypatch):
    from importlib.machinery import ModuleSpec

    from medassay.errors import MissingExtra, UsageError
    from medassay.metrics import meteor

    monkeypatch.setattr("shutil.which", lambda _: None)
    installed = ModuleSpec("pycocoevalcap", None, is_package=True)
    installed.submodule_search_locations = ["there"]
    monkeypatch.setattr(meteor, "find_spec", lambda _: installed)
    with pytest.raises(UsageError, match="install a Java runtime"):
        meteor_1_5(["a"], [["b"]])
    monkeypatch.setattr(meteor, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"medassay\[captions\]"):
        meteor_1_5(["a"], [["b"]])
