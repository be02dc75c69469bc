"""Families that also take videos load and answer without torchvision."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoImageProcessor, AutoProcessor

from medassay.errors import ModelError
from medassay.models.quirks.processors import NoVideo, image_backend, load_processor

without_torchvision = pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is not None, reason="torchvision is installed"
)


@without_torchvision
def test_transformers_alone_cannot_load_it(checkpoint: Callable[[str], Path]) -> None:
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


def test_an_image_processor_that_has_been_renamed_is_known(
    checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    # as it lies on the hub: files of their own for the image processor and the chat template
    folder = Path(shutil.copytree(checkpoint("qwen"), tmp_path / "copy"))
    stored = json.loads((folder / "processor_config.json").read_text())
    (folder / "processor_config.json").unlink()
    pixels = stored["image_processor"]
    size = pixels.pop("size")
    limits = {"min_pixels": size["shortest_edge"], "max_pixels": size["longest_edge"]}
    names = {"image_processor_type": "Qwen2_5_VLImageProcessor", "processor_class": "Qwen2_5_VLProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps({**pixels, **limits, **names}))
    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": template}))
    with pytest.raises(ValueError, match="Unrecognized image processor"):
        AutoImageProcessor.from_pretrained(folder)
    old, new = load_processor(folder), load_processor(checkpoint("qwen"))
    assert old.image_processor.to_dict() == new.image_processor.to_dict()
    assert old.chat_template == new.chat_template


def test_others_load_the_common_way(checkpoint: Callable[[str], Path]) -> None:
    processor = load_processor(checkpoint("llava"))
    assert type(processor).__name__ == "LlavaProcessor"
    assert image_backend(processor) in {"pil", "torchvision"}
