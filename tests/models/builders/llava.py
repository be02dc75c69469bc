"""Tiny checkpoints in the layout of the original LLaVA code, built from the list of its weights.

The names are those of `LlavaMistralForCausalLM`, `LlavaQwen2ForCausalLM` and `LlavaLlamaForCausalLM` with
their `model.mm_projector` and `model.vision_tower` (microsoft/LLaVA-Med d406e3fc, FreedomIntelligence/
HuatuoGPT-Vision a6476acb, haotian-liu/LLaVA c121f043). At the real depths they come to the 686 tensors of
LLaVA-Med v1.5 and the 734 of HuatuoGPT-Vision-7B.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.models.conftest import CORPUS, tokenizer

GUEST = "model.vision_tower.vision_tower."
HIDDEN, INNER, VOCAB, TOWER_INNER = 32, 64, 400, 48
HEADS, KEYS = 4, 2
SIZE, PATCH = 32, 8
LAYERS = {"llava_mistral": 32, "llava_qwen2": 28, "llava_llama": 32}  # of the published checkpoints of 7 B
TOWER_LAYERS = 24


def weights(kind: str, *, layers: int, tower_layers: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a checkpoint of that type, in tiny sizes."""
    return language(kind, layers) | projector() | {GUEST + n: s for n, s in tower(tower_layers).items()}


def language(kind: str, layers: int) -> dict[str, tuple[int, ...]]:
    """Those of the language model that is the host."""
    small = HIDDEN * KEYS // HEADS
    out = {"q": HIDDEN, "k": small, "v": small}
    block: dict[str, tuple[int, ...]] = {f"self_attn.{n}_proj.weight": (o, HIDDEN) for n, o in out.items()}
    block |= {f"self_attn.{n}_proj.bias": (o,) for n, o in out.items() if kind == "llava_qwen2"}
    block |= {
        "self_attn.o_proj.weight": (HIDDEN, HIDDEN),
        "mlp.gate_proj.weight": (INNER, HIDDEN),
        "mlp.up_proj.weight": (INNER, HIDDEN),
        "mlp.down_proj.weight": (HIDDEN, INNER),
        "input_layernorm.weight": (HIDDEN,),
        "post_attention_layernorm.weight": (HIDDEN,),
    }
    ends: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (VOCAB, HIDDEN),
        "model.norm.weight": (HIDDEN,),
        "lm_head.weight": (VOCAB, HIDDEN),
    }
    return ends | {f"model.layers.{i}.{name}": shape for i in range(layers) for name, shape in block.items()}


def projector() -> dict[str, tuple[int, ...]]:
    """Those of `mlp2x_gelu`: a sequence of linear, GELU, linear."""
    wide = {f"model.mm_projector.{i}.weight": (HIDDEN, HIDDEN) for i in (0, 2)}
    return {**wide, **{f"model.mm_projector.{i}.bias": (HIDDEN,) for i in (0, 2)}}


def tower(layers: int) -> dict[str, tuple[int, ...]]:
    """Those of a `CLIPVisionModel` as they are written (`pre_layrnorm` too)."""
    patches = (SIZE // PATCH) ** 2
    linear = {
        **{f"self_attn.{name}_proj": (HIDDEN, HIDDEN) for name in ("q", "k", "v", "out")},
        "mlp.fc1": (TOWER_INNER, HIDDEN),
        "mlp.fc2": (HIDDEN, TOWER_INNER),
    }
    held: dict[str, tuple[int, ...]] = {
        "embeddings.class_embedding": (HIDDEN,),
        "embeddings.patch_embedding.weight": (HIDDEN, 3, PATCH, PATCH),
        "embeddings.position_embedding.weight": (patches + 1, HIDDEN),
    }
    norms = ["pre_layrnorm", "post_layernorm"]
    for i in range(layers):
        norms += [f"encoder.layers.{i}.layer_norm{j}" for j in (1, 2)]
        for name, shape in linear.items():
            held |= {
                f"encoder.layers.{i}.{name}.weight": shape,
                f"encoder.layers.{i}.{name}.bias": shape[:1],
            }
    held |= {f"{name}.{part}": (HIDDEN,) for name in norms for part in ("weight", "bias")}
    return {f"vision_model.{name}": shape for name, shape in held.items()}


def drawn(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Random weights, large enough for a prompt and an image to matter; norms near one."""
    import torch

    return {
        name: 1 + 0.1 * torch.randn(shape)
        if "norm" in name and name.endswith("weight")
        else 0.16 * torch.randn(shape)
        for name, shape in shapes.items()
    }


def spaced_tokenizer() -> Any:
    """As Llama's and Mistral's: a text begins with a start token and a space that nobody wrote."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    made.decoder = decoders.Metaspace()
    letters = sorted({*"".join(CORPUS), *"▁\n[]/<>ASINTU'.,:|"})
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=letters,
        show_progress=False,
    )
    made.train_from_iterator(CORPUS * 4, trainer)
    made.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>"
    )


def original_config(kind: str) -> dict[str, Any]:
    """A `config.json` as the original code writes it, with fields that are none of the language model's."""
    return {
        "architectures": ["LlavaForCausalLM"],
        "model_type": kind,
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": 2,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEYS,
        "vocab_size": VOCAB,
        "max_position_embeddings": 2048,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-5,
        "rope_theta": 5000.0,
        "rope_scaling": None,
        "sliding_window": None,  # as Mistral 7B v0.2; the default of its class is 4096
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "torch_dtype": "float32",
        "transformers_version": "4.36.2",
        "use_mm_proj": True,
        "freeze_mm_mlp_adapter": False,
        "image_aspect_ratio": "pad",
        "mm_hidden_size": HIDDEN,
        "mm_projector_type": "mlp2x_gelu",
        "mm_use_im_patch_token": False,
        "mm_use_im_start_end": False,
        "mm_vision_select_feature": "patch",
        "mm_vision_select_layer": -2,
        "mm_vision_tower": "./tower",
        "tokenizer_model_max_length": 2048,
    }


def tower_config() -> dict[str, Any]:
    """The `config.json` of the tower."""
    return {
        "model_type": "clip_vision_model",
        "hidden_size": HIDDEN,
        "intermediate_size": TOWER_INNER,
        "num_hidden_layers": 3,
        "num_attention_heads": HEADS,
        "image_size": SIZE,
        "patch_size": PATCH,
        "hidden_act": "quick_gelu",
    }


def build(folder: Path, kind: str) -> None:
    from safetensors.torch import save_file

    words = tokenizer("<|endoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>")
    (words if kind == "llava_qwen2" else spaced_tokenizer()).save_pretrained(folder)
    config = original_config(kind) | ({"eos_token_id": 0} if kind == "llava_qwen2" else {})
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tower").mkdir()
    (folder / "tower" / "config.json").write_text(json.dumps(tower_config()))
    held = drawn(weights(kind, layers=2, tower_layers=3))
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})


def build_mistral(folder: Path) -> None:
    build(folder, "llava_mistral")


def build_qwen2(folder: Path) -> None:
    build(folder, "llava_qwen2")


def build_llama(folder: Path) -> None:
    build(folder, "llava_llama")


BUILDERS: dict[str, Callable[[Path], None]] = {
    "llava-mistral": build_mistral,
    "llava-qwen2": build_qwen2,
    "llava-llama": build_llama,
}
