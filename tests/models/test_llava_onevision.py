"""LLaVA-OneVision, whose images of a row decide together how each is cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medassay.contracts.models import check_model
from medassay.models.transformers import TransformersModel
from medassay.types import Choice, Decoding, Image, Message, Part, Request


@pytest.fixture(scope="module")
def model(checkpoint: Callable[[str], Path]) -> TransformersModel:
    return TransformersModel(str(checkpoint("llava-onevision")), device="cpu", rank=True)


def ask(*parts: Part, choices: tuple[str, ...] = ()) -> Request:
    return Request(
        messages=(Message(role="user", parts=parts),),
        choices=tuple(Choice(label=label) for label in choices),
        decoding=Decoding(max_tokens=5),
    )


def test_contracts(model: TransformersModel, pictures: list[Image]) -> None:
    first, second, third, fourth = pictures
    requests = [
        ask(first, "is there a lesion?", choices=("yes", "no")),
        ask(second, "is there a lesion? " * 6, choices=("yes", "no", "left lung")),
        ask(third, "how many?", fourth, "and in this image?"),
        ask(second, first, "which?"),
        ask("what modality is this image?"),
        ask(fourth, "?", choices=("chest x-ray", "mri")),
    ]
    assert [f for f in check_model(model, requests) if not f.ok] == []


def test_the_order_of_images_matters(model: TransformersModel, pictures: list[Image]) -> None:
    import torch

    def logits(*images: Image) -> torch.Tensor:
        request = ask(*images, "compare")
        inputs = model._inputs([request], [model.prompter.prompt(request)])
        with torch.inference_mode():
            found: torch.Tensor = model._model(**inputs).logits[0, -1]
        return found

    assert (logits(pictures[0], pictures[1]) - logits(pictures[1], pictures[0])).abs().max() > 1e-3
    assert (logits(pictures[0]) - logits(pictures[1])).abs().max() > 1e-3
