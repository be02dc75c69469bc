"""Set accuracy, validity and confusion, against a direct count and in the statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import UsageError
from medassay.metrics import METRICS, score
from medassay.statistics import compare, estimate_all
from medassay.statistics.bootstrap import generator, job
from medassay.types import Choice, Estimate, Measure, Response, Row, Sample, Target

NAMES = ("set_accuracy", "set_validity", "confusion", "confusion_of_all", "set_precision")
FAILED = "!"


def rows_of(groups: dict[str, list[tuple[str, str]]], **tags: str) -> list[Row]:
    """Rows of (gold, answer) by group; the answer `!` is a request that failed."""
    rows = []
    for group, pairs in groups.items():
        for i, (gold, answer) in enumerate(pairs):
            sample = Sample(
                id=f"{group}-{i}",
                kind="choice",
                question="?",
                choices=(Choice(label="left"), Choice(label="right")),
                target=Target(texts=(gold,)),
                group=group,
                cluster=group,
                tags=tags,
            )
            response = Response(error="timeout") if answer == FAILED else Response(text=answer)
            rows.append(Row(sample=sample, response=response, score=score(sample, response)))
    return rows


def direct(groups: dict[str, list[tuple[str, str]]], copies: dict[str, int]) -> dict[str, float]:
    """The three numbers counted group by group."""
    right = valid = same = total = paired = several = apart = apart_right = 0
    for group, pairs in groups.items():
        answers = [answer for _, answer in pairs]
        readable = set(answers) <= {"A", "B"}
        total += copies[group]
        right += copies[group] * all(gold == answer for gold, answer in pairs)
        valid += copies[group] * readable
        paired += copies[group] * (readable and len(pairs) > 1)
        same += copies[group] * (readable and len(pairs) > 1 and len(set(answers)) == 1)
        several += copies[group] * (len(pairs) > 1)
        apart += copies[group] * (readable and len(set(answers)) > 1)
        apart_right += copies[group] * (len(set(answers)) > 1 and all(gold == a for gold, a in pairs))
    nothing = float("nan")
    return {
        "set_accuracy": right / total if total else nothing,
        "set_validity": valid / total if total else nothing,
        "confusion": same / paired if paired else nothing,
        "confusion_of_all": same / several if several else nothing,
        "set_precision": apart_right / apart if apart else nothing,
    }


def found(rows: list[Row], **rest: object) -> dict[str, Estimate]:
    measures = [Measure(metric=name, **rest) for name in NAMES]  # type: ignore[arg-type]
    return {e.metric: e for e in estimate_all(rows, measures, METRICS, seed="s", draws=200)}


ANSWERS = st.sampled_from(["A", "B", "", "neither"])
GROUPS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.lists(st.tuples(st.sampled_from("AB"), ANSWERS), min_size=1, max_size=3),
    min_size=1,
)


@given(GROUPS, st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_weights_of_clusters_are_copies_of_groups(groups, weights):
    copies = dict(zip("abcdefgh", weights, strict=True))
    rows = rows_of(groups)
    names = sorted(groups)
    codes = np.array([names.index(row.sample.cluster) for row in rows])
    counts = np.array([[copies[name] for name in names]], dtype=float)
    for name, expected in direct(groups, copies).items():
        metric = METRICS[name]
        half = len(rows) // 2  # an evaluation makes columns in batches, which may part a group
        parts = [metric.columns(part) for part in (rows[:half], rows[half:]) if part]
        columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        value = job(metric, columns, codes)(counts)[0]
        assert value == pytest.approx(expected, nan_ok=True), name


PAIRS = {
    "both": [("A", "A"), ("B", "B")],
    "confused": [("A", "A"), ("B", "A")],
    "swapped": [("A", "B"), ("B", "A")],
    "mute": [("B", "B"), ("A", "")],
}


def test_of_four_pairs():
    by_name = found(rows_of(PAIRS))
    assert by_name["set_accuracy"].value == 1 / 4
    assert by_name["set_validity"].value == 3 / 4
    assert by_name["confusion"].value == pytest.approx(1 / 3)
    assert by_name["confusion_of_all"].value == 1 / 4
    assert by_name["set_precision"].value == 1 / 2
    assert by_name["set_accuracy"].method == "Korn-Graubard"
    assert by_name["set_accuracy"].n_clusters == 4


def test_guessing_gets_a_quarter_of_the_pairs_and_agrees_in_half():
    by_name = found(rows_of(PAIRS))
    assert (by_name["set_accuracy"].chance, by_name["set_accuracy"].majority) == (0.25, None)
    assert by_name["confusion"].chance == 0.5
    assert by_name["set_validity"].chance is None
    three = found(rows_of({"a": [("A", "A")] * 3, "b": [("A", "B")] * 3}))
    assert three["set_accuracy"].chance == 1 / 8
    assert three["confusion"].chance == pytest.approx(1 / 4)


def test_a_pair_with_a_failed_row_is_left_out_whole_and_bounds_the_value():
    rows = rows_of(PAIRS | {"half": [("A", "A"), ("B", FAILED)]})
    by_name = found(rows)
    accuracy = by_name["set_accuracy"]
    assert (accuracy.value, accuracy.worst, accuracy.best) == (1 / 4, 1 / 5, 2 / 5)
    assert accuracy.note.startswith("incomplete: 1 failed left out with 1 of their groups")
    assert by_name["confusion"].value == pytest.approx(1 / 3)
    assert (by_name["confusion"].worst, by_name["confusion"].best) == (None, None)
    assert (by_name["set_validity"].worst, by_name["set_validity"].best) == (3 / 5, 4 / 5)


def test_a_slice_may_not_cut_a_pair_apart():
    rows = rows_of(PAIRS, organ="chest")
    rows[0] = replace(rows[0], sample=replace(rows[0].sample, tags={"organ": "head"}))
    with pytest.raises(UsageError, match="scored together"):
        found(rows, by=("organ",))


def test_groups_of_several_sizes_count_once_each_and_get_drawn_intervals():
    groups = {f"{i}": [("A", "A")] * (1 + i % 3) for i in range(12)} | {"no": [("A", "B")] * 3}
    accuracy = found(rows_of(groups))["set_accuracy"]
    assert accuracy.value == pytest.approx(12 / 13)
    assert accuracy.method == "cluster bootstrap, percentile"


def test_two_runs_are_compared_pair_by_pair():
    golds = {f"{i}": ["A", "B"] for i in range(30)}
    good = {g: [(gold, gold) for gold in pair] for g, pair in golds.items()}
    poor = {g: [(gold, gold if int(g) % 3 else "A") for gold in pair] for g, pair in golds.items()}
    result = compare(rows_of(good), rows_of(poor), METRICS["set_accuracy"], seed="s")
    assert result.a == 1.0
    assert result.b == pytest.approx(2 / 3)
    assert (result.verdict, result.n, result.n_clusters) == ("A better", 60, 30)
    result = compare(rows_of(good), rows_of(poor), METRICS["confusion"], seed="s")
    assert result.a == 0.0
    assert result.b == pytest.approx(1 / 3)
    assert result.verdict == "A better"


def test_rows_without_a_group_stand_for_themselves():
    rows = [replace(row, sample=replace(row.sample, group=None)) for row in rows_of(PAIRS)]
    columns = METRICS["set_accuracy"].columns(rows)
    assert len(np.unique(columns["group"])) == len(rows)


def test_the_draws_take_pairs_whole():
    columns = METRICS["set_accuracy"].columns(rows_of(PAIRS))
    codes = np.repeat(np.arange(4), 2)
    counts = generator("s", codes).integers(3, size=(50, 4)).astype(float)
    counts = counts[counts.sum(axis=1) > 0]
    expected = counts[:, 0] / counts.sum(axis=1)
    np.testing.assert_allclose(job(METRICS["set_accuracy"], columns, codes)(counts), expected)
