"""Checkpoints as the original LLaVA code writes them, read into transformers' own LLaVA.

That code (haotian-liu/LLaVA at c121f0432da27facab705978f83c4ada465e46fd, and what was built on it:
microsoft/LLaVA-Med at d406e3fc7c3d1e4c797a7676de18cbfd070b6d2c, FreedomIntelligence/HuatuoGPT-Vision at
a6476acb9b2ba985e7bb8508a557a72f2ee06203) keeps a language model with two guests: `model.mm_projector` and
`model.vision_tower`. The same weights under other names are a `LlavaForConditionalGeneration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medassay.errors import ModelError
from medassay.models.checkpoint import Checkpoint, locate

_TEXT_TYPES = {"llava": "llama", "llava_llama": "llama", "llava_mistral": "mistral", "llava_qwen2": "qwen2"}
_FEATURES = {"patch": "default", "cls_patch": "full"}
_TOWER = "model.vision_tower."
_COMPUTED = ("rotary_emb.inv_freq", "embeddings.position_ids")  # written by old versions, and not learnt
_RENAMED = {
    r"^model\.vision_tower\.vision_tower\.(vision_model\.)?": _TOWER,
    r"^model\.mm_projector\.0\.": "model.multi_modal_projector.linear_1.",
    r"^model\.mm_projector\.2\.": "model.multi_modal_projector.linear_2.",
    r"^model\.layers\.": "model.language_model.layers.",
    r"^model\.embed_tokens\.": "model.language_model.embed_tokens.",
    r"^model\.norm\.": "model.language_model.norm.",
}
# openai/clip-vit-large-patch14-336: the tower of nearly all of them, which need not be fetched to be known
_CLIP_L_336 = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "image_size": 336,
    "patch_size": 14,
    "projection_dim": 768,
    "hidden_act": "quick_gelu",
    "layer_norm_eps": 1e-5,
}


def is_original(config: Mapping[str, Any]) -> bool:
    """Whether a `config.json` is one of the original LLaVA code; transformers' own says `vision_config`."""
    return "mm_vision_tower" in config and "vision_config" not in config


def translated(checkpoint: Checkpoint) -> Any:
    """The `LlavaConfig` that says the same. The placeholder of an image is the token after the last one.

    Raises:
        ModelError: it is built in a way that transformers' LLaVA is not.
    """
    from transformers import CONFIG_MAPPING, LlavaConfig

    config = checkpoint.config
    kind = only(checkpoint, "model_type", _TEXT_TYPES)
    only(checkpoint, "mm_projector_type", {"mlp2x_gelu": None})
    features = only(checkpoint, "mm_vision_select_feature", _FEATURES, default="patch")
    only(checkpoint, "image_aspect_ratio", {None: None, "square": None, "pad": None}, default=None)
    only(checkpoint, "mm_use_im_start_end", {False: None}, default=False)
    text_class = CONFIG_MAPPING[kind]
    # Those of a guest (mm_*, tune_*, image_*) say nothing of the language model.
    known = {*text_class.__dataclass_fields__, "rope_theta"} - {"architectures", "dtype"}
    known |= {"rope_scaling"} if config.get("rope_scaling") else set()
    text = {name: value for name, value in config.items() if name in known}
    return LlavaConfig(
        text_config={**text, "model_type": kind},
        vision_config={**_tower(checkpoint), "model_type": "clip_vision_model"},
        image_token_index=config["vocab_size"],
        vision_feature_layer=config.get("mm_vision_select_layer", -2),
        vision_feature_select_strategy=features,
        tie_word_embeddings=bool(config.get("tie_word_embeddings", False)),
    )


