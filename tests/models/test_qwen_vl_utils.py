"""Token ids and pixels are those of Qwen's own preprocessing, qwen-vl-utils, on the same images."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from medassay.images import open_image
from medassay.models.quirks.processors import image_backend
from medassay.models.transformers import TransformersModel
from medassay.types import Image

from .test_transformers import ask

SIZES = {"fitting": (64, 48), "large": (200, 90), "small": (9, 12), "odd": (61, 37), "narrow": (10, 90)}


@pytest.fixture(scope="module")
def process_vision_info() -> Callable[..., Any]:
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("torchvision") is None:
            # It imports torchvision at its top, and uses it for videos only.
            vision, transforms = ModuleType("torchvision"), ModuleType("torchvision.transforms")
            vision.io = vision.transforms = transforms.InterpolationMode = transforms  # type: ignore[attr-defined]
            patch.setitem(sys.modules, "torchvision", vision)
            patch.setitem(sys.modules, "torchvision.transforms", transforms)
        held = pytest.importorskip("qwen_vl_utils", reason="qwen-vl-utils absent", exc_type=ImportError)
    process: Callable[..., Any] = held.process_vision_info
    return process


@pytest.mark.parametrize("family", ["qwen", "qwen2-vl", "qwen3-vl"])
def test_what_the_model_gets_is_what_its_makers_would_give_it(
    checkpoint: Callable[[str], Path], tmp_path: Path, process_vision_info: Callable[..., Any], family: str
) -> None:
    import PIL.Image
    import torch

    held = TransformersModel(str(checkpoint(family)), device="cpu")
    images = []
    for seed, (name, (width, height)) in enumerate(SIZES.items()):
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
        PIL.Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        images.append(Image(uri=str(tmp_path / f"{name}.png")))
    request = ask(*images, "which is mri?")
    ours = held._inputs([request], [held.prompter.prompt(request)])

    size = held._processor.image_processor.size
    limits = {"min_pixels": size["shortest_edge"], "max_pixels": size["longest_edge"]}
    content = [{"type": "image", "image": open_image(image), **limits} for image in images]
    messages = [{"role": "user", "content": [*content, {"type": "text", "text": "which is mri?"}]}]
    resized, _ = process_vision_info(messages, image_patch_size=4)
    prompt = held._processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    theirs = held._processor(text=[prompt], images=resized, padding=True, return_tensors="pt")

    assert torch.equal(ours["input_ids"], theirs["input_ids"])
    # torchvision, where it resizes ours, is off by up to a grey level.
    grey = 0.0 if image_backend(held._processor) == "pil" else 0.03
    torch.testing.assert_close(ours["pixel_values"], theirs["pixel_values"], atol=grey, rtol=0)
    assert torch.equal(ours["image_grid_thw"], theirs["image_grid_thw"])
    assert len({tuple(grid) for grid in ours["image_grid_thw"].tolist()}) == len(SIZES)
