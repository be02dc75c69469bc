"""Operating points and their figures, by hand, against statsmodels and over simulated clusters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.errors import UsageError
from medassay.statistics.operating import Calls, Rule, choose, perform


def calls(truth, call, prob=None, codes=None):
    n = len(truth)
    return Calls(
        truth=np.array(truth, dtype=np.int8),
        call=np.array(call, dtype=np.int8),
        prob=np.array(prob if prob is not None else [np.nan] * n, dtype=float),
        codes=np.arange(n) if codes is None else np.asarray(codes),
    )


def counted(hits, misses, alarms, rejected):
    truth = [1] * (hits + misses) + [0] * (alarms + rejected)
    return calls(truth, [1] * hits + [0] * misses + [1] * alarms + [0] * rejected)


def test_the_worked_table():
    # 90 of 100 and 80 of 100: LR+ 4.5, LR- 0.125; at 4 %: PPV 0.036/(0.036+0.192), NPV 0.768/(0.768+0.004).
    found = perform(counted(90, 10, 20, 80), prevalence=0.04)
    assert found.table == {"positive": (90, 10, 0), "negative": (20, 80, 0)}
    value = {figure.name: figure.value for figure in found.figures}
    assert value["sensitivity"] == 0.9
    assert value["specificity"] == 0.8
    assert value["positive likelihood ratio"] == pytest.approx(4.5)
    assert value["negative likelihood ratio"] == pytest.approx(0.125)
    assert value["positive predictive value"] == pytest.approx(0.036 / 0.228)
    assert value["negative predictive value"] == pytest.approx(0.768 / 0.772)


def test_likelihood_ratios_have_simels_interval():
    # Simel 1991: var(log LR+) = 1/90 - 1/100 + 1/20 - 1/100; ours has C/(C-1) and Student's t of 99.
    ratio = perform(counted(90, 10, 20, 80), prevalence=0.04).figure("positive likelihood ratio")
    half = 1.959964 * math.sqrt(1 / 90 - 1 / 100 + 1 / 20 - 1 / 100)
    assert ratio.low == pytest.approx(4.5 * math.exp(-half), rel=0.01)
    assert ratio.high == pytest.approx(4.5 * math.exp(half), rel=0.01)


def test_rows_twice_over_in_their_clusters_tell_nothing_new():
    once = counted(40, 10, 12, 60)
    twice = once.choose(np.repeat(np.arange(len(once.truth)), 2))
    for one, two in zip(
        perform(once, prevalence=0.1).figures, perform(twice, prevalence=0.1).figures, strict=True
    ):
        assert (two.value, two.low, two.high) == pytest.approx((one.value, one.low, one.high), rel=0.01), (
            one.name
        )


def test_indeterminate_results_are_wrong_or_apart_and_always_counted():
    held = calls([1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, -1, 0, 0, -1, -1])
    wrong = perform(held, prevalence=0.5)
    apart = perform(held, prevalence=0.5, indeterminate="apart")
    assert (wrong.figure("sensitivity").value, apart.figure("sensitivity").value) == (0.75, 1.0)
    assert (wrong.figure("specificity").value, apart.figure("specificity").value) == (0.5, 1.0)
    for found in (wrong, apart):
        assert found.table == {"positive": (3, 0, 1), "negative": (2 - 2, 2, 2)}
        assert found.figure("indeterminate").value == pytest.approx(3 / 8)


@pytest.mark.parametrize(
    "held",
    [
        calls([1] * 8, [1] * 8),
        calls([0] * 8, [0] * 8),
        calls([1, 0] * 6, [-1] * 12),
        calls([1, 0] * 6, [1, 0] * 6),
        calls([1, 0] * 6, [0, 1] * 6),
        calls([1, 0] * 6, [1, 0] * 6, codes=[0] * 12),
        calls([], []),
    ],
    ids=[
        "positives only",
        "negatives only",
        "nothing read",
        "perfect",
        "always wrong",
        "one cluster",
        "none",
    ],
)
def test_each_degenerate_case_gets_a_sentence(held):
    for how in ("wrong", "apart"):
        for figure in perform(held, prevalence=0.04, indeterminate=how).figures:
            bounded = figure.low is not None and figure.high is not None and figure.low < figure.high
            assert bounded or figure.note, figure


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=4, max_size=60),
    st.floats(0.05, 1),
)
def test_a_chosen_threshold_does_what_the_rule_says_and_no_other_does_it_better(rows, least):
    truth, prob = [int(t) for t, _ in rows], [p for _, p in rows]
    held = calls(truth, truth, prob)
    if len(set(truth)) < 2:
        with pytest.raises(UsageError, match="one class"):
            choose(Rule(name="youden"), held, prevalence=0.1)
        return

    def worth(threshold):
        figures = perform(held.at(threshold), prevalence=0.1)
        return figures.figure("sensitivity").value, figures.figure("specificity").value

    everywhere = {t: worth(t) for t in prob}
    sensitive = choose(Rule(name="sensitivity", value=least), held, prevalence=0.1)
    assert sensitive == max(t for t, (sensitivity, _) in everywhere.items() if sensitivity >= least)
    youden = choose(Rule(name="youden"), held, prevalence=0.1)
    assert sum(everywhere[youden]) == pytest.approx(max(map(sum, everywhere.values())))
    cheap = choose(Rule(name="cost", costs=(9.0, 1.0)), held, prevalence=0.1)

    def cost(pair):
        return 9 * 0.1 * (1 - pair[0]) + 0.9 * (1 - pair[1])

    assert cost(everywhere[cheap]) == pytest.approx(min(map(cost, everywhere.values())))


def test_a_rule_that_nothing_fulfils_says_so():
    held = calls([1, 1, 0, 0], [1, 1, 0, 0], [np.nan, 0.9, 0.95, 0.2])
    with pytest.raises(UsageError, match=r"at least 0.9: with all 2 positive rows called it is 0.500"):
        choose(Rule(name="sensitivity", value=0.9), held, prevalence=0.1)
    with pytest.raises(UsageError, match=r"the highest is 0.500"):
        choose(Rule(name="specificity", value=0.9), held, prevalence=0.1)
    assert choose(Rule(name="fixed", value=0.3), held, prevalence=0.1) == 0.3


def test_predictive_values_at_a_prevalence_cover_over_clusters():
    rng, inside, draws = np.random.default_rng(5), {"positive": 0, "negative": 0}, 300
    true = {
        "positive": 0.04 * 0.8 / (0.04 * 0.8 + 0.96 * 0.3),
        "negative": 0.96 * 0.7 / (0.96 * 0.7 + 0.04 * 0.2),
    }
    for _ in range(draws):
        codes = np.repeat(np.arange(60), 3)
        truth = (np.arange(180) // 3) % 2
        ease = np.where(truth, 0.8, 0.7)
        shared = rng.random(60)[codes]
        right = (
            np.where(rng.random(180) < 0.4, shared, rng.random(180)) < ease
        )  # rows of a cluster hang together
        found = perform(calls(truth, np.where(right, truth, 1 - truth), codes=codes), prevalence=0.04)
        for sign, value in true.items():
            figure = found.figure(f"{sign} predictive value")
            inside[sign] += figure.low <= value <= figure.high
    assert all(0.91 * draws <= count <= 0.99 * draws for count in inside.values()), inside
