"""Tiny checkpoints of the Qwen-VL kin, InternVL and GLM-V, with templates that say and do what theirs do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.conftest import CHAT, TEXT, TOWER, save, save_with_video, tokenizer

QWEN_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
    "<|video_pad|>",
)  # fmt: skip
QWEN_IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
QWEN_IDS = {"vision_start_token_id": 3, "vision_end_token_id": 4, "image_token_id": 5, "video_token_id": 6}
PATCHES = {"patch_size": 4, "spatial_merge_size": 2, "temporal_patch_size": 2}
PIXELS = {"patch_size": 4, "merge_size": 2, "temporal_patch_size": 2}
LIMITS = {"min_pixels": 16 * 16, "max_pixels": 64 * 64}
GLM_TOKENS = (
    "<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|begin_of_image|>",
    "<|end_of_image|>", "<|image|>", "<|begin_of_video|>", "<|end_of_video|>", "<|video|>", "<think>",
    "</think>",
)  # fmt: skip
GLM_IDS = {
    name + "_token_id": GLM_TOKENS.index(token)
    for name, token in {
        "image_start": "<|begin_of_image|>", "image_end": "<|end_of_image|>", "image": "<|image|>",
        "video_start": "<|begin_of_video|>", "video_end": "<|end_of_video|>", "video": "<|video|>",
    }.items()
}  # fmt: skip
GLM_CHAT = (
    "[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n{% for c in m.content %}"
    "{% if c.type == 'image' %}<|begin_of_image|><|image|><|end_of_image|>{% else %}{{ c.text }}{% endif %}"
    "{% endfor %}{% if m.role == 'user' and enable_thinking is defined and not enable_thinking %}/nothink"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>\n{% endif %}{% endif %}"
)


def build_qwen2(folder: Path) -> None:
    """Qwen2-VL: MedVLM-R1 and Med-R1 are of it."""
    import transformers as tf

    words = tokenizer(*QWEN_TOKENS, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tower = {"depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 4, "mlp_ratio": 2, **PATCHES}
    text = _qwen_text(words, mrope_section=[1, 1, 2])
    config = tf.Qwen2VLConfig(text_config=text, vision_config=tower, **QWEN_IDS)
    save(tf.Qwen2VLForConditionalGeneration(config), folder)
    _qwen_processor(tf.Qwen2VLProcessor, folder, words, "Qwen2VLVideoProcessor")


def build_qwen3(folder: Path) -> None:
    """Qwen3-VL, Instruct: deepstack features of its tower enter the first layers of the text model."""
    import transformers as tf

    words = tokenizer(*QWEN_TOKENS, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    config = tf.Qwen3VLConfig(
        text_config=_qwen_text(words, mrope_section=[2, 1, 1], mrope_interleaved=True) | {"head_dim": 8},
        vision_config=_qwen3_tower(),
        **QWEN_IDS,
    )
    save(tf.Qwen3VLForConditionalGeneration(config), folder)
    _qwen_processor(tf.Qwen3VLProcessor, folder, words, "Qwen3VLVideoProcessor")


def build_qwen3_thinking(folder: Path) -> None:
    """Qwen3-VL, Thinking: its template ends inside the thinking, with no switch."""
    build_qwen3(folder)
    template = folder / "chat_template.jinja"
    opened = "<|im_start|>assistant\n<think>\n"
    template.write_text(template.read_text().replace("<|im_start|>assistant\n", opened))


def build_qwen3_moe(folder: Path) -> None:
    """Qwen3-VL with a mixture of experts (30B-A3B, 235B-A22B)."""
    import transformers as tf

    words = tokenizer(*QWEN_TOKENS, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    experts = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32, "head_dim": 8}
    config = tf.Qwen3VLMoeConfig(
        text_config=_qwen_text(words, mrope_section=[2, 1, 1], mrope_interleaved=True) | experts,
        vision_config=_qwen3_tower(),
        **QWEN_IDS,
    )
    save(tf.Qwen3VLMoeForConditionalGeneration(config), folder)
    _qwen_processor(tf.Qwen3VLProcessor, folder, words, "Qwen3VLVideoProcessor")


def build_internvl3(folder: Path) -> None:
    """InternVL3 as its -hf conversions lie on the hub: tiles and an overview of each image, over Qwen2.5."""
    _internvl(folder, {"model_type": "qwen2"})


def build_internvl3_5(folder: Path) -> None:
    """InternVL3.5: the same over Qwen3."""
    _internvl(folder, {"model_type": "qwen3", "head_dim": 8})


def _internvl(folder: Path, language: dict[str, Any]) -> None:
    import transformers as tf

    names = {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    }
    words = tokenizer(
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", *names.values(),
        eos_token="<|im_end|>", pad_token="<|endoftext|>", extra_special_tokens=names,
    )  # fmt: skip
    text = {**language, "vocab_size": len(words), "eos_token_id": 2, "pad_token_id": 0}
    config = tf.InternVLConfig(
        text_config={**TEXT, **text, "bos_token_id": 0},
        vision_config={**TOWER, "image_size": [32, 32], "patch_size": [8, 8]},
        image_token_id=words.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
        downsample_ratio=0.5,
        tie_word_embeddings=False,
    )
    save(tf.InternVLForConditionalGeneration(config), folder)
    pixels = tf.GotOcr2ImageProcessorPil(
        size={"height": 32, "width": 32}, crop_to_patches=True, min_patches=1, max_patches=4
    )
    save_with_video(tf.InternVLProcessor, folder, words, pixels, "InternVLVideoProcessor")
    parts = json.loads((folder / "processor_config.json").read_text())
    (folder / "processor_config.json").write_text(json.dumps(parts | {"image_seq_length": 4}))
    (folder / "chat_template.jinja").write_text(CHAT.replace("IMAGE", "<IMG_CONTEXT>\n"))


def build_glm(folder: Path) -> None:
    """GLM-4.1V: marks its thinking by tokens, which a decoder that drops special tokens must not lose."""
    import transformers as tf

    words = _glm_words()
    config = tf.Glm4vConfig(text_config=_glm_text(words), vision_config=_glm_tower(), **GLM_IDS)
    save(tf.Glm4vForConditionalGeneration(config), folder)
    _glm_processor(folder, words)


def build_glm_moe(folder: Path) -> None:
    """GLM-4.5V: the same eyes over a mixture of experts."""
    import transformers as tf

    words = _glm_words()
    experts = {
        "n_routed_experts": 4,
        "num_experts_per_tok": 2,
        "n_shared_experts": 1,
        "moe_intermediate_size": 32,
        "first_k_dense_replace": 1,
    }
    config = tf.Glm4vMoeConfig(text_config=_glm_text(words) | experts, vision_config=_glm_tower(), **GLM_IDS)
    save(tf.Glm4vMoeForConditionalGeneration(config), folder)
    _glm_processor(folder, words)


def _qwen_text(words: Any, **rope: Any) -> dict[str, Any]:
    parameters = {"rope_type": "default", "rope_theta": 10000.0, **rope}
    ends = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 0}
    return {**TEXT, **ends, "vocab_size": len(words), "rope_parameters": parameters}


def _qwen3_tower() -> dict[str, Any]:
    sizes = {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 32}
    return {**sizes, **PATCHES, "num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1]}


def _qwen_processor(kind: Any, folder: Path, words: Any, video: str) -> None:
    import transformers as tf

    save_with_video(kind, folder, words, tf.Qwen2VLImageProcessorPil(**PIXELS, **LIMITS), video)
    (folder / "chat_template.jinja").write_text(CHAT.replace("IMAGE", QWEN_IMAGE))


def _glm_words() -> Any:
    return tokenizer(*GLM_TOKENS, eos_token="<|endoftext|>", pad_token="<|endoftext|>")


def _glm_text(words: Any) -> dict[str, Any]:
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 2]}
    rope |= {"partial_rotary_factor": 0.5}  # half of each head turns
    ends = {"eos_token_id": [0, GLM_TOKENS.index("<|user|>")], "pad_token_id": 0}
    return {**TEXT, **ends, "head_dim": 16, "vocab_size": len(words), "rope_parameters": rope}


def _glm_tower() -> dict[str, Any]:
    sizes = {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 32}
    return {**sizes, **PATCHES, "image_size": 32}


def _glm_processor(folder: Path, words: Any) -> None:
    import transformers as tf

    limits = {"size": {"shortest_edge": 16 * 16 * 2, "longest_edge": 64 * 64 * 2}}
    pixels = tf.Glm4vImageProcessorPil(**PIXELS, **limits)
    save_with_video(tf.Glm4vProcessor, folder, words, pixels, "Glm4vVideoProcessor")
    (folder / "chat_template.jinja").write_text(GLM_CHAT)


BUILDERS: dict[str, Callable[[Path], None]] = {
    "qwen2-vl": build_qwen2,
    "qwen3-vl": build_qwen3,
    "qwen3-vl-thinking": build_qwen3_thinking,
    "qwen3-vl-moe": build_qwen3_moe,
    "internvl": build_internvl3,
    "internvl3.5": build_internvl3_5,
    "glm4v": build_glm,
    "glm4v-moe": build_glm_moe,
}
