"""What the scorer hands to the readers, and what it writes beside the status."""

from __future__ import annotations

import pytest

from medassay.metrics import score
from medassay.types import Box, Image, Response, Sample, Target


def boxed(size: tuple[int, int] | None) -> Sample:
    image = Image(uri="x.png", size=size)
    target = Target(boxes=(Box(x0=20, y0=20, x1=100, y1=60),))
    return Sample(id="1", kind="box", question="Where?", images=(image,), target=target)


@pytest.mark.parametrize(
    ("text", "dialect", "iou"),
    [
        ("[20, 20, 100, 60]", "auto", 1.0),
        ("<box>[[100, 200, 500, 600]]</box>", "auto", 1.0),
        ("[100, 200, 500, 600]", "0-1000", 1.0),
        ("[0.1, 0.4, 0.5, 0.8]", "fractions-lower-left", 1.0),
        ("[20, 20, 80, 40]", "pixels-xywh", 1.0),
        ("[100, 200, 500, 600]", "auto", 0.0),
    ],
)
def test_boxes_are_read_in_the_dialect_with_the_size_of_the_image(
    text: str, dialect: str, iou: float
) -> None:
    found = score(boxed((200, 100)), Response(text=text), boxes=dialect)
    assert found.values == {"box_iou": pytest.approx(iou)}


def test_fractions_of_an_image_of_unknown_size_are_unparsed() -> None:
    assert score(boxed(None), Response(text="[0.1, 0.2, 0.5, 0.6]")).status == "unparsed"


def test_a_loop_and_a_cut_are_flags_beside_the_status() -> None:
    sample = Sample(id="1", kind="yes/no", question="Is it?", target=Target(texts=("yes",)))
    found = score(sample, Response(text="Yes. " + "It is there. " * 200, finish_reason="length"))
    assert (found.status, found.values, found.flags) == (
        "scored",
        {"accuracy": 1.0},
        ("truncated", "repetitive"),
    )
    assert score(sample, Response(text="Yes")).flags == ()


@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ("肝脏。", "肝脏", 1.0),
        ("答案：肝脏", "肝脏", 1.0),
        ("脾脏", "肝脏", 0.0),
        ("the liver.", "Liver", 1.0),
    ],
)
def test_chinese_answers_are_compared_without_their_punctuation(text: str, key: str, right: float) -> None:
    sample = Sample(id="1", kind="open", question="?", target=Target(texts=(key,)))
    assert score(sample, Response(text=text)).values["accuracy"] == right


def test_how_it_refuses_stands_in_the_rule() -> None:
    sample = Sample(id="1", kind="open", question="?", target=Target(texts=("liver",)))
    rules = [score(sample, Response(text=t)).rule for t in ("I don't know.", "I cannot provide a diagnosis.")]
    assert rules == ["refusal/abstains", "refusal/declines"]
