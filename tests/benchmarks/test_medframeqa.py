"""MedFrameQA: all frames in order, videos as clusters."""

from __future__ import annotations

import pytest

from medassay.benchmarks.medframeqa import load
from medassay.errors import DataError
from medassay.images import read_bytes
from medassay.types import Where

from .drawing import picture, write_parquet
from .folders.medframeqa import row


def test_all_frames_in_order(folder):
    two, five = load(Where(root=folder("medframeqa")))
    assert [read_bytes(i) for i in two.images] == [picture(1), picture(2)]
    assert [read_bytes(i) for i in five.images] == [picture(n) for n in range(1, 6)]
    assert {two.cluster, five.cluster} == {"video 1"}
    assert (five.target.texts, five.tags["n_images"]) == (("D",), "5")
    assert two.tags["body_system"] == "nervous system"
    assert (two.id, two.question) == ("medframeqa-q1", "Which frame shows it first?")


@pytest.mark.parametrize(
    ("frames", "answer", "message"),
    [
        (2, "E", "row q9: the answer 'E' is none of its options"),
        (0, "A", "row q9 has no image in image_1 to"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, frames, answer, message):
    with pytest.raises(DataError, match=r"no \*\.parquet\. Get the Parquet"):
        list(load(Where(root=tmp_path)))
    write_parquet(tmp_path / "test.parquet", [row("q9", frames, answer), row("q8", 1, "A")])
    with pytest.raises(DataError, match=message):
        list(load(Where(root=tmp_path)))
