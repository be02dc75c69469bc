"""Folders in the format of transformers: float16 weights, processor, card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo_training.data import MEAN, SIZE, STD
from demo_training.vlm import build_processor

LIMIT_BYTES = 3_000_000


def load_tower(folder: Path) -> Any:
    """The vision tower of the first stage."""
    from transformers import CLIPVisionModel

    return CLIPVisionModel.from_pretrained(folder)


def save_clip(model: Any, tokenizer: Any, folder: Path) -> None:
    """A CLIPModel with its processor."""
    from transformers import CLIPProcessor

    _save(model, CLIPProcessor(_image_processor(), tokenizer), folder)


def save_vlm(model: Any, tokenizer: Any, folder: Path) -> None:
    """A LLaVA with its processor and chat template."""
    _save(model, build_processor(tokenizer, _image_processor()), folder)


def _save(model: Any, processor: Any, folder: Path) -> None:
    model.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > LIMIT_BYTES:
        raise RuntimeError(f"{folder} holds {size} bytes, {LIMIT_BYTES} are allowed")


def _image_processor() -> Any:
    """The whole image, 64 x 64: no crop, so that nothing at the rim is lost."""
    from transformers import CLIPImageProcessorPil

    return CLIPImageProcessorPil(
        size={"height": SIZE, "width": SIZE},
        do_center_crop=False,
        image_mean=[MEAN] * 3,
        image_std=[STD] * 3,
    )
