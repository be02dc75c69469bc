"""Risk by coverage and confusions, against the registry's metrics, brute force and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.metrics import METRICS
from medassay.metrics.answers import score
from medassay.metrics.gathered import Confused, Sorted
from medassay.types import Choice, Response, Row, Sample, Score, Target

CHOICES = (Choice(label="Normal"), Choice(label="Pneumonia"), Choice(label="Other"))


def row(number: int, truth: int, probs: tuple[float, ...] | None, text: str = "") -> Row:
    sample = Sample(
        id=str(number),
        kind="label",
        question="What is it?",
        target=Target(texts=(CHOICES[truth].label,)),
        choices=CHOICES,
    )
    response = Response(text=text, probs=probs)
    return Row(sample=sample, response=response, score=score(sample, response))


def passed(watcher, rows):
    assert list(watcher.watch(iter(rows))) == list(rows)
    return watcher


some_rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.none(), st.tuples(*[st.sampled_from([0.1, 0.2, 0.3, 0.5])] * 3)),
        st.sampled_from(["Normal", "Pneumonia", "", "no idea at all"]),
    ),
    min_size=1,
    max_size=40,
)


@given(some_rows)
def test_the_curve_holds_the_registrys_accuracy_at_each_coverage(drawn):
    rows = [row(i, *each) for i, each in enumerate(drawn)]
    curve = passed(Sorted(), rows).curve()
    if not any(probs for _, probs, _ in drawn):
        assert curve == ()
        return
    at = {round(risk.coverage, 6): risk.risk for risk in curve}
    assert len(at) == 50
    for coverage in (0.5, 0.8, 0.9):
        metric = METRICS[f"accuracy_at_coverage_{coverage}"]
        assert metric.compute is not None
        (held,) = metric.compute(metric.columns(rows), np.ones((1, len(rows))))
        assert 1 - at[coverage] == pytest.approx(held)
    assert at[1.0] == pytest.approx(np.mean([r.score.values.get("accuracy", 0.0) < 1 for r in rows]))


@settings(deadline=None)  # scikit-learn is imported in the first
@given(some_rows)
def test_a_confusion_is_scikit_learns_with_a_column_for_what_was_not_read(drawn):
    from sklearn.metrics import confusion_matrix

    rows = [row(i, *each) for i, each in enumerate(drawn)]
    tables = passed(Confused(), rows).tables()
    if len(rows) == 1:
        assert tables == ()
        return
    (table,) = tables
    assert table.classes == ("normal", "other", "pneumonia")
    truth = [r.sample.target.texts[0].lower() for r in rows]
    said = [(r.score.answer or "").lower() if r.score.status == "scored" else "" for r in rows]
    names = [*table.classes, "nothing"]
    expected = confusion_matrix(truth, [s if s in table.classes else "nothing" for s in said], labels=names)
    assert np.array_equal(np.array(table.counts), expected[:3])
    assert table.n == len(rows)


def test_failed_rows_and_rows_without_a_class_are_in_no_table():
    from dataclasses import replace

    good, bad = row(0, 0, None, "Normal"), row(1, 1, None, "Pneumonia")
    failed = replace(bad, score=Score(status="failed"))
    odd = replace(bad, sample=replace(bad.sample, target=Target(texts=("a class of no choice",))))
    (table,) = passed(Confused(), [good, good, failed, odd]).tables()
    assert table.n == 2
    assert sum(map(sum, table.counts[1:])) == 0
