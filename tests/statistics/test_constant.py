"""The constant report, against every reference tried on every other row."""

from __future__ import annotations

import random

import pytest

from medassay.metrics import METRICS, score
from medassay.statistics import constant as module
from medassay.statistics import estimate_all
from medassay.types import Estimate, Kind, Measure, Response, Row, Sample, Target

NORMAL = "the heart is normal and the lungs are clear"
WORDS = ("heart", "lungs", "effusion", "left", "right", "large", "small", "no", "nodule", "clear")


def row_of(number: int, text: str, answer: str = "unlike", kind: Kind = "report", **tags: str) -> Row:
    sample = Sample(
        id=f"r{number}", kind=kind, question="", target=Target(texts=(text,)), cluster=f"{number}", tags=tags
    )
    response = Response(text=answer)
    return Row(sample=sample, response=response, score=score(sample, response))


def found(rows: list[Row], name: str = "rouge_l", **rest: object) -> dict[str, Estimate]:
    measure = Measure(metric=name, **rest)  # type: ignore[arg-type]
    return {e.slice: e for e in estimate_all(rows, [measure], METRICS, seed="s", draws=50, scorer=score)}


def drawn(n: int, seed: int = 0) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 9))) for _ in range(n)]


@pytest.mark.parametrize("name", ["rouge_l", "rouge_2", "bleu_1", "bleu_4", "cider_d", "rouge_l_coco"])
def test_it_is_the_best_reference_on_all_other_rows(name):
    texts = [*drawn(9), NORMAL, NORMAL, NORMAL]
    rows = [row_of(i, text) for i, text in enumerate(texts)]
    best = 0.0
    for text in dict.fromkeys(texts):
        answered = [row_of(i, gold, text) for i, gold in enumerate(texts)]
        source = min((i for i, gold in enumerate(texts) if gold == text), key=lambda i: module._hash(f"r{i}"))
        if name == "cider_d":  # document frequencies are of all rows, the mean is over the others
            columns = METRICS[name].columns(answered)
            sums = METRICS[name].sums
            assert sums is not None
            values = sums(columns)[:, 0]
            best = max(best, (values.sum() - values[source]) / (len(texts) - 1))
        else:
            others = [row for i, row in enumerate(answered) if i != source]
            best = max(best, found(others, name)["all"].value)
    assert found(rows, name)["all"].constant == pytest.approx(best)
    assert "constant report on" not in found(rows, name)["all"].note


def test_a_text_that_no_other_row_has_is_no_copy_of_itself():
    rows = [row_of(0, "alpha beta"), row_of(1, "gamma delta")]
    assert found(rows)["all"].constant == 0.0
    assert found([row_of(0, "alpha"), row_of(1, "alpha")])["all"].constant == 1.0
    assert found(rows[:1])["all"].constant is None


def test_answers_order_and_failures_do_not_change_it():
    texts = [*drawn(40), *[NORMAL] * 5]
    rows = [row_of(i, text) for i, text in enumerate(texts)]
    other = [row_of(i, text, "something else") for i, text in enumerate(texts)]
    assert found(rows)["all"].constant == found(other[::-1])["all"].constant


def test_a_slice_has_what_the_constant_of_the_whole_gets_there():
    rows = [row_of(i, NORMAL, view="frontal") for i in range(6)]
    rows += [row_of(i, text, view="lateral") for i, text in enumerate(drawn(4), start=6)]
    by_slice = found(rows, by=("view",))
    assert by_slice["view=frontal"].constant == 1.0
    lateral = [row_of(i, r.sample.target.texts[0], NORMAL) for i, r in enumerate(rows[6:])]
    assert by_slice["view=lateral"].constant == pytest.approx(found(lateral)["all"].value)


def test_only_reports_and_metrics_of_words_have_it():
    rows = [row_of(i, NORMAL) for i in range(3)]
    mixed = [*rows, row_of(3, "left lung", kind="open")]
    assert found(mixed)["all"].constant is None
    assert found(mixed, where={"kind": "report"})["kind=report"].constant == 1.0
    assert estimate_all(rows, [Measure(metric="rouge_l")], METRICS, seed="s", draws=50)[0].constant is None
    assert not METRICS["accuracy"].constant


def test_every_metric_of_words_of_reports_has_it():
    theirs = {m.name for m in METRICS.values() if m.constant}
    assert theirs == {
        *("rouge_1", "rouge_2", "rouge_l", "rouge_l_coco", "bleu_1", "bleu_2", "bleu_3", "bleu_4"),
        *("sentence_bleu_method4", "meteor_1_5", "cider_d"),
    }


def test_many_rows_are_sampled_and_the_note_says_so(monkeypatch):
    monkeypatch.setattr(module, "VALUED", 30)
    rows = [row_of(i, text) for i, text in enumerate(drawn(100))]
    estimate = found(rows)["all"]
    assert estimate.constant is not None
    assert "constant report on 30 of the rows" in estimate.note
