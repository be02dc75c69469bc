"""Options and the letter of the right one."""

from __future__ import annotations

import pytest

from medassay.benchmarks.shared.options import by_letter, by_text
from medassay.errors import DataError


def _labels(choices):
    return [choice.label for choice in choices]


def test_an_empty_option_is_none_and_the_letters_move_up():
    choices, target = by_letter({"A": "one ", "B": "", "C": None, "D": "0", "E": "None"}, " e", "row 1")
    assert (_labels(choices), target.texts) == (["one", "0", "None"], ("C",))
    with pytest.raises(DataError, match="row 1: the answer 'B' is none of its options A, D"):
        by_letter({"A": "one", "B": " ", "D": "two"}, "B", "row 1")


@pytest.mark.parametrize(
    ("gold", "letters"),
    [("X-ray", ("B",)), ("x-RAY", ("B",)), ("xray.", ("B",)), ("ct", ("A", "C")), ("CT.", ("A", "C"))],
)
def test_the_text_decides_and_equal_texts_are_all_right(gold, letters):
    choices, target = by_text({"A": "CT", "B": "X-ray", "C": "CT ", "D": None}, gold, "row 1")
    assert (_labels(choices), target.texts) == (["CT", "X-ray", "CT"], letters)


def test_the_nearest_form_decides():
    assert by_text({"A": "x_ray.", "B": "X-ray"}, "X-ray", "")[1].texts == ("B",)
    assert by_text({"A": "Grade 1+", "B": "Grade 1"}, "grade 1", "")[1].texts == ("B",)


@pytest.mark.parametrize("gold", ["MRI", "", ".", "A"])
def test_what_no_option_says_is_an_error(gold):
    with pytest.raises(DataError, match=r"row 7: the answer '.*' is none of its options CT, -"):
        by_text({"A": "CT", "B": "-"}, gold, "row 7")
