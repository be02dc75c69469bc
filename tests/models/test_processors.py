"""Families that also take videos load and answer without torchvision."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from medassay.errors import ModelError
from medassay.models.quirks.processors import NoVideo, image_backend, load_processor

without_torchvision = pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is not None, reason="torchvision is installed"
)


@without_torchvision
def test_transformers_alone_cannot_load_it(checkpoint: Callable[[str], Path]) -> None:
    from transformers import AutoProcessor

    with pytest.raises(ImportError, match=r"[Tt]orchvision"):
        AutoProcessor.from_pretrained(checkpoint("qwen"))


@without_torchvision
def test_the_parts_are_put_together_without_the_video_part(checkpoint: Callable[[str], Path]) -> None:
    processor = load_processor(checkpoint("qwen"))
    assert type(processor).__name__ == "Qwen2_5_VLProcessor"
    assert isinstance(processor.video_processor, NoVideo)
    assert processor.chat_template
    assert image_backend(processor) == "pil"
    with pytest.raises(ModelError, match="videos need torchvision"):
        processor.video_processor()


def test_others_load_the_common_way(checkpoint: Callable[[str], Path]) -> None:
    processor = load_processor(checkpoint("llava"))
    assert type(processor).__name__ == "LlavaProcessor"
    assert image_backend(processor) in {"pil", "torchvision"}
