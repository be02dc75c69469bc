"""Checkpoints in the shapes of published models with random weights, built without any download.

The numbers are those of config.json at Qwen/Qwen2.5-VL-7B-Instruct and openai/clip-vit-large-patch14-336.
The tiny shapes are the same classes with the same parts: they show on a CPU that a script works, and measure
nothing.
"""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import torch
import transformers as tf
from tokenizers import Tokenizer, models, pre_tokenizers

TINY = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
QWEN = {
    "text": {
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "vocab_size": 152_064,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
    },
    "vision": {
        "depth": 32,
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "out_hidden_size": 3584,
        "patch_size": 14,
        "window_size": 112,
        "fullatt_block_indexes": [7, 15, 23, 31],
    },
    "pixels": {"min_pixels": 3136, "max_pixels": 12_845_056},
}
TINY_QWEN = {
    "text": {
        **TINY,
        "num_key_value_heads": 2,
        "vocab_size": 400,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]},
    },
    "vision": {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 4,
        "out_hidden_size": 32,
        "patch_size": 4,
        "window_size": 16,
        "fullatt_block_indexes": [1],
    },
    "pixels": {"min_pixels": 256, "max_pixels": 4096},
}
CLIP = {
    "text": {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "max_position_embeddings": 77,
    },
    "vision": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "image_size": 336,
        "patch_size": 14,
    },
    "width": 768,
}
TINY_CLIP = {
    "text": {**TINY, "max_position_embeddings": 77},
    "vision": {**TINY, "image_size": 32, "patch_size": 8},
    "width": 16,
}
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }} {% for c in m.content %}{% if c.type == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c.text }}{% endif %}{% endfor %}<|im_end|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant {% endif %}"
)


def qwen(folder: Path, shape: dict[str, Any], device: torch.device) -> None:
    """A Qwen2.5-VL; its weights are in bfloat16 on a GPU and in float32 on a CPU."""
    ends = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    marks = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    words = tokenizer((*ends, *marks), shape["text"]["vocab_size"], eos="<|im_end|>", pad="<|endoftext|>")
    config = tf.Qwen2_5_VLConfig(
        text_config={**shape["text"], "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 0},
        vision_config={**shape["vision"], "spatial_merge_size": 2, "temporal_patch_size": 2},
        vision_start_token_id=3,
        vision_end_token_id=4,
        image_token_id=5,
        video_token_id=6,
        tie_word_embeddings=False,
    )
    write(tf.Qwen2_5_VLForConditionalGeneration, config, folder, device)
    words.save_pretrained(folder)
    pixels = tf.Qwen2VLImageProcessorPil(
        patch_size=shape["vision"]["patch_size"], merge_size=2, temporal_patch_size=2, **shape["pixels"]
    )
    parts = {  # as on the hub; a processor with its video part is only written where torchvision is installed
        "processor_class": "Qwen2_5_VLProcessor",
        "image_processor": json.loads(pixels.to_json_string()),
        "video_processor": {"video_processor_type": "Qwen2VLVideoProcessor"},
    }
    (folder / "processor_config.json").write_text(json.dumps(parts))
    (folder / "chat_template.jinja").write_text(CHAT)


def clip(folder: Path, shape: dict[str, Any], device: torch.device) -> None:
    """A CLIP."""
    words = tokenizer(("<start>", "<end>"), 1000, eos="<end>", pad="<end>")
    ends = {"vocab_size": len(words), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    config = tf.CLIPConfig(
        text_config={**shape["text"], **ends},
        vision_config=shape["vision"],
        projection_dim=shape["width"],
    )
    write(tf.CLIPModel, config, folder, device)
    side = shape["vision"]["image_size"]
    pixels = tf.CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    tf.CLIPProcessor(pixels, words).save_pretrained(folder)


def tokenizer(special: tuple[str, ...], size: int, *, eos: str, pad: str) -> Any:
    """As many tokens as the model has, each a word."""
    words = [*special, "<unk>", *(f"w{i}" for i in range(size - len(special) - 1))]
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return tf.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token=eos, pad_token=pad, additional_special_tokens=list(special)
    )


def write(kind: Any, config: Any, folder: Path, device: torch.device) -> None:
    """Random weights, made on the device and written; the device's memory is given back."""
    torch.manual_seed(0)
    tf.utils.logging.disable_progress_bar()
    with device:
        model = kind._from_config(config, dtype=torch.float32 if device.type == "cpu" else torch.bfloat16)
    with torch.no_grad():
        for parameter in model.parameters():  # else every question has the same answer
            if parameter.ndim >= 2:
                parameter.mul_(4)
    model.save_pretrained(folder)
    del model
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
