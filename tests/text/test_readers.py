"""Yes or no, labels, numbers and boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.text import Reading, read_boxes, read_label, read_labels, read_number, read_yes_no
from medassay.types import Box, Choice


def outcome(reading: Reading) -> str:
    return reading.answer if reading.answer is not None else reading.status


@pytest.mark.parametrize(
    ("text", "question", "right"),
    [
        ("Yes", "", "yes"),
        ("- Yes.", "", "yes"),
        ("no", "", "no"),
        ("NO!", "", "no"),
        ("Normal", "", "unparsed"),
        ("Not visible", "", "unparsed"),
        ("nodule known in both eyes", "", "unparsed"),
        ("It is unknown", "", "unparsed"),
        ("Yes and no", "", "unparsed"),
        ("yes/no", "", "unparsed"),
        ("The answer is yes or no", "", "unparsed"),
        ("Yes or no? Yes.", "", "yes"),
        ("No, there is no fracture", "", "no"),
        ("No, it is normal", "", "no"),
        ("Yes, there is no other", "", "yes"),
        ("Yes, but I cannot determine where", "", "yes"),
        ("Not yes", "", "unparsed"),
        ("The answer is: No", "", "no"),
        ("A. Yes", "", "yes"),
        ("\\boxed{No}", "", "no"),
        ("<think>yes</think>no", "", "no"),
        ("是", "", "yes"),
        ("没有", "", "no"),
        ("正常", "", "unparsed"),
        ("I'm not sure", "", "refused"),
        ("No fracture", "", "unparsed"),
        ("No fracture", "Is there a fracture?", "no"),
        ("There is no fracture.", "Are there fractures?", "no"),
        ("There is no fracture.", "Is the image normal?", "unparsed"),
        ("I cannot see any fracture.", "Is there a fracture?", "no"),
        ("There is a fracture of the rib", "Is there a fracture?", "yes"),
        ("There may be a fracture", "Is there a fracture?", "unparsed"),
        ("The heart is not enlarged.", "Is the heart enlarged?", "no"),
        ("The heart is not unlikely enlarged.", "Is the heart enlarged?", "unparsed"),
        ("There is no fracture.", "Is there no fracture?", "unparsed"),
    ],
)
def test_yes_no(text: str, question: str, right: str) -> None:
    assert outcome(read_yes_no(text, question)) == right


@given(
    word=st.sampled_from(["yes", "Yes", "YES", "no", "No", "NO"]),
    frame=st.sampled_from(
        [
            "{}",
            "{}.",
            " {}\n",
            "**{}**",
            "{}, it is.",
            "Answer: {}",
            "The answer is {}.",
            "\\boxed{{{}}}",
            "<answer>{}</answer>",
            '{{"answer": "{}"}}',
            "<think>yes, no</think>{}",
            "{}\n\nThe heart is large.",
        ]
    ),
)
def test_yes_and_no_in_any_common_frame_are_read_back(word: str, frame: str) -> None:
    assert outcome(read_yes_no(frame.format(word))) == word.lower()


LABELS = tuple(Choice(label=x) for x in ("pneumonia", "normal", "pleural effusion", "effusion", "no finding"))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Pneumonia.", "pneumonia"),
        ("abnormal", "unparsed"),
        ("no pneumonia", "unparsed"),
        ("non-pneumonia", "unparsed"),
        ("Normal, no pneumonia", "normal"),
        ("No finding", "no finding"),
        ("There is a pleural effusion on the left", "pleural effusion"),
        ("pneumonia or normal", "unparsed"),
        ("not normal; it's pneumonia", "pneumonia"),
        ("pneumonias", "unparsed"),
        ("I do not know", "refused"),
    ],
)
def test_label(text: str, right: str) -> None:
    assert outcome(read_label(text, LABELS)) == right


@pytest.mark.parametrize(
    ("text", "status", "answers"),
    [
        ("effusion, pneumonia", "scored", ("pneumonia", "effusion")),
        ("pleural effusion", "scored", ("pleural effusion",)),
        ("None", "scored", ()),
        ("No pneumonia.", "scored", ()),
        ("pneumonia, but no effusion", "scored", ("pneumonia",)),
        ("a clear image", "unparsed", ()),
    ],
)
def test_labels(text: str, status: str, answers: tuple[str, ...]) -> None:
    reading = read_labels(text, LABELS)
    assert (reading.status, reading.answers) == (status, answers)


@pytest.mark.parametrize(
    ("text", "unit", "right"),
    [
        ("0.45", "", 0.45),
        (".5", "", 0.5),
        ("0,45", "", 0.45),
        ("1,234", "", 1234.0),
        ("1e-3", "", 0.001),
        ("-3.5", "", -3.5),
        ("(−2)", "", -2.0),
        ("45%", "", 0.45),
        ("45 %", "%", 45.0),
        ("approximately 12 mm", "mm", 12.0),
        ("12mm", "cm", 1.2),
        ("2.5 cm", "mm", 25.0),
        ("12 ± 2 mm", "mm", 12.0),
        ("12", "mm", 12.0),
        ("12 pixels", "px", 12.0),
        ("30 degrees", "deg", 30.0),
        ("The answer is 12.", "", 12.0),
        ("There are 3 nodules.", "", 3.0),
        ("three", "", 3.0),
        ("There are three nodules", "", 3.0),
        ("\\boxed{12\\text{ mm}}", "mm", 12.0),
        ("5 nodules of 3 mm", "", 5.0),
        ("5 nodules of 3 mm", "mm", 3.0),
        ("12 mm (0.5 inches)", "mm", 12.0),
        ("The ratio is 0.45, cup 45 px and disc 100 px", "", 0.45),
        ("10-12 mm", "mm", None),
        ("10 to 12", "", None),
        ("between 10 and 12 mm", "mm", None),
        ("3 x 4 mm", "mm", None),
        ("3/5", "", None),
        ("1.2.3", "", None),
        ("between 4 and 5", "", None),
        ("One is 4 mm, one is 5 mm", "mm", None),
        ("12 mm", "deg", None),
        ("T2 weighted", "", None),
        ("one can see nothing", "", None),
        ("large", "mm", None),
    ],
)
def test_number(text: str, unit: str, right: float | None) -> None:
    assert read_number(text, unit).number == (None if right is None else pytest.approx(right, rel=1e-12))


@given(
    number=st.decimals(-9999, 9999, places=3),
    frame=st.sampled_from(
        ["{}", "{} mm", "It is {} mm.", "Answer: {}", "about {} mm", "\\boxed{{{}}}", "({})"]
    ),
)
def test_any_number_in_any_common_frame_is_read_back(number: float, frame: str) -> None:
    assert read_number(frame.format(number), "mm").number == float(number)


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("[10, 12, 20, 24]", [(10, 12, 20, 24)]),
        ("The box is (10.5, 12, 20, 24).", [(10.5, 12, 20, 24)]),
        ("10, 12, 20, 24", [(10, 12, 20, 24)]),
        ("[[1,2,3,4],[5,6,7,8]]", [(1, 2, 3, 4), (5, 6, 7, 8)]),
        ('{"bbox": [1, 2, 3, 4]}', [(1, 2, 3, 4)]),
        ("<answer>[1, 2, 3, 4]</answer> of [9, 9, 9, 9]", [(1, 2, 3, 4)]),
        ("[20, 24, 10, 12]", [(20, 24, 10, 12)]),
        ("[1, 2, 3]", []),
        ("[1, 2, 3, 4, 5]", []),
        ("from 1, 2 to 3, 4", []),
    ],
)
def test_boxes(text: str, boxes: list[tuple[float, ...]]) -> None:
    assert list(read_boxes(text).boxes) == [Box(x0=a, y0=b, x1=c, y1=d) for a, b, c, d in boxes]