def read_model(checkpoint: Checkpoint, options: Mapping[str, Any]) -> tuple[Any, set[str]]:
    """The model, its weights under their new names, and the names of those that are missing.

    Raises:
        ModelError: weights were left over.
    """
    from transformers import LlavaForConditionalGeneration

    model, info = LlavaForConditionalGeneration.from_pretrained(
        checkpoint.folder,
        config=translated(checkpoint),
        key_mapping=_RENAMED,
        output_loading_info=True,
        **options,
    )
    left = sorted(name for name in info["unexpected_keys"] if not name.endswith(_COMPUTED))
    if left:
        raise ModelError(
            f"{checkpoint.folder}: {len(left)} weights have no place in a LLaVA ({', '.join(left[:3])}, ...)"
        )
    missing, tower = set(info["missing_keys"]), separate_tower(checkpoint)
    if tower is not None:
        _read_tower(model.model.vision_tower, tower)
        missing = {name for name in missing if not name.startswith(_TOWER)}
    add_placeholder(model)
    return model, missing


def add_placeholder(model: Any) -> None:
    """Give the placeholder of an image a row in the vocabulary; it is never said, as the original cannot.

    The row is of zeros: drawn, it would make another model of every reading, for whoever trains on it.
    """
    placeholder = model.config.image_token_index
    model.resize_token_embeddings(placeholder + 1, mean_resizing=False)
    for table in (model.get_input_embeddings(), model.get_output_embeddings()):
        table.weight.data[placeholder:] = 0
    model.generation_config.suppress_tokens = [placeholder]


def parts(checkpoint: Checkpoint) -> dict[str, Checkpoint]:
    """The checkpoint itself, and that of a tower which lies elsewhere."""
    tower = separate_tower(checkpoint)
    return {"model": checkpoint} | ({"vision_tower": tower} if tower else {})


def separate_tower(checkpoint: Checkpoint) -> Checkpoint | None:
    """The checkpoint of the vision tower, where the model's own files do not hold it.

    Raises:
        ModelError: it is not at hand, and cannot be fetched.
    """
    if any(name.startswith(_TOWER) for name in weight_names(checkpoint)):
        return None
    word = checkpoint.config["mm_vision_tower"]
    return locate(checkpoint.folder / word if (checkpoint.folder / word).is_dir() else word)


def weight_names(checkpoint: Checkpoint) -> set[str]:
    """The names of the weights, read without them.

    Raises:
        ModelError: there are none.
    """
    import torch
    from safetensors import safe_open

    names: set[str] = set()
    for path in checkpoint.weights:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                names |= set(file.keys())
        else:
            names |= set(torch.load(path, map_location="meta", weights_only=True, mmap=True))
    return names


def _tower(checkpoint: Checkpoint) -> dict[str, Any]:
    word = str(checkpoint.config["mm_vision_tower"])
    if word.rstrip("/").rpartition("/")[2].replace("_", "-") == "clip-vit-large-patch14-336":
        return _CLIP_L_336
    inside = checkpoint.folder / word
    config = locate(inside if inside.is_dir() else word).config
    config = config.get("vision_config", config)
    if config.get("model_type") != "clip_vision_model":
        raise ModelError(
            f"{checkpoint.folder}: its vision tower {word} is no CLIP; use a conversion to transformers"
        )
    return dict(config)


def _read_tower(tower: Any, held: Checkpoint) -> None:
    from transformers import CLIPVisionModel

    read, info = CLIPVisionModel.from_pretrained(held.folder, dtype=tower.dtype, output_loading_info=True)
    if info["missing_keys"]:
        raise ModelError(f"{held.folder}: {len(info['missing_keys'])} weights of the tower are missing")
    tower.load_state_dict(read.state_dict())


def only(checkpoint: Checkpoint, name: str, known: Mapping[Any, Any], **default: Any) -> Any:
    """What `known` holds for the value of a field.

    Raises:
        ModelError: the value is none of those.
    """
    value = checkpoint.config.get(name, *default.values())
    if value not in known:
        raise ModelError(
            f"{checkpoint.folder / 'config.json'}: {name} {value!r} has no counterpart in transformers' "
            f"LLaVA ({', '.join(map(repr, known))} have); use a conversion to transformers (often named -hf)"
        )
    return known[value]
