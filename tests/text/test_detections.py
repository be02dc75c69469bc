from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.text import read_boxes
from medassay.text.detections import Detection, read_detections, write_detections
from medassay.types import Box

CORNERS = st.tuples(*[st.floats(-1e4, 1e4).map(lambda f: float(f"{f:.12g}"))] * 4)
NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12).map(
    lambda name: " ".join("".join(" " if c in "[]()" else c for c in name).split()).strip(", ")
)
DETECTIONS = st.builds(
    lambda c, name, sure: Detection(Box(x0=c[0], y0=c[1], x1=c[2], y1=c[3], label=name), sure),
    CORNERS,
    NAMES,
    st.none() | st.floats(0, 1).map(lambda f: float(f"{f:.12g}")),
)


@given(st.lists(DETECTIONS, max_size=4).map(tuple))
def test_what_is_written_is_read_back(detections: tuple[Detection, ...]) -> None:
    assert read_detections(write_detections(detections)) == detections


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[10, 12, 20, 24] and [1, 2, 3.5, 4]", "[10, 12, 20, 24], [1, 2, 3.5, 4]"),
        ('{"bbox_2d": [1, 2, 3, 4], "label": "mass (left)"}', "[1, 2, 3, 4] mass left"),
        ('{"score": 0.93, "bbox_2d": [1, 2, 3, 4], "label": "mass"}', "[1, 2, 3, 4] mass (0.93)"),
        ('{"x": 1, "y": 2, "w": 3, "h": 4, "confidence": 1e-3}', "[1, 2, 4, 6] (0.001)"),
        ('[{"bbox": [1, 2, 3, 4], "score": 1}, {"bbox": [1, 2, 3, 5]}]', "[1, 2, 3, 4] (1), [1, 2, 3, 5]"),
    ],
)
def test_an_answer_keeps_names_and_confidences(text: str, line: str) -> None:
    assert read_boxes(text).answer == line


def test_a_name_with_the_marks_of_the_line_loses_them() -> None:
    box = Box(x0=1, y0=2, x1=3, y1=4, label="node [3], (0.5)")
    (read,) = read_detections(write_detections([Detection(box)]))
    assert (read.box.label, read.confidence) == ("node 3 , 0.5", None)
