"""Tiny checkpoints in VILA1.5's layout: `llm`, `vision_tower` and `mm_projector` beside a `config.json`.

Names and shapes after NVlabs/VILA 355fda9114c966cf46af3057e9b977064af08751: `MultimodalProjector.layers` of
`mlp_downsample`, a SigLIP tower and a Llama as transformers 4.37 wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.builders.llava import drawn, language, spaced_tokenizer
from tests.models.conftest import tokenizer

HIDDEN, WIDE, VOCAB = 32, 24, 400
SIZE, PATCH = 40, 8  # five patches a side: odd, as SigLIP's 27
HEADERS = ("<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>")
LLM = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": HIDDEN,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": VOCAB,
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-5,
    "rope_theta": 5000.0,
    "rope_scaling": None,
    "tie_word_embeddings": False,
}
TOWER = {
    "model_type": "siglip_vision_model",
    "architectures": ["SiglipVisionModel"],
    "hidden_size": WIDE,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "image_size": SIZE,
    "patch_size": PATCH,
}
PROJECTOR: dict[str, tuple[int, ...]] = {
    "layers.1.weight": (4 * WIDE,),
    "layers.1.bias": (4 * WIDE,),
    "layers.2.weight": (HIDDEN, 4 * WIDE),
    "layers.2.bias": (HIDDEN,),
    "layers.4.weight": (HIDDEN, HIDDEN),
    "layers.4.bias": (HIDDEN,),
}


def whole_config() -> dict[str, Any]:
    """The `config.json` above the parts."""
    return {
        "model_type": "llava_llama",
        "architectures": ["LlavaLlamaModel"],
        "llm_cfg": LLM,
        "vision_tower_cfg": TOWER,
        "mm_projector_cfg": {"mm_projector_type": "mlp_downsample", "model_type": "v2l_projector"},
        "image_aspect_ratio": "resize",
        "mm_hidden_size": WIDE,
        "mm_use_im_patch_token": False,
        "mm_use_im_start_end": False,
        "mm_vision_select_feature": "cls_patch",
        "mm_vision_select_layer": -2,
        "s2": False,
        "hidden_size": HIDDEN,
    }


def build(folder: Path, words: Any, ends: dict[str, int]) -> None:
    import transformers as tf

    tower = tf.SiglipVisionModel(tf.SiglipVisionConfig(**TOWER)).state_dict()
    shapes = {f"vision_model.{name}": tuple(values.shape) for name, values in tower.items()}
    (folder / "config.json").write_text(json.dumps(whole_config()))
    projector = {"mm_projector_type": "mlp_downsample", "model_type": "v2l_projector"}
    put(folder / "llm", LLM | ends, language("llava_llama", 2))
    put(folder / "vision_tower", TOWER, shapes)
    put(folder / "mm_projector", projector, PROJECTOR)
    words.save_pretrained(folder / "llm")


def put(folder: Path, config: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> None:
    """A part: its configuration and random weights."""
    from safetensors.torch import save_file

    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    weights = {name: values.contiguous() for name, values in drawn(shapes).items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def build_vicuna(folder: Path) -> None:
    build(folder, spaced_tokenizer(), {"bos_token_id": 1, "eos_token_id": 2})


def build_llama_3(folder: Path) -> None:
    from tokenizers.processors import TemplateProcessing

    words = tokenizer(*HEADERS, bos_token=HEADERS[0], eos_token=HEADERS[1], pad_token=HEADERS[1])
    words.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{HEADERS[0]} $A", special_tokens=[(HEADERS[0], 0)]
    )
    build(folder, words, {"bos_token_id": 0, "eos_token_id": 1})


BUILDERS: dict[str, Callable[[Path], None]] = {"vila": build_vicuna, "vila-llama-3": build_llama_3}
