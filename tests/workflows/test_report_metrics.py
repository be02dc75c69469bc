"""Metrics of reports: the real bridge in front of a stand-in for RadEval, and what becomes of its values."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import DataError, ModelError, UnknownName, UsageError
from medassay.metrics import METRICS, score
from medassay.metrics.reports import CONDITIONS, FIVE, KEYS
from medassay.metrics.reports import METRICS as REPORTS
from medassay.statistics import estimate_all
from medassay.types import Measure, Response, Row, Sample, Score, Target
from medassay.workflows import report_metrics
from medassay.workflows.report_metrics import report_measures, with_report_metrics

RADEVAL = """
class Labeller:
    def get_labels(self, reports):
        return [[int("heart" in r), 0, int("lung" in r)] + [0] * 11 for r in reports]

class RadEval:
    f1chexbert_scorer = Labeller()
    def __init__(self, metrics, per_sample, show_progress):
        import RadEval  # as its own parts do
        assert per_sample and not show_progress
        if "crimson" in metrics:
            raise RuntimeError("no such judge")
        self.metrics = metrics
        print("loading")  # must not reach the answers
    def __call__(self, refs, hyps):
        same = [float(r == h) for r, h in zip(refs, hyps)]
        held = {"radgraph_simple": same, "radgraph_partial": same, "radgraph_complete": same}
        if "green" in self.metrics:
            held["green"] = [None if "?" in h else s for h, s in zip(hyps, same)]
        return held
"""


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A Python whose `radeval` is the stand-in."""
    home = tmp_path / "radeval-2.2.1.dist-info"
    home.mkdir()
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: radeval\nVersion: 2.2.1\n")
    (tmp_path / "radeval.py").write_text(RADEVAL)
    start = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); "
    start += "runpy.run_path(sys.argv[1], run_name='__main__')"
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\necho asked >> {tmp_path}/asked\nexec {sys.executable} -c "{start}" "$2"\n')
    script.chmod(0o755)
    return str(script)


def row_of(number: int, gold: str, answer: str) -> Row:
    sample = Sample(
        id=f"r{number}", kind="report", question="", target=Target(texts=(gold,)), cluster=f"{number}"
    )
    response = Response(text=answer)
    return Row(sample=sample, response=response, score=score(sample, response))


ROWS = [
    row_of(0, "heart large", "heart large"),
    row_of(1, "lung clear", "heart\nlarge"),
    row_of(2, "heart normal", ""),
    row_of(3, "lung clear", "lung?"),
]


def value(rows: list[Row], name: str) -> float:
    return estimate_all(rows, [Measure(metric=name)], METRICS, seed="s", draws=50)[0].value


def test_values_enter_the_rows_and_an_unread_report_stays_below_the_line(python, tmp_path):
    rows = with_report_metrics(ROWS, ["radgraph", "green"], radeval=python)
    assert rows[0].score.values["radgraph_simple"] == 1.0
    assert rows[0].score.values["rouge_l"] == 1.0
    assert rows[2] == ROWS[2]
    assert value(rows, "radgraph_simple") == 1 / 4
    assert "green" not in rows[3].score.values
    assert value(rows, "green") == pytest.approx(1 / 3)
    again = with_report_metrics(rows, ["radgraph"], radeval=python)
    assert again == rows
    assert (tmp_path / "asked").read_text().count("asked") == 1


def test_what_was_computed_can_be_measured(python):
    names = ["radgraph", "f1chexbert"]
    rows = with_report_metrics(ROWS, names, radeval=python)
    measures = report_measures(names)
    assert len(measures) == 3 + 2 + 6
    found = estimate_all(rows, [m for m in measures if "sample_acc" not in str(m.metric)], METRICS, seed="s")
    assert {e.n for e in found} == {4}
    kept = {name for name in REPORTS if any(m.metric == name for m in report_measures(list(KEYS)))}
    assert kept == set(REPORTS)


def test_chexbert_labels_every_reference(python):
    rows = with_report_metrics(ROWS, ["f1chexbert"], radeval=python)
    # condition 0: there in rows 0 and 2, said in 0 and 1; condition 2: there in 1 and 3, said in 3
    assert value(rows, "f1chexbert_all_micro_f1") == pytest.approx(2 * 2 / (4 + 3))
    assert value(rows, "f1chexbert_all_macro_f1") == pytest.approx((2 / 4 + 2 / 3) / 14)
    assert value(rows, "f1chexbert_all_weighted_f1") == pytest.approx((2 / 4 + 2 / 3) / 2)
    assert value(rows, "f1chexbert_5_micro_f1") == 0.0


BITS = st.integers(0, 2**CONDITIONS - 1)


