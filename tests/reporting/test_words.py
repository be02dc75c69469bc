import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.reporting import words


@given(st.text(st.characters(), max_size=200))
def test_printable_text_can_be_written_and_steers_nothing(text):
    shown = words.printable(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(c) == "Cc" for c in shown if c not in "\t\n")
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=200))
def test_printable_leaves_ordinary_text_as_it_is(text):
    assert words.printable(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.6125, "0.613"),
        (1, "1.000"),
        (-0.04, "−0.040"),
        (1234.56, "1234.6"),
        (None, "–"),
        (math.nan, "undefined"),
    ],
)
def test_numbers_have_three_decimals_and_a_true_minus(value, shown):
    assert words.number(value) == shown


def test_a_p_value_is_never_zero():
    assert words.p_value(0.0) == "< 0.001"
    assert words.p_value(0.0112) == "0.011"


def test_an_interval_that_does_not_exist_is_not_invented():
    assert words.interval(0.1, None) == "no interval"


def test_baselines_are_judged_by_the_interval_and_not_by_the_value(build):
    estimate = build.estimate(value=0.56, low=0.51, high=0.61, chance=0.5, majority=0.55)
    said = words.against_baselines(estimate)
    assert "above chance (0.500)" in said
    assert "holds the majority baseline (0.550)" in said
    assert "below" not in said


def test_no_verdict_while_rows_are_failed(build):
    said = words.against_baselines(build.estimate(), final=False)
    assert said == "For comparison: chance (0.500) and the majority baseline (0.531)."
