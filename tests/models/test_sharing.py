"""Questions that share images: one pass over what they share, and the answers of the plain path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.models import caches, sharing
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request, Response

FAMILIES = {
    "llava": "llava",
    "qwen": "qwen2_5_vl",
    "gemma": "gemma3",
    "idefics": "idefics3",
    "qwen2-vl": "qwen2_vl",
    "qwen3-vl": "qwen3_vl",
    "internvl": "internvl",
    "internvl3.5": "internvl",
    "smolvlm": "smolvlm",
    "llava-onevision": "llava_onevision",
    "idefics2": "idefics2",
    "qwen3-vl-moe": "qwen3_vl_moe",
    "llava-mistral": "llava",
}
DRAWN = ("llava", "qwen", "gemma", "idefics")  # drawing, penalties and stop strings know no family
Load = Callable[[str], TransformersModel]


@pytest.fixture(scope="module")
def model(checkpoint: Callable[[str], Path]) -> Load:
    held: dict[str, TransformersModel] = {}

    def loaded(family: str) -> TransformersModel:
        if family not in held:
            held[family] = TransformersModel(str(checkpoint(family)), device="cpu", rank=True)
            if family == "gemma":  # whose window of 64 tokens is too narrow for any sharing
                _widen(held[family]._model)
        return held[family]

    return loaded


def _widen(model: Any) -> None:
    model.config.text_config.sliding_window = 1024
    for layer in model.model.language_model.layers:
        if layer.self_attn.sliding_window is not None:
            layer.self_attn.sliding_window = 1024


def ask(*parts: Part, choices: Sequence[str] = (), **decoding: Any) -> Request:
    return Request(
        messages=(
            Message(role="system", parts=("You are a helpful medical assistant.",)),
            Message(role="user", parts=parts),
        ),
        choices=tuple(Choice(label=label) for label in choices),
        decoding=Decoding(**{"max_tokens": 6, **decoding}),
    )


def window(pictures: Sequence[Image], **decoding: Any) -> list[Request]:
    """Many questions on one image, some on two, on one of another kind and on none, shuffled."""
    first, second, third, _ = pictures
    many = [
        ask(first, "is there a lesion? " * (1 + i % 4), str(i), choices=("yes", "left lung"), **decoding)
        for i in range(11)
    ]
    both = [ask(first, second, f"compare {i}", **decoding) for i in range(3)]
    others = [
        ask(second, "how many?", **decoding),
        ask(third, "what modality?", choices=("mri", "chest x-ray", "ct"), **decoding),
        ask("where is", third, "?", **decoding),
        ask("what organ is", third, "?", **decoding),
        ask("what is effusion?", **decoding),
    ]
    requests = [*many, *both, *others]
    return [requests[(7 * i) % len(requests)] for i in range(len(requests))]


def answers(model: TransformersModel, requests: Sequence[Request]) -> list[Response]:
    found = dict(model.answer(requests))
    assert sorted(found) == list(range(len(requests)))
    return [replace(found[i], seconds=0.0) for i in range(len(requests))]


def same(ones: Sequence[Response], others: Sequence[Response]) -> None:
    assert [replace(a, probs=None) for a in ones] == [replace(a, probs=None) for a in others]
    for a, b in zip(ones, others, strict=True):
        np.testing.assert_allclose(a.probs or (), b.probs or (), atol=1e-5)


def plainly(
    model: TransformersModel, requests: Sequence[Request], patch: pytest.MonkeyPatch
) -> list[Response]:
    with patch.context() as patched:
        patched.setattr(caches, "FAMILIES", frozenset())
        return answers(model, requests)


@pytest.mark.parametrize("family", FAMILIES)
def test_shared_answers_are_those_of_the_plain_path(
    model: Load, pictures: list[Image], family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = window(pictures)
    reads = counted(monkeypatch)
    shared = answers(model(family), requests)
    assert 0 < len(reads) < 6
    assert all(answer.error is None and answer.text for answer in shared)
    same(shared, plainly(model(family), requests, monkeypatch))


@pytest.mark.parametrize("family", DRAWN)
@pytest.mark.parametrize(
    "how",
    [
        {"temperature": 3.0, "top_p": 0.95, "max_tokens": 10},
        {"repetition_penalty": 1.7},
        {"stop": ("e", "a")},
    ],
)
def test_sampling_penalties_and_stops_do_not_see_that_a_beginning_is_shared(
    model: Load, pictures: list[Image], family: str, how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = window(pictures, **how)
    same(answers(model(family), requests), plainly(model(family), requests, monkeypatch))


def counted(patch: pytest.MonkeyPatch) -> list[int]:
    really, lengths = sharing._read, []

    def read(model: Any, row: Any, length: int) -> Any:
        lengths.append(length)
        return really(model, row, length)

    patch.setattr(sharing, "_read", read)
    return lengths


def test_an_image_is_read_once_for_questions_that_fill_several_batches(
    model: Load, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = model("llava")
    reads, towers = counted(monkeypatch), []
    tower = held._model.model.vision_tower
    handle = tower.register_forward_hook(lambda *_: towers.append(1))
    answers(held, [ask(pictures[0], f"question {i}", choices=("yes", "left lung")) for i in range(20)])
    handle.remove()
    assert len(reads) == len(towers) == 1
    assert held._beginnings._held == {}


def test_questions_on_images_of_their_own_take_the_plain_path(
    model: Load, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = counted(monkeypatch)
    answers(model("llava"), [ask(image, "lesion?") for image in pictures])
    assert reads == []


def test_a_sliding_window_that_the_prompt_would_leave_is_not_shared(
    checkpoint: Callable[[str], Path], pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = TransformersModel(str(checkpoint("gemma")), device="cpu")
    reads = counted(monkeypatch)
    found = answers(held, [ask(pictures[0], "is there a lesion? " * 9, str(i)) for i in range(4)])
    assert reads == []
    assert all(answer.text for answer in found)


def test_a_corrupt_image_fails_its_own_questions_only(
    model: Load, pictures: list[Image], corrupt: Image
) -> None:
    good = [ask(pictures[0], f"lesion {i}?") for i in range(3)]
    bad = [ask(corrupt, f"lesion {i}?") for i in range(3)]
    found = answers(model("llava"), [good[0], bad[0], good[1], bad[1], good[2], bad[2]])
    assert [(answer.error or "").startswith("ImageError: ") for answer in found] == [False, True] * 3
    same(found[::2], answers(model("llava"), good))