@given(st.lists(st.tuples(BITS, BITS), min_size=1, max_size=20))
def test_f1_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import f1_score

    rows = []
    for i, (gold, said) in enumerate(pairs):
        values = {"f1chexbert_reference": float(gold), "f1chexbert_report": float(said)}
        sample = Sample(id=f"{i}", kind="report", question="", target=Target(texts=("x",)))
        rows.append(Row(sample=sample, response=Response(), score=Score(status="scored", values=values)))
    table = (np.array(pairs)[:, :, None] >> np.arange(CONDITIONS)) & 1
    for of, chosen in (("5", FIVE), ("all", range(CONDITIONS))):
        gold, said = table[:, 0, list(chosen)], table[:, 1, list(chosen)]
        for average in ("micro", "macro", "weighted"):
            metric = METRICS[f"f1chexbert_{of}_{average}_f1"]
            assert metric.sums is not None
            assert metric.finish is not None
            ours = metric.finish(np.ones((1, len(rows))) @ metric.sums(metric.columns(rows)))[0]
            assert ours == pytest.approx(f1_score(gold, said, average=average, zero_division=0))


def test_a_failed_request_is_left_out_of_every_metric_of_reports():
    values = {key: 0.5 for keys in KEYS.values() for key in keys} | {"f1chexbert_reference": 3.0}
    judged = Row(
        sample=ROWS[0].sample, response=ROWS[0].response, score=Score(status="scored", values=values)
    )
    rows = [judged, row_of(9, "lung clear", "x")]
    rows[1] = Row(sample=rows[1].sample, response=Response(error="timeout"), score=Score(status="failed"))
    for name in REPORTS:
        estimate = estimate_all(rows, [Measure(metric=name)], METRICS, seed="s", draws=20)[0]
        assert estimate.value == value([judged], name), name
        assert estimate.note.startswith("incomplete: 1 failed left out")


def test_radcliq_is_a_distance_of_reports_that_were_read():
    held = [Score(status="scored", values={"radcliq_v1": v}) for v in (0.5, -1.5)]
    rows = [Row(sample=r.sample, response=r.response, score=s) for r, s in zip(ROWS, held, strict=False)]
    assert value([*rows, ROWS[2]], "radcliq_v1") == -0.5


def test_what_is_missing_or_fails_is_one_clear_line(python, monkeypatch, tmp_path):
    monkeypatch.delenv("MEDASSAY_RADEVAL", raising=False)
    with pytest.raises(UsageError, match=r"pip install radeval.*MEDASSAY_RADEVAL="):
        with_report_metrics(ROWS, ["radgraph"])
    monkeypatch.setenv("MEDASSAY_RADEVAL", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="nowhere: no Python to run RadEval with"):
        with_report_metrics(ROWS, ["radgraph"])
    monkeypatch.setenv("MEDASSAY_RADEVAL", python)
    with pytest.raises(ModelError, match="ended with status 1: RuntimeError: no such judge"):
        with_report_metrics(ROWS, ["crimson"])
    with pytest.raises(UnknownName, match="did you mean 'radgraph'"):
        with_report_metrics(ROWS, ["radgraf"])
    with pytest.raises(DataError, match=r"sample r0 has no 'radgraph_simple'.*--report-metrics"):
        value(ROWS, "radgraph_simple")
    monkeypatch.setattr(report_metrics, "BRIDGE", tmp_path / "radeval.py")  # runs, and answers nothing
    with pytest.raises(ModelError, match="answered for 0 of 4 reports"):
        with_report_metrics(ROWS, ["radgraph"])


def test_rows_of_other_kinds_are_passed_on(python):
    other = Row(
        sample=Sample(id="q", kind="yes/no", question="", target=Target(texts=("yes",))),
        response=Response(text="yes"),
        score=Score(status="scored", answer="yes"),
    )
    assert with_report_metrics([other], ["radgraph"]) == [other]
    assert with_report_metrics([other, *ROWS], ["radgraph"], radeval=python)[0] == other


def test_a_report_measures_once_and_keeps_what_it_found(python, tmp_path):
    import medassay
    from medassay.workflows.reports import report

    medassay.run(
        model=lambda requests: ["No focal opacity."] * len(requests),
        benchmark="phantom@report:n=6",
        out=tmp_path / "run",
        store=tmp_path / "store.db",
    )
    first = report([tmp_path / "run"], report_metrics=["radgraph"], radeval=python).runs[0]
    assert {"radgraph_simple", "radgraph_complete"} <= {estimate.metric for estimate in first.estimates}
    again = report([tmp_path / "run"]).runs[0]
    assert again.estimates == first.estimates
    assert (tmp_path / "asked").read_text().count("asked") == 1
