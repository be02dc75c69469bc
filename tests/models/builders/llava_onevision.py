"""A tiny LLaVA-OneVision as its -hf conversions lie on the hub: tiles of an image and an overview of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.models.conftest import CHAT, TEXT, TOWER, save, save_with_video, tokenizer

GRID = [[32, 32], [32, 64], [64, 32], [64, 64]]


def build(folder: Path) -> None:
    import transformers as tf

    names = {"image_token": "<image>", "video_token": "<video>"}
    words = tokenizer(
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", *names.values(),
        eos_token="<|im_end|>", pad_token="<|endoftext|>", extra_special_tokens=names,
    )  # fmt: skip
    text = {"model_type": "qwen2", "vocab_size": len(words), "eos_token_id": 2, "pad_token_id": 0}
    config = tf.LlavaOnevisionConfig(
        text_config={**TEXT, **text, "bos_token_id": 0},
        vision_config={"model_type": "siglip_vision_model", **TOWER, "vision_use_head": False},
        image_token_index=3,
        video_token_index=4,
        image_grid_pinpoints=GRID,
    )
    save(tf.LlavaOnevisionForConditionalGeneration(config), folder)
    pixels = tf.LlavaOnevisionImageProcessorPil(size={"height": 32, "width": 32}, image_grid_pinpoints=GRID)
    save_with_video(tf.LlavaOnevisionProcessor, folder, words, pixels, "LlavaOnevisionVideoProcessor")
    path = folder / "processor_config.json"
    settings = {"num_image_tokens": 16, "vision_feature_select_strategy": "full"}
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    (folder / "chat_template.jinja").write_text(CHAT.replace("IMAGE", "<image>"))


BUILDERS: dict[str, Callable[[Path], None]] = {"llava-onevision": build}
